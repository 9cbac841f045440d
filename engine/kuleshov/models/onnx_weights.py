"""The weights in an ONNX file, by name: for networks that are computed here, not by a runtime.

An ONNX file is a protocol buffer (onnx.proto): its graph is field 7; in the graph, weights ("initializers") are field
5; of each, the dimensions are field 1, the type 2, the name 8 and the numbers, little endian, 9.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_GRAPH, _INITIALIZER = 7, 5
_DIMENSION, _TYPE, _NAME, _NUMBERS = 1, 2, 8, 9
_FLOAT32 = 1


def read_onnx_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the float32 weights of a file. Raises ``OSError``, or ``ValueError`` if it is no ONNX file."""
    try:
        weights = {}
        for graph in _messages(memoryview(path.read_bytes()), _GRAPH):
            for tensor in _messages(graph, _INITIALIZER):
                fields = list(_fields(tensor))
                if (_TYPE, _FLOAT32) not in fields:
                    continue
                (name,) = (
                    bytes(value).decode() for key, value in fields if key == _NAME and not isinstance(value, int)
                )
                (numbers,) = (value for key, value in fields if key == _NUMBERS and not isinstance(value, int))
                shape = [value for key, value in fields if key == _DIMENSION and isinstance(value, int)]
                weights[name] = np.frombuffer(numbers, "<f4").reshape(shape)
    except (IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: no ONNX file: {error}") from error
    if not weights:
        raise ValueError(f"{path}: no weights in it")
    return weights


def _messages(buffer: memoryview, field: int) -> Iterator[memoryview]:
    return (value for key, value in _fields(buffer) if key == field and not isinstance(value, int))


def _fields(buffer: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of a message: numbers, or bytes. Raises ``IndexError`` if it is truncated."""
    at = 0
    while at < len(buffer):
        tag, at = _number(buffer, at)
        kind = tag & 7
        if kind == 0:
            value, at = _number(buffer, at)
            yield tag >> 3, value
            continue
        if kind == 2:
            length, at = _number(buffer, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            raise IndexError(f"a field of kind {kind}")
        if at + length > len(buffer):
            raise IndexError("it breaks off")
        yield tag >> 3, buffer[at : at + length]
        at += length


def _number(buffer: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = buffer[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
