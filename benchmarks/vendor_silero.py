"""Take the weights of Silero VAD for 16 kHz out of its package: ``python benchmarks/vendor_silero.py``.

Writes ``engine/kuleshov/models/silero_vad.npz``: the weights of ``silero_vad_16k_sequence.onnx`` (package silero-vad,
MIT), but for the Fourier transform, of which the window alone is kept. Run it when a new version is taken over.

An ONNX file is a protocol buffer (onnx.proto): its graph is field 7, in that weights ("initializers") are field 5, and
of each the dimensions are field 1, the type 2, the name 8 and the numbers, little endian, 9.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TARGET = Path(__file__).resolve().parents[1] / "engine/kuleshov/models/silero_vad.npz"
_GRAPH, _INITIALIZER = 7, 5
_DIMENSION, _TYPE, _NAME, _NUMBERS = 1, 2, 8, 9
_FLOAT32 = 1


def read_onnx_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the float32 weights of a file. Raises ``OSError``, or ``ValueError`` if it is no such file."""
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
    """The fields of a message: numbers, or bytes. Raises ``IndexError`` where it breaks off."""
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


def package_file() -> Path:
    """Where the package has its network."""
    spec = find_spec("silero_vad")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("pip install --no-deps silero-vad")
    return Path(spec.submodule_search_locations[0]) / "data/silero_vad_16k_sequence.onnx"


def main() -> None:
    """Write the file."""
    weights = read_onnx_weights(package_file())
    from_input, from_hidden, bias = (weights[name] for name in sorted(weights) if name.startswith("onnx::LSTM"))
    kept = {
        "window": weights["stft.forward_basis_buffer"][0, 0],
        **{
            name: weights[name]
            for number in range(4)
            for name in (f"encoder.{number}.weight", f"encoder.{number}.bias")
        },
        "lstm.from_input": from_input,
        "lstm.from_hidden": from_hidden,
        "lstm.bias": bias,
        "output.weight": weights["output.weight"],
        "output.bias": weights["output.bias"],
    }
    np.savez_compressed(TARGET, **kept)
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
