"""Which segments qualify, and in what order: questions to the archive, in batches, until enough are found.

The archive's vector index counts an unmeasured value as 0, so a segment is settled only when its row is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.entries import Condition as ArchiveCondition
from kuleshov.archive.entries import SegmentRow
from kuleshov.archive.store import Archive
from kuleshov.cinema.measures import Unit
from kuleshov.errors import ArchiveError
from kuleshov.query.query import Condition, Sort
from kuleshov.query.term import Term

#: (segment id, what it is ordered by), best first.
Ranked = Sequence[tuple[int, float]]

_FIRST_BATCH = 64
_GROWTH = 4
#: Products of the index are float32; keys nearer than this are told apart by the exact score.
_KEY_PRECISION = 1e-5
#: How many segments that tie with the last place are looked at; beyond, ties fall in the archive's order.
_MOST_TIES = 1024


def fulfilling(archive: Archive, unit: Unit, conditions: Sequence[Condition]) -> NDArray[np.int64] | None:
    """Return the ids of the segments that fulfil all conditions, ascending; ``None`` = no condition, all do."""
    if not conditions:
        return None
    return archive.select(unit, [ArchiveCondition(one.measure, one.op, one.value) for one in conditions])


def by_weights(
    archive: Archive, unit: Unit, weights: dict[str, float], *, k: int, allowed: NDArray[np.int64] | None
) -> Ranked:
    """Return up to ``k`` segments by their weighted sum, unmeasured values counting 0."""
    names = archive.vector_names
    vector = np.array([weights.get(name, 0.0) for name in names], dtype=np.float32)
    return archive.nearest(unit, vector, k=k, allowed=allowed)


def qualifying(
    archive: Archive, unit: Unit, terms: Sequence[Term], allowed: NDArray[np.int64] | None
) -> NDArray[np.int64] | None:
    """Return the ids that fulfil all terms if an unmeasured value is 0, ascending; ``None`` = all."""
    for term in (one for one in terms if not one.hint):
        ranked = by_weights(archive, unit, {term.name: 1.0}, k=archive.count(unit), allowed=allowed)
        allowed = np.array(sorted(segment for segment, value in ranked if term.accepts(value)), dtype=np.int64)
    return allowed


def by_sort(archive: Archive, unit: Unit, sort: Sort, *, allowed: NDArray[np.int64] | None) -> Ranked:
    """Return all allowed segments in the order asked for; those without the measure are left out."""
    if not sort.by_measure:
        sign = 1.0 if sort.descending else -1.0
        return by_weights(archive, unit, {sort.key: sign}, k=archive.count(unit), allowed=allowed)
    ids = archive.select(unit, [ArchiveCondition(sort.key, ">=", -np.inf)])
    values = archive.measures(unit, sort.key)
    if len(ids) != len(values):
        raise ArchiveError(f"{archive.path}: changed while it was searched (search again)")
    if allowed is not None:
        chosen = np.isin(ids, allowed)
        ids, values = ids[chosen], values[chosen]
    keys = values if sort.descending else -values
    order = np.lexsort((ids, -keys))
    return list(zip(ids[order].tolist(), keys[order].tolist(), strict=True))


def collect(
    archive: Archive, unit: Unit, ranked: Ranked, *, k: int, accepts: Callable[[SegmentRow], bool]
) -> tuple[list[tuple[SegmentRow, float]], bool]:
    """Return the first ``k`` accepted rows with their keys, and all that tie with the last of them.

    Rows are read in growing batches. The second value tells whether ``ranked`` sufficed: ``False`` means that more
    ranked segments could change the answer.
    """
    found: list[tuple[SegmentRow, float]] = []
    ties = 0
    for row, key in _rows(archive, unit, ranked):
        if len(found) >= k:
            ties += 1
            if key < found[k - 1][1] - _KEY_PRECISION or ties > _MOST_TIES:
                return found, True
        if accepts(row):
            found.append((row, key))
    return found, False


def _rows(archive: Archive, unit: Unit, ranked: Ranked) -> Iterator[tuple[SegmentRow, float]]:
    start, size = 0, _FIRST_BATCH
    while start < len(ranked):
        batch = ranked[start : start + size]
        rows = archive.segments(unit, [segment for segment, _ in batch])
        yield from ((row, key) for row, (_, key) in zip(rows, batch, strict=True))
        start, size = start + size, size * _GROWTH
