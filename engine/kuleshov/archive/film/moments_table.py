"""``moments.parquet``: a column for each name of the vector, so that a search over time reads only those it needs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from kuleshov.records import Moments

_TIMES = ("start_seconds", "end_seconds")


def to_table(moments: Moments) -> Any:
    """Return moments as a ``pyarrow.Table``, one row each."""
    import pyarrow as pa

    times = {name: pa.array(getattr(moments, name)) for name in _TIMES}
    return pa.table({**times, **{name: pa.array(values) for name, values in moments.values.items()}})


def from_table(table: Any, names: Collection[str]) -> Moments:
    """Return moments from their table with the columns ``names``: all NaN for a column that it lacks."""
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
