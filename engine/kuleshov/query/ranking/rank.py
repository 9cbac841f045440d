"""The order of an answer: by score or as asked for, copies put together, films mixed. Whole before any row is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.query.matching.candidates import leading
from kuleshov.query.matching.matches import Findings
from kuleshov.query.ranking.diversity import MOST_OF_A_FILM, PAGE, spread
from kuleshov.query.ranking.duplicates import MOST_COMPARED, Ordered, collapsed
from kuleshov.query.spec.ranking import Ranking

#: So many of the best are looked at for each hit that is asked for, and so many at least.
_SPARE, _LEAST_LOOKED_AT = 8, 256
_GROWTH = 4
#: Of an order so many that come first are looked at, before all are.
_MOST_ORDERED = 4096
#: Where so many films have hits, a page can be filled under the cap.
_LEAST_FILMS = -(-PAGE // MOST_OF_A_FILM)


class Placed(NamedTuple):
    """A hit and those that are all but the same, as rows of the table; with their scores, its own first."""

    row: int
    alike: tuple[int, ...]
    scores: tuple[float, ...]


def arranged(found: Findings, *, k: int, ranking: Ranking, films_named: bool = False) -> list[Placed]:
    """Return the first ``k`` hits in order.

    Films are mixed where the answer comes by score and the query names none. The same archive gives the same order, in
    whatever order its films were added: equal hits come by content id and place.
    """
    keys = found.keys()
    if keys is not None and len(keys) > _MOST_ORDERED:
        # Scores only part those that tie: it is enough to look at those that come first.
        first = keys >= np.partition(keys, -_MOST_ORDERED)[-_MOST_ORDERED]
        placed = _arranged(replace(found, rows=found.rows[first]), keys[first], k=k, ranking=ranking, mix=False)
        if len(placed) == k:
            return placed
    return _arranged(found, keys, k=k, ranking=ranking, mix=not films_named)


def _arranged(
    found: Findings, keys: NDArray[np.float64] | None, *, k: int, ranking: Ranking, mix: bool
) -> list[Placed]:
    scores = found.scores()
    film = found.table.film[found.rows]
    mixed = ranking.diverse and keys is None and mix
    mixed = mixed and int(np.count_nonzero(np.bincount(film))) >= _LEAST_FILMS
    size = max(_SPARE * k, _LEAST_LOOKED_AT)
    while True:
        best = _best(found, scores if keys is None else keys, scores, size)
        more = len(best) < len(found.rows)
        groups = _groups(found, best, scores, keys) if ranking.collapse else {n: [] for n in range(len(best))}
        heads = np.fromiter(groups, dtype=np.int64, count=len(groups))
        if mixed:
            shown, unsure = spread(film[best[heads]], scores[best[heads]], k=k, more=more)
        else:
            shown, unsure = list(range(min(k, len(heads)))), more and len(heads) < k
        if not unsure:
            chosen: Sequence[int] = heads[shown].tolist()
            return [_placed(found, best, scores, [number, *groups[number]]) for number in chosen]
        size *= _GROWTH


def place_by_score(found: Findings, row: int) -> int | None:
    """Return which hit a row of the table would be without mixing and putting together, from 1 on; ``None``: none."""
    here = int(np.searchsorted(found.rows, row))
    if here == len(found.rows) or found.rows[here] != row:
        return None
    scores, keys = found.scores(), found.keys()
    before = np.zeros(len(found.rows), dtype=bool)
    same = np.ones(len(found.rows), dtype=bool)
    for values in (-scores if keys is None else -keys, -scores, found.table.columns.places(found.rows)):
        before |= same & (values < values[here])
        same &= values == values[here]
    return int(before.sum()) + 1


def _best(found: Findings, keys: NDArray[np.float64], scores: NDArray[np.float64], size: int) -> NDArray[np.int64]:
    """Return where in ``found.rows`` the best ``size`` stand, in order."""
    return leading(keys, scores, lambda among: found.table.columns.places(found.rows[among]), size)


def _groups(
    found: Findings, best: NDArray[np.int64], scores: NDArray[np.float64], keys: NDArray[np.float64] | None
) -> dict[int, list[int]]:
    looked_at = best[:MOST_COMPARED]
    rows = found.rows[looked_at]
    terms = chain(found.query.terms, *(like.deltas for like in found.query.likes))
    asked = frozenset(term.name for term in terms)
    groups = collapsed(Ordered(found.table, rows, scores[looked_at], None if keys is None else keys[looked_at], asked))
    return groups | {number: [] for number in range(len(rows), len(best))}


def _placed(found: Findings, best: NDArray[np.int64], scores: NDArray[np.float64], numbers: Sequence[int]) -> Placed:
    head, *alike = (int(row) for row in found.rows[best[numbers]])
    return Placed(head, tuple(alike), tuple(scores[best[numbers]].tolist()))
