"""Which segments qualify, and which of them come first: decided from the archive's columns, without reading a row.

A column holds one number of every segment, NaN where it was not measured. What a query asks is compared block by block,
so that little memory is needed whatever the archive's size, and rows are read only of those that are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.columns import Block, Columns
from kuleshov.query.query import Condition, Query, Sort
from kuleshov.query.term import Term

#: Scores that agree to so many decimals are equal: sums of the same terms in another order.
_DECIMALS = 12
#: Of so many in a block that are as good as the last that counts, the first by place are taken at once.
_MANY = 1000


class Ranked(NamedTuple):
    """The segments that come first, best first: ids int64 ``[k]``, keys and scores float64 ``[k]``.

    ``keys``: what the query orders by, greatest first; 0 without an order. ``scores``: those of the vectors.
    """

    ids: NDArray[np.int64]
    keys: NDArray[np.float64]
    scores: NDArray[np.float64]


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

    def ids(self) -> NDArray[np.int64]:
        """Return the ids of all candidates, int64, ascending."""
        ids = [block.ids[here] for block, here in self._blocks()]
        return np.concatenate([np.empty(0, dtype=np.int64), *ids])

    def weighted(self) -> dict[int, float]:
        """Return the weighted sum of the query's terms of all candidates, by id."""
        sums: dict[int, float] = {}
        for block, here in self._blocks():
            ids = block.ids[here].tolist()
            sums.update(zip(ids, _weighted(self._query.terms, block, here).tolist(), strict=True))
        return sums

    def first(self, k: int, *, scores: Mapping[int, float] | None = None) -> Ranked:
        """Return the ``k`` that come first: by what the query orders by, then by score, then by film and place.

        ``scores``: of all candidates by id, in place of the weighted sums of the query's terms.
        """
        found = [self._first_of(block, here, k, scores) for block, here in self._blocks()]
        rows = np.concatenate([np.empty(0, dtype=np.int64), *(rows for rows, _, _ in found)])
        keys = np.concatenate([np.empty(0), *(keys for _, keys, _ in found)])
        sums = np.concatenate([np.empty(0), *(sums for _, _, sums in found)])
        order = self._leading(rows, keys, sums, k)
        return Ranked(self.columns.ids(rows[order]), keys[order], sums[order])

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

    def _first_of(
        self, block: Block, here: NDArray[np.int64], k: int, scores: Mapping[int, float] | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Return the rows, keys and scores of those of a block that may be among the first ``k`` of all."""
        keys = np.zeros(len(here))
        if self._sort is not None:
            values = _ordered_by(self._sort, block)[here].astype(np.float64)
            keys = values if self._sort.descending else -values
            near = _at_least_the_last(keys, k)
            here, keys = here[near], keys[near]
        if scores is None:
            sums = _weighted(self._query.terms, block, here)
        else:
            sums = np.array([scores[id] for id in block.ids[here].tolist()], dtype=np.float64)
        if self._sort is None:
            near = _at_least_the_last(sums, k)
            here, keys, sums = here[near], keys[near], sums[near]
        rows = block.rows.start + here
        if len(rows) > _MANY:  # equal ones
            best = self._leading(rows, keys, sums, k)
            rows, keys, sums = rows[best], keys[best], sums[best]
        return rows, keys, sums

    def _leading(
        self, rows: NDArray[np.int64], keys: NDArray[np.float64], sums: NDArray[np.float64], k: int
    ) -> NDArray[np.int64]:
        return _leading(keys, sums.round(_DECIMALS), lambda among: self.columns.places(rows[among]), k)


def fulfilling(condition: Condition, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which values fulfil a condition, bool ``[n]``; NaN does not."""
    match condition.op:
        case "<":
            return values < condition.value
        case "<=":
            return values <= condition.value
        case ">":
            return values > condition.value
        case _:
            return values >= condition.value


def accepting(term: Term, values: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which values a term accepts, bool ``[n]``, as ``Term.accepts`` does; NaN only for a hint."""
    if term.hint:
        return np.ones(len(values), dtype=bool)
    limit = np.float64(term.sign * term.minimum)  # float64, so that values are not compared with a rounded limit
    if term.sign > 0:
        return values >= limit if term.inclusive else values > limit
    return values <= limit if term.inclusive else values < limit


def _weighted(terms: Sequence[Term], block: Block, here: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what the terms of a query give some segments of a block, float64 ``[len(here)]``; unmeasured is 0."""
    sums = np.zeros(len(here))
    for term in terms:
        values = block.value(term.name)[here].astype(np.float64)
        sums += term.sign * term.weight * (np.nan_to_num(values, nan=0.0) if term.hint else values)
    return sums


def _ordered_by(sort: Sort, block: Block) -> NDArray[np.float64] | NDArray[np.float32]:
    return block.measure(sort.key) if sort.by_measure else block.value(sort.key)


def _at_least_the_last(values: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    """Return where the ``k`` greatest values are, and all that equal the last of them."""
    if len(values) <= k:
        return np.arange(len(values))
    last = np.partition(values, len(values) - k)[len(values) - k]
    return np.flatnonzero(values >= last - 10.0**-_DECIMALS)


def _leading(
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
