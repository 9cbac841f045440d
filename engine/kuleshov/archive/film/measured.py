"""The measures of a film's segments as columns: what the catalogue holds, read from the Parquet files alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.folder import RECORD_TYPES, TABLES, damage_explained, read_table
from kuleshov.cinema.attributes.measures import MEASURES
from kuleshov.records import Unit

_FRAMES = ("start_frame", "end_frame")


@dataclass(frozen=True)
class MeasuredSegments:
    """``frames`` int64 ``[n, 2]`` (start, end), ``end_seconds`` float64 ``[n]``, ``values`` float64 ``[n, measures]``.

    The columns of ``values`` are ``MEASURES``; NaN where one was not measured.
    """

    frames: NDArray[np.int64]
    end_seconds: NDArray[np.float64]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.values)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield (index, start frame, end frame, end seconds, *measures) of each segment."""
        columns = zip(self.frames.tolist(), self.end_seconds.tolist(), self.values.tolist(), strict=True)
        for index, (frames, end_seconds, values) in enumerate(columns):
            yield index, *frames, end_seconds, *values


def read_measured(folder: Path, unit: Unit) -> MeasuredSegments:
    """Return the measures of a film's shots or scenes. Raises ``ArchiveError`` for a missing or damaged file."""
    file = folder / TABLES[RECORD_TYPES[unit]]
    with damage_explained(file):
        table = read_table(file)
        end_seconds = _column(table, "end_seconds")
        columns = [
            end_seconds - _column(table, "start_seconds") if path == "duration_seconds" else _column(table, path)
            for path in (measure.path for measure in MEASURES)
        ]
        frames = np.stack([table[name].to_numpy().astype(np.int64) for name in _FRAMES], axis=1)
        return MeasuredSegments(frames, end_seconds, np.stack(columns, axis=1))


def _has(kind: Any, path: Sequence[str]) -> bool:
    """Whether a struct type holds the field at ``path``; an empty path is the type itself."""
    for name in path:
        if kind.get_field_index(name) < 0:
            return False
        kind = kind.field(name).type
    return True


def _column(table: Any, path: str) -> NDArray[np.float64]:
    """Return the numbers at ``path`` (``"sound.silence_share"``) as ``float()`` does, NaN where they are null."""
    import pyarrow.compute as pc

    first, *rest = path.split(".")
    if not _has(table.schema.field(first).type, rest):  # described before there was such a measure
        return np.full(table.num_rows, np.nan)
    column = table[first] if not rest else pc.struct_field(table[first], rest)
    return column.cast("float64", safe=False).to_numpy().astype(np.float64)  # type: ignore[no-any-return]
