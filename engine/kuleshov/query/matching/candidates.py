"""Which segments qualify, and which of them come first: decided from the archive's columns, without reading a row.

A column holds one number of every segment, NaN where it was not measured. What a query asks is compared block by block,
so that little memory is needed whatever the archive's size, and rows are read only of those that are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.columns.columns import Block, Columns
from kuleshov.query.parts.condition import COMPARE, Condition
from kuleshov.query.parts.term import Term
from kuleshov.query.spec.query import Query, Sort


class Candidates:
    """The segments of an archive that fulfil a query's conditions and terms and have what it orders by.

    ``films``: content ids to stay within, ``None`` = all.
    """

    def __init__(self, columns: Columns, query: Query, sort: Sort | None, *, films: Collection[str] | None) -> None:
        self.columns = columns
        self._query = query
        self._sort = sort
        self._within = None if films is None else columns.within(films)

    def keep(self, ids: Iterable[int]) -> None:
        """Stay within these segments from now on."""
        rows = self.columns.at(np.fromiter(ids, dtype=np.int64))
        kept = np.zeros(self.columns.row_count, dtype=bool)
        kept[rows[rows >= 0]] = True
        self._within = kept if self._within is None else self._within & kept

    @property
    def all_are(self) -> bool:
        """Whether nothing is asked that a segment could lack."""
        asked = any(not term.hint for term in self._query.terms) or self._query.conditions or self._sort
        return not asked and self._within is None

    def rows(self) -> NDArray[np.int64]:
        """Return where in the columns all candidates stand, int64, ascending."""
        rows = [block.rows.start + here for block, here in self._blocks()]
        return np.concatenate([np.empty(0, dtype=np.int64), *rows])

    def ids(self) -> NDArray[np.int64]:
        """Return the ids of all candidates, int64, ascending."""
        ids = [block.ids[here] for block, here in self._blocks()]
        return np.concatenate([np.empty(0, dtype=np.int64), *ids])

    def _blocks(self) -> Iterator[tuple[Block, NDArray[np.int64]]]:
        """Yield the blocks that have candidates, and where in the block those are, int64, ascending."""
        for block in self.columns.blocks():
            within = block.counted
            if self._within is not None:
                within &= self._within[block.rows]
            if not within.any():
                continue  # its columns are not touched
            for condition in self._query.conditions:
                within &= fulfilling(condition, block.measure(condition.measure))
            for term in self._query.terms:
                if not term.hint:
                    within &= accepting(term, block.value(term.name))
            if self._sort is not None:
                within &= ~np.isnan(_ordered_by(self._sort, block))
            here = np.flatnonzero(within)
            if len(here):
                yield block, here


def fulfilling(condition: Condition, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which values fulfil a condition, bool ``[n]``; NaN does not."""
    found: NDArray[np.bool_] = COMPARE[condition.op](values, condition.value)
    return found


def accepting(term: Term, values: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which values a term accepts, bool ``[n]``, as ``Term.accepts`` does; NaN only for a hint."""
    if term.hint:
        return np.ones(len(values), dtype=bool)
    limit = np.float64(term.sign * term.minimum)  # float64, so that values are not compared with a rounded limit
    if term.sign > 0:
        return values >= limit if term.inclusive else values > limit
    return values <= limit if term.inclusive else values < limit


def _ordered_by(sort: Sort, block: Block) -> NDArray[np.float64] | NDArray[np.float32]:
    return block.measure(sort.key) if sort.by_measure else block.value(sort.key)


def leading(
    keys: NDArray[np.float64],
    scores: NDArray[np.float64],
    places: Callable[[NDArray[np.int64]], NDArray[np.int64]],
    k: int,
) -> NDArray[np.int64]:
    """Return which ``k`` come first, in order: the greatest key, then the greatest score, then the least place.

    Only what ties for the last places is compared further, so that many equal ones cost little.
    """
    certain: list[NDArray[np.int64]] = []
    tied = np.arange(len(keys))
    for level in (lambda among: keys[among], lambda among: scores[among], lambda among: -places(among)):
        left = k - sum(map(len, certain))
        if len(tied) > left:
            values = level(tied)
            last = np.partition(values, len(values) - left)[len(values) - left]
            certain.append(tied[values > last])
            tied = tied[values == last]
    first = np.concatenate([*certain, tied])
    return first[np.lexsort((places(first), -scores[first], -keys[first]))][:k]
