"""Shots and scenes one by one: ``shots.jsonl.zst``, ``scenes.jsonl.zst`` beside the Parquet files of a film's folder.

A search shows few segments of many films, and to take one row out of a Parquet file of nearly 200 columns costs some
17 ms. Here a row is a line of JSON, and 16 rows are a zstd frame, so that one frame is read for a row. The file is what
``zstd -dc`` reads, its last frame the seek table of zstd's seekable format (facebook/zstd, contrib/seekable_format).
The Parquet files are the truth; a folder that was written before there were such files is read from those.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, TypeVar

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.arrow import from_json, plain_values
from kuleshov.records import Segment

S = TypeVar("S", bound=Segment)

_ROWS_A_FRAME = 16
_LEVEL = 6
_SKIPPABLE, _SEEKABLE = 0x184D2A5E, 0x8F92EAB1
_HEADER, _ENTRY, _FOOTER = struct.Struct("<II"), struct.Struct("<II"), struct.Struct("<IBI")


def write_rows(file: BinaryIO, segments: Sequence[S], record_type: type[S]) -> None:
    """Write segments into an empty file. Raises ``ValueError`` where a field holds another type."""
    import pyarrow as pa

    codec = pa.Codec("zstd", compression_level=_LEVEL)
    lines = [json.dumps(values).encode("ascii") + b"\n" for values in plain_values(segments, record_type)]
    table = b""
    for start in range(0, len(lines), _ROWS_A_FRAME):
        content = b"".join(lines[start : start + _ROWS_A_FRAME])
        frame = codec.compress(content, asbytes=True)
        file.write(frame)
        table += _ENTRY.pack(len(frame), len(content))
    table += _FOOTER.pack(len(table) // _ENTRY.size, 0, _SEEKABLE)
    file.write(_HEADER.pack(_SKIPPABLE, len(table)) + table)


def read_rows(path: Path, record_type: type[S], rows: NDArray[np.int64]) -> list[S]:
    """Return the segments at ``rows``, in that order. Raises ``OSError``, ``ValueError``, ``LookupError``."""
    import pyarrow as pa

    codec = pa.Codec("zstd")
    with path.open("rb") as file:
        frames = _seek_table(file)
        ends = np.cumsum(frames[:, 0])
        lines: dict[int, list[bytes]] = {}
        for number in {row // _ROWS_A_FRAME for row in rows.tolist()}:
            compressed, size = frames[number].tolist()
            file.seek(int(ends[number]) - compressed)
            content = codec.decompress(file.read(compressed), size, asbytes=True)
            lines[number] = content.splitlines()
    return from_json([lines[row // _ROWS_A_FRAME][row % _ROWS_A_FRAME] for row in rows.tolist()], record_type)


def _seek_table(file: BinaryIO) -> NDArray[np.int64]:
    """Return the compressed and the plain size of every frame of rows, int64 ``[frames, 2]``."""
    file.seek(-_FOOTER.size, 2)
    number, descriptor, magic = _FOOTER.unpack(file.read(_FOOTER.size))
    if magic != _SEEKABLE or descriptor:
        raise ValueError("no seek table at its end")
    file.seek(-_FOOTER.size - number * _ENTRY.size, 2)
    return np.frombuffer(file.read(number * _ENTRY.size), dtype="<u4").reshape(-1, 2).astype(np.int64)
