"""All segments of one unit as a table for ranking: a row each, those that no longer count left out.

Choose it over ``archive.columns`` where segments are compared across films: rows have an order by film and place that
does not depend on which film was added first.
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.columns import Columns
from kuleshov.archive.store import Archive
from kuleshov.cinema.measures import MEASURES, Unit

T = TypeVar("T", bound=np.generic)

_MEASURES = {measure.path: number for number, measure in enumerate(MEASURES)}


class Table:
    """The segments of one unit as of one state of the archive, n rows by ascending id. ``names``: of the vectors' D
    entries. Columns are put together when they are asked for."""

    def __init__(self, columns: Columns, unit: Unit) -> None:
        self.unit = unit
        self.names = columns.names
        self._parts = columns.parts

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def ids(self) -> NDArray[np.int64]:
        """The segments' ids, int64 ``[n]``, ascending."""
        return self._joined([part.segments[0] for part in self._parts], np.int64)

    @cached_property
    def index(self) -> NDArray[np.int64]:
        """Each segment's place in its film, int64 ``[n]``."""
        return self._joined([part.segments[1] for part in self._parts], np.int64)

    @cached_property
    def content_ids(self) -> tuple[str, ...]:
        """The films, ascending."""
        return tuple(sorted({film for part in self._parts for film, _ in part.films}))

    @cached_property
    def film(self) -> NDArray[np.int64]:
        """Each segment's film as a number in ``content_ids``, int64 ``[n]``."""
        numbers = {film: number for number, film in enumerate(self.content_ids)}
        films = [
            np.repeat(np.array([numbers[f] for f, _ in part.films], dtype=np.int64), [count for _, count in part.films])
            for part in self._parts
        ]
        return self._joined(films, np.int64)

    def column(self, name: str) -> NDArray[np.float32]:
        """Return an entry of the vectors, float32 ``[n]``, NaN = not measured. Raises ``ValueError`` for an unknown
        one."""
        number = self.names.index(name)
        return self._joined([part.values[number] for part in self._parts], np.float32)

    def measure(self, path: str) -> NDArray[np.float64]:
        """Return one of ``MEASURES``, float64 ``[n]``, NaN = not measured."""
        return self._joined([part.measures[_MEASURES[path]] for part in self._parts], np.float64)

    def vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of some rows, float32 ``[len(rows), D]``."""
        vectors = np.empty((len(rows), len(self.names)), dtype=np.float32)
        start = 0
        for part in self._parts:
            kept = np.arange(part.segments.shape[1]) if part.counted is None else np.flatnonzero(part.counted)
            here = (rows >= start) & (rows < start + len(kept))
            vectors[here] = part.values[:, kept[rows[here] - start]].T
            start += len(kept)
        return vectors

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where segments stand, int64, in the order of ``ids``; those that are not there are left out."""
        if not len(self.ids):
            return np.empty(0, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        there: NDArray[np.int64] = places[self.ids[places] == ids]
        return there

    def mask(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which segments are among ``ids``, bool ``[n]``."""
        chosen = np.zeros(len(self), dtype=bool)
        chosen[self.rows(ids)] = True
        return chosen

    def sample(self, size: int) -> NDArray[np.int64]:
        """Return up to ``size`` rows drawn by chance: the same segments in whatever order the films were added."""
        if len(self) <= size:
            return np.arange(len(self))
        seeds = np.array([int(content_id[:15], 16) for content_id in self.content_ids], dtype=np.uint64)
        mixed = seeds[self.film] + self.index.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # splitmix64
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
        near = np.flatnonzero(mixed <= np.partition(mixed, size)[size])
        order: NDArray[np.int64] = np.lexsort((self.index[near], self.film[near], mixed[near]))
        return near[order[:size]]

    def _joined(self, arrays: list[NDArray[T]], kind: type[T]) -> NDArray[T]:
        """Return what the parts hold as one column, without the rows that no longer count; copied only if need be."""
        kept = [
            array if part.counted is None else array[part.counted]
            for part, array in zip(self._parts, arrays, strict=True)
        ]
        if len(kept) == 1:
            return kept[0]
        return np.concatenate([np.empty(0, dtype=kind), *kept])


_TABLES: WeakKeyDictionary[Columns, Table] = WeakKeyDictionary()


def table_of(archive: Archive, unit: Unit) -> Table:
    """Return the segments of an archive as of now; the same object until it changes."""
    columns = archive.columns(unit)
    table = _TABLES.get(columns)
    if table is None:
        table = _TABLES[columns] = Table(columns, unit)
    return table
