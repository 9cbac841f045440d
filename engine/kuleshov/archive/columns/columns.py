"""All measures and vectors of an archive's shots or scenes as columns: search compares them without reading rows.

A column is one number of every segment, in the order of their ids; NaN = not measured. Columns are divided into parts
as stored (``column_files``) and memory-mapped: a column that is not used is not read, and the system can release the
pages when it needs memory. Row numbers run through all parts and include rows of films that are gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.catalog.catalog import Stamp
from kuleshov.cinema.attributes.measures import MEASURES

MEASURE_PATHS = tuple(measure.path for measure in MEASURES)
#: So many rows are processed together, so that intermediate results stay in the processor's cache.
_BLOCK = 1 << 16


class FilmColumns(NamedTuple):
    """One film: ids int64 ``[n]``, measures float64 ``[n, measures]``, vectors float32 ``[n, D]``."""

    content_id: str
    ids: NDArray[np.int64]
    measures: NDArray[np.float64]
    vectors: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Part:
    """The segments of some films, film after film, ids ascending.

    ``segments`` int64 ``[2, n]``: ids, and indexes in the film. ``measures`` float64 ``[measures, n]``: ``MEASURES``.
    ``values`` float32 ``[D, n]``: the vectors. ``films``: (content id, number of segments) in order; ``gone``: those of
    them that have left the archive. ``name``: of its files; "" = in memory only.
    """

    segments: NDArray[np.int64]
    measures: NDArray[np.float64]
    values: NDArray[np.float32]
    films: tuple[tuple[str, int], ...]
    gone: frozenset[str] = frozenset()
    name: str = ""

    @classmethod
    def of(cls, films: Sequence[FilmColumns], width: int) -> Part:
        """Return a part of some films, in memory; ``width``: D, needed if there are no films."""
        segments = [np.stack([ids, np.arange(len(ids), dtype=np.int64)]) for _, ids, _, _ in films]
        measures = [np.empty((0, len(MEASURE_PATHS))), *(measures for _, _, measures, _ in films)]
        vectors = [np.empty((0, width), dtype=np.float32), *(vectors for _, _, _, vectors in films)]
        return cls(
            np.concatenate([np.empty((2, 0), dtype=np.int64), *segments], axis=1),
            np.ascontiguousarray(np.concatenate(measures).T),
            np.ascontiguousarray(np.concatenate(vectors).T),
            tuple((content_id, len(ids)) for content_id, ids, _, _ in films),
        )

    def __len__(self) -> int:
        return int(self.segments.shape[1])

    @cached_property
    def present(self) -> NDArray[np.bool_] | None:
        """Which rows are of films in the archive, bool ``[n]``; ``None`` = all."""
        return ~self.within(self.gone) if self.gone else None

    @cached_property
    def count(self) -> int:
        """How many rows are of films in the archive."""
        return sum(count for film, count in self.films if film not in self.gone)

    def within(self, films: Set[str]) -> NDArray[np.bool_]:
        """Return which rows are of these films, bool ``[n]``."""
        chosen = np.fromiter((film in films for film, _ in self.films), dtype=bool, count=len(self.films))
        return np.repeat(chosen, self._counts)

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        return np.array([count for _, count in self.films], dtype=np.int64)

    @cached_property
    def first_rows(self) -> NDArray[np.int64]:
        """The first row of each film, int64 ``[films]``."""
        return np.cumsum(self._counts) - self._counts


@dataclass(frozen=True, eq=False)
class Block:
    """Consecutive rows of a part; ``rows`` are their row numbers."""

    part: Part
    rows: slice
    names: tuple[str, ...]
    _within: slice

    @property
    def present(self) -> NDArray[np.bool_]:
        """Which of the rows are of films in the archive, bool ``[rows]``, a copy."""
        if self.part.present is None:
            return np.ones(self._within.stop - self._within.start, dtype=bool)
        return self.part.present[self._within].copy()

    @property
    def ids(self) -> NDArray[np.int64]:
        """The segments' ids, int64 ``[rows]``, ascending."""
        return self.part.segments[0, self._within]

    def measure(self, path: str) -> NDArray[np.float64]:
        """Return one of ``MEASURES``, float64 ``[rows]``. Raises ``ValueError`` for an unknown one."""
        return self.part.measures[MEASURE_PATHS.index(path), self._within]

    def value(self, name: str) -> NDArray[np.float32]:
        """Return an entry of the vectors, float32 ``[rows]``. Raises ``ValueError`` for an unknown one."""
        return self.part.values[self.names.index(name), self._within]


class Columns:
    """The columns of one unit, as of one state of the catalogue. ``names`` are those of the vectors' D entries."""

    def __init__(self, stamp: Stamp, names: tuple[str, ...], parts: Sequence[Part]) -> None:
        self.stamp = stamp
        self.names = names
        self.parts = tuple(parts)
        self._starts = np.cumsum([0, *(len(part) for part in parts)])

    def __len__(self) -> int:
        """How many segments there are."""
        return sum(part.count for part in self.parts)

    @property
    def row_count(self) -> int:
        """How many rows there are, including those of films that are gone."""
        return int(self._starts[-1])

    @property
    def newest(self) -> int:
        """The greatest id of any row, -1 if there is none."""
        return max((int(part.segments[0, -1]) for part in self.parts if len(part)), default=-1)

    def blocks(self) -> Iterator[Block]:
        """Yield all rows in order, some at a time."""
        for part, first in zip(self.parts, self._starts.tolist(), strict=False):
            for start in range(0, len(part), _BLOCK):
                end = min(start + _BLOCK, len(part))
                yield Block(part, slice(first + start, first + end), self.names, slice(start, end))

    def within(self, films: Collection[str]) -> NDArray[np.bool_]:
        """Return which rows are of these films, bool ``[row_count]``."""
        chosen = set(films)
        return np.concatenate([np.empty(0, dtype=bool), *(part.within(chosen) for part in self.parts)])

    def at(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row of each segment, int64 ``[len(ids)]``, -1 for one that is not present."""
        rows = np.full(len(ids), -1, dtype=np.int64)
        for part, start in zip(self.parts, self._starts, strict=False):
            if len(part):
                local = np.minimum(np.searchsorted(part.segments[0], ids), len(part) - 1)
                is_here = part.segments[0][local] == ids
                if part.present is not None:
                    is_here &= part.present[local]
                rows[is_here] = local[is_here] + start
        return rows

    def ids(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the ids of rows, int64 ``[len(rows)]``."""
        ids = np.empty(len(rows), dtype=np.int64)
        for part, here, local in self._by_part(rows):
            ids[here] = part.segments[0][local]
        return ids

    def order_keys(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what ties are ordered by, int64 ``[len(rows)]``: the film's content id, then the index in the film."""
        keys = np.empty(len(rows), dtype=np.int64)
        for number, (start, part) in enumerate(zip(self._starts.tolist(), self.parts, strict=False)):
            here = (rows >= start) & (rows < start + len(part))
            local = rows[here] - start
            films = np.searchsorted(part.first_rows, local, side="right") - 1
            keys[here] = (self._ranks[number][films] << 32) + part.segments[1][local]
        return keys

    def measures(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return all of ``MEASURES`` of rows, float64 ``[len(rows), measures]``; NaN for row -1."""
        measures = np.full((len(rows), len(MEASURE_PATHS)), np.nan)
        for part, here, local in self._by_part(rows):
            measures[here] = part.measures[:, local].T
        return measures

    def vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of rows, float32 ``[len(rows), D]``; NaN for row -1."""
        vectors = np.full((len(rows), len(self.names)), np.nan, dtype=np.float32)
        for part, here, local in self._by_part(rows):
            vectors[here] = part.values[:, local].T
        return vectors

    @cached_property
    def _ranks(self) -> list[NDArray[np.int64]]:
        """The rank of each part's films among all, by content id."""
        content_ids = sorted({film for part in self.parts for film, _ in part.films})
        rank = {film: number for number, film in enumerate(content_ids)}
        return [np.array([rank[film] for film, _ in part.films], dtype=np.int64) for part in self.parts]

    def _by_part(self, rows: NDArray[np.int64]) -> Iterator[tuple[Part, NDArray[np.bool_], NDArray[np.int64]]]:
        for part, start in zip(self.parts, self._starts, strict=False):
            here = (rows >= start) & (rows < start + len(part))
            if here.any():
                yield part, here, rows[here] - start
