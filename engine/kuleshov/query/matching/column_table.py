"""The columns of an archive as search needs them, and selections of their rows: nothing is read of a segment itself.

A column holds one number of every segment, NaN where it was not measured, through all parts of the archive's columns.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kuleshov.archive.columns.columns import MEASURE_PATHS, Block, Columns
from kuleshov.archive.store import Archive
from kuleshov.records import Unit

T = TypeVar("T", np.float32, np.float64)

#: The lower half of ``Columns.places`` is the index in the film.
_INDEX_BITS = 32


class ColumnTable:
    """The shots or scenes of an archive as of one state: n rows, numbered as in ``columns``.

    NaN = not measured, or a row that no longer counts.
    """

    def __init__(self, columns: Columns, unit: Unit) -> None:
        self.columns = columns
        self.unit = unit
        self._samples: dict[int, NDArray[np.int64]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the vectors' entries."""
        return self.columns.names

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        """Which rows still count, bool ``[n]``."""
        return np.concatenate([np.empty(0, dtype=bool), *(block.present for block in self.columns.blocks())])

    @cached_property
    def film(self) -> NDArray[np.int32]:
        """Each row's film as a number, int32 ``[n]``; the numbers ascend with the content ids."""
        numbers = {film: number for number, film in enumerate(self.content_ids)}
        films = [(numbers[film], count) for part in self.columns.parts for film, count in part.films]
        return np.repeat(np.array([film for film, _ in films], dtype=np.int32), [count for _, count in films])

    @cached_property
    def content_ids(self) -> tuple[str, ...]:
        """The films, ascending, including those that no longer count."""
        return tuple(sorted({film for part in self.columns.parts for film, _ in part.films}))

    def column(self, name: str) -> NDArray[np.float32]:
        """Return an entry of the vectors, float32 ``[n]``. Raises ``ValueError`` for an unknown one."""
        number = self.names.index(name)
        return self._joined([part.values[number] for part in self.columns.parts], np.float32)

    def measure(self, path: str) -> NDArray[np.float64]:
        """Return one of ``MEASURES``, float64 ``[n]``. Raises ``ValueError`` for an unknown one."""
        number = MEASURE_PATHS.index(path)
        return self._joined([part.measures[number] for part in self.columns.parts], np.float64)

    def index(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the index of rows in their films, int64 ``[len(rows)]``."""
        return self.columns.order_keys(rows) & ((1 << _INDEX_BITS) - 1)

    def sample(self, size: int) -> NDArray[np.int64]:
        """Return up to ``size`` rows drawn by chance: the same segments in whatever order the films were added."""
        if size not in self._samples:
            self._samples[size] = self._drawn(size)
        return self._samples[size]

    def _drawn(self, size: int) -> NDArray[np.int64]:
        rows = np.flatnonzero(self.counted)
        if len(rows) <= size:
            return rows
        seeds = np.array([int(content_id[:15], 16) for content_id in self.content_ids], dtype=np.uint64)
        index = np.concatenate([part.segments[1] for part in self.columns.parts])[rows].astype(np.uint64)
        mixed = seeds[self.film[rows]] + index * np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # splitmix64
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
        near = np.flatnonzero(mixed <= np.partition(mixed, size)[size])
        order = np.lexsort((self.columns.order_keys(rows[near]), mixed[near]))
        drawn: NDArray[np.int64] = rows[near[order[:size]]]
        return drawn

    def _joined(self, arrays: list[NDArray[T]], kind: type[T]) -> NDArray[T]:
        """Return what the parts hold as one column; copied only if need be."""
        whole = arrays[0] if len(arrays) == 1 else np.concatenate([np.empty(0, dtype=kind), *arrays])
        if not self.counted.all():
            whole = np.where(self.counted, whole, kind(np.nan))
        return whole


_TABLES: WeakKeyDictionary[Archive, dict[Unit, ColumnTable]] = WeakKeyDictionary()


def table_of(archive: Archive, unit: Unit) -> ColumnTable:
    """Return the shots or scenes of an archive as of now; the same object until it changes."""
    columns = archive.columns(unit)
    tables = _TABLES.setdefault(archive, {})
    if unit not in tables or tables[unit].columns is not columns:
        tables[unit] = ColumnTable(columns, unit)
    return tables[unit]


class Selection:
    """Some rows of a table. ``mask`` bool ``[n]``: which; ``everything``: no part has left out any."""

    def __init__(self, table: ColumnTable, mask: NDArray[np.bool_], *, everything: bool = False) -> None:
        self.table = table
        self.mask = mask
        self.everything = everything

    @classmethod
    def of(cls, table: ColumnTable, films: Collection[str] | None = None) -> Selection:
        """Return all rows that count, or those of films by their content ids."""
        everything = cls(table, table.counted, everything=True)
        return everything if films is None else everything.of_films(films)

    def where(self, test: Callable[[Block], NDArray[np.bool_]]) -> Selection:
        """Return the rows that pass a test of a block of columns, ``test(block)`` bool ``[rows of the block]``.

        Blocks without a selected row are not touched.
        """
        mask = self.mask.copy()
        for block in self.table.columns.blocks():
            if mask[block.rows].any():
                mask[block.rows] &= test(block)
        return Selection(self.table, mask)

    def of_films(self, films: Collection[str]) -> Selection:
        """Return the rows of films, by their content ids."""
        return Selection(self.table, self.mask & self.table.columns.within(films))

    def among(self, ids: ArrayLike) -> Selection:
        """Return the rows of these segments."""
        rows = self.table.columns.at(np.asarray(ids, dtype=np.int64).reshape(-1))
        kept = np.zeros(len(self.mask), dtype=bool)
        kept[rows[rows >= 0]] = True
        return Selection(self.table, self.mask & kept)

    def content_ids(self) -> set[str]:
        """Return the content ids of the films that have a row."""
        films = np.bincount(self.table.film[self.mask], minlength=len(self.table.content_ids))
        return {self.table.content_ids[number] for number in np.flatnonzero(films)}

    def rows(self) -> NDArray[np.int64]:
        """Return the row numbers, int64, ascending."""
        return np.flatnonzero(self.mask)

    def ids(self) -> NDArray[np.int64]:
        """Return the ids of the segments, int64, ascending."""
        return self.table.columns.ids(self.rows())

    def allowed(self) -> NDArray[np.int64] | None:
        """Return the ids as a vector index takes them: ``None`` = all."""
        return None if self.everything else self.ids()


class RowScores:
    """A score of some rows of a table, looked up by row; others have none. ``rows`` int64 ``[n]`` in any order."""

    def __init__(self, rows: NDArray[np.int64], scores: NDArray[np.float64]) -> None:
        order = np.argsort(rows, kind="stable")
        self._rows, self._scores = rows[order], scores[order]

    def at(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the scores of rows, float64 ``[len(rows), ...]``, 0 where there is none."""
        found = np.zeros((len(rows), *self._scores.shape[1:]))
        if len(self._rows):
            near = np.minimum(np.searchsorted(self._rows, rows), len(self._rows) - 1)
            known = self._rows[near] == rows
            found[known] = self._scores[near[known]]
        return found
