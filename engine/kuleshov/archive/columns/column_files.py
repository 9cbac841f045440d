"""The columns on disk: parts that are never changed, and ``CURRENT``, which names the present ones.

A part is ``part-N.segments.npy``, ``part-N.measures.npy``, ``part-N.values.npy`` and ``part-N.json`` (its films). New
films make a new part; small parts are joined, so that there are few: a part has at least four times the rows of the
next, and a row is written again some log4(n) times. Files are forced to the disk before ``CURRENT`` is swapped by
rename; a reader that has mapped a part keeps it after it is deleted. All of it can be made again from the films.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from kuleshov.archive.catalog.catalog import Stamp
from kuleshov.archive.columns.columns import MEASURE_PATHS, Columns, Part
from kuleshov.archive.disk.durable import explained, new_file, replace_file, sync_folder

CURRENT = "CURRENT"
_NUMBER = re.compile(r"part-(\d+)\.")
_RATIO = 4
_ARRAYS = {"segments": "int64", "measures": "float64", "values": "float32"}


def save(folder: Path, stamp: Stamp, names: tuple[str, ...], parts: Iterable[Part]) -> Columns:
    """Write the parts that are not on disk yet, make all of them the current ones and return them as stored.

    Parts are taken one by one, so that only one of a large archive is in memory. Raises ``ArchiveError``.
    """
    with explained(folder, "the columns can't be written"):
        folder.mkdir(parents=True, exist_ok=True)
        numbers = [int(match[1]) for path in folder.iterdir() if (match := _NUMBER.match(path.name))]
        number = max(numbers, default=0)
        stored: list[Part] = []
        for part in parts:
            if part.count and not part.name:
                number += 1
                stored.append(_write(folder, f"part-{number}", [part]))
            elif part.count:
                stored.append(part)
        whole = _first_to_join(stored)
        if whole < len(stored):
            number += 1
            stored[whole:] = [_write(folder, f"part-{number}", stored[whole:])]
        sync_folder(folder)
        manifest = {
            "catalog_id": stamp.catalog_id,
            "revision": stamp.revision,
            "measures": MEASURE_PATHS,
            "vector_names": names,
            "parts": [{"name": part.name, "gone": sorted(part.gone)} for part in stored],
        }
        replace_file(folder / CURRENT, (json.dumps(manifest) + "\n").encode("ascii"))
        names_of_parts = {part.name for part in stored}
        for path in folder.iterdir():
            if _NUMBER.match(path.name) and path.name.partition(".")[0] not in names_of_parts:
                path.unlink()
    return Columns(stamp, names, stored)


def load(folder: Path) -> Columns | None:
    """Return the columns as last stored; ``None`` if there are none or they can't be read."""
    for _ in range(5):
        manifest = _manifest(folder)
        try:
            return None if manifest is None else _load(folder, manifest)
        except (OSError, ValueError, LookupError, TypeError):
            if manifest == _manifest(folder):
                return None
            # A writer has replaced them by newer ones while we were reading.
    return None


def _manifest(folder: Path) -> bytes | None:
    try:
        return (folder / CURRENT).read_bytes()
    except OSError:
        return None


def _load(folder: Path, manifest: bytes) -> Columns:
    content = json.loads(manifest)
    if tuple(content["measures"]) != MEASURE_PATHS:
        raise ValueError("columns of another version of Kuleshov")
    names = tuple(content["vector_names"])
    parts = [replace(_read(folder, part["name"]), gone=frozenset(part["gone"])) for part in content["parts"]]
    if any(part.values.shape[0] != len(names) for part in parts):
        raise ValueError("vectors and their names do not match")
    return Columns(Stamp(content["catalog_id"], content["revision"]), names, parts)


def _read(folder: Path, name: str) -> Part:
    films = json.loads((folder / f"{name}.json").read_bytes())["films"]
    arrays: list[Any] = [np.load(folder / f"{name}.{array}.npy", mmap_mode="r") for array in _ARRAYS]
    rows = sum(count for _, count in films)
    if [(array.shape[-1], str(array.dtype)) for array in arrays] != [(rows, kind) for kind in _ARRAYS.values()]:
        raise ValueError(f"{folder / name}: files that do not match")
    # As plain arrays: numpy's memmap class is slow to index.
    segments, measures, values = (array.view(np.ndarray) for array in arrays)
    return Part(segments, measures, values, tuple((film, count) for film, count in films), name=name)


def _first_to_join(parts: Sequence[Part]) -> int:
    """Return the first of the parts that are to be joined, all to the last; ``len(parts)`` = none.

    A part is joined if it is too small compared with those after it, or more than a quarter of it is gone.
    """
    counts = [part.count for part in parts]
    for number, part in enumerate(parts):
        if counts[number] < _RATIO * sum(counts[number + 1 :]) or 4 * counts[number] < 3 * len(part):
            return number
    return len(parts)


def _write(folder: Path, name: str, parts: Sequence[Part]) -> Part:
    """Write parts as one, without what is gone, and return it as stored."""
    films = [film for part in parts for film in part.films if film[0] not in part.gone]
    with new_file(folder / f"{name}.json") as file:
        file.write((json.dumps({"films": films}) + "\n").encode("ascii"))
    for array in _ARRAYS:
        sources = [(getattr(part, array), part.present) for part in parts]
        _write_rows(folder / f"{name}.{array}.npy", sources)
    return _read(folder, name)


def _write_rows(path: Path, sources: Sequence[tuple[NDArray[Any], NDArray[np.bool_] | None]]) -> None:
    """Write arrays ``[columns, n]``, joined along ``n``, as one ``.npy`` file, column by column."""
    first, _ = sources[0]
    width = sum(array.shape[1] if present is None else int(present.sum()) for array, present in sources)
    with new_file(path) as file:
        header = {"descr": npy.dtype_to_descr(first.dtype), "fortran_order": False, "shape": (len(first), width)}
        npy.write_array_header_2_0(file, header)
        for row in range(len(first)):
            for array, present in sources:
                file.write(np.ascontiguousarray(array[row] if present is None else array[row][present]).data)
