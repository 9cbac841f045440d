"""The moments of a film: what search asks of its order in time, one column a quality, so that few need be read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.records import Segment

_TIMES = ("start_seconds", "end_seconds")


@dataclass(frozen=True, eq=False)
class Moments:
    """The moments of one film in order.

    ``start_seconds``, ``end_seconds`` float64 ``[M]``; ``values`` float32 ``[M]`` by name of the affect-and-cinema
    vector, -1..1, NaN = not measured.
    """

    start_seconds: NDArray[np.float64]
    end_seconds: NDArray[np.float64]
    values: dict[str, NDArray[np.float32]]

    @classmethod
    def of(cls, segments: Sequence[Segment], vectors: NDArray[np.float32], names: Sequence[str]) -> Moments:
        """Return the moments whose vectors float32 ``[M, D]`` have the columns ``names``."""
        return cls(
            np.array([segment.start_seconds for segment in segments]),
            np.array([segment.end_seconds for segment in segments]),
            dict(zip(names, vectors.T, strict=True)),
        )

    def __len__(self) -> int:
        return len(self.start_seconds)


def to_table(moments: Moments) -> Any:
    """Return moments as a ``pyarrow.Table``, one row each."""
    import pyarrow as pa

    times = {name: pa.array(getattr(moments, name)) for name in _TIMES}
    return pa.table({**times, **{name: pa.array(values) for name, values in moments.values.items()}})


def from_table(table: Any, names: Collection[str]) -> Moments:
    """Return moments from their table with the columns ``names``: NaN throughout where it lacks one."""
    times = [table[name].to_numpy().astype(np.float64, copy=False) for name in _TIMES]
    values = {
        name: table[name].to_numpy().astype(np.float32, copy=False)
        if name in table.column_names
        else np.full(table.num_rows, np.nan, dtype=np.float32)
        for name in names
    }
    return Moments(times[0], times[1], values)


def columns(names: Collection[str]) -> list[str]:
    """Return the columns of the table that hold the times and these values."""
    return [*_TIMES, *names]
