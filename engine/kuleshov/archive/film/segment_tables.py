"""``shots.parquet`` and ``scenes.parquet``: as records, as JSON, or as columns of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.arrow import from_table, json_rows
from kuleshov.archive.film.parquet import damage_explained, read_table
from kuleshov.cinema.attributes.measures import MEASURES
from kuleshov.records import Scene, Segment, Shot, Unit

TABLES: dict[type[Segment], str] = {Shot: "shots.parquet", Scene: "scenes.parquet"}
RECORD_TYPES: dict[Unit, type[Shot] | type[Scene]] = {"shot": Shot, "scene": Scene}

S = TypeVar("S", bound=Segment)


def read_segments(folder: Path, record_type: type[S], rows: NDArray[np.int64] | None = None) -> list[S]:
    """Return the shots or scenes of a film, or only those at ``rows``. Raises ``ArchiveError``."""
    file = folder / TABLES[record_type]
    with damage_explained(file):
        table = read_table(file)
        return from_table(table if rows is None else table.take(rows), record_type)


def read_json_rows(folder: Path, unit: Unit) -> list[str]:
    """Return the shots or scenes of a film, each as JSON. Raises ``ArchiveError``."""
    file = folder / TABLES[RECORD_TYPES[unit]]
    with damage_explained(file):
        return json_rows(read_table(file))


def read_spans(folder: Path, unit: Unit) -> NDArray[np.float64]:
    """Return start and end in seconds of a film's shots or scenes, float64 ``[n, 2]``.

    Reads the whole file: raises ``ArchiveError`` for damage anywhere in it.
    """
    file = folder / TABLES[RECORD_TYPES[unit]]
    with damage_explained(file):
        table = read_table(file)
        return np.stack([_column(table, name) for name in ("start_seconds", "end_seconds")], axis=1)


def read_measures(folder: Path, unit: Unit) -> NDArray[np.float64]:
    """Return ``MEASURES`` of a film's shots or scenes, float64 ``[n, measures]``, NaN = not measured.

    Raises ``ArchiveError`` for a missing or damaged file.
    """
    file = folder / TABLES[RECORD_TYPES[unit]]
    with damage_explained(file):
        table = read_table(file)
        columns = [
            _column(table, "end_seconds") - _column(table, "start_seconds")
            if measure.path == "duration_seconds"
            else _column(table, measure.path)
            for measure in MEASURES
        ]
        return np.stack(columns, axis=1)


def _column(table: Any, path: str) -> NDArray[np.float64]:
    """Return the numbers at ``path`` (``"sound.silence_share"``) as ``float()`` does, NaN where they are null."""
    import pyarrow.compute as pc

    first, *rest = path.split(".")
    if not _has(table.schema.field(first).type, rest):  # described before there was such a measure
        return np.full(table.num_rows, np.nan)
    column = table[first] if not rest else pc.struct_field(table[first], rest)
    return column.cast("float64", safe=False).to_numpy().astype(np.float64)  # type: ignore[no-any-return]


def _has(kind: Any, path: Sequence[str]) -> bool:
    """Whether a struct type holds the field at ``path``; an empty path is the type itself."""
    for name in path:
        if kind.get_field_index(name) < 0:
            return False
        kind = kind.field(name).type
    return True
