"""The order of an answer: by score or as asked for, copies put together, films mixed; before any row is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.query.match_query import Matches
from kuleshov.query.ranking.diversity import MOST_OF_A_FILM, PAGE, spread
from kuleshov.query.ranking.duplicates import MOST_COMPARED, OrderedHits, collapsed
from kuleshov.query.spec.ranking import Ranking

#: So many of the best are looked at for each hit that is asked for, and so many at least.
_SPARE, _LEAST_LOOKED_AT = 8, 256
_GROWTH = 4
#: Of an order so many that come first are looked at, before all are.
_MOST_ORDERED = 4096
#: Where so many films have hits, a page can be filled under the cap.
_LEAST_FILMS = -(-PAGE // MOST_OF_A_FILM)


class RankedHit(NamedTuple):
    """A hit and its near-duplicates, as rows of the table; with their scores, its own first."""

    row: int
    near_duplicates: tuple[int, ...]
    scores: tuple[float, ...]


def rank_hits(matches: Matches, *, k: int, ranking: Ranking, mix: bool = True) -> list[RankedHit]:
    """Return the first ``k`` hits in order.

    Films are mixed (``mix``) where the answer comes by score and the query names none. The same archive gives the same
    order, in whatever order its films were added: equal hits come by content id and index.
    """
    if not len(matches.rows):
        return []
    keys = matches.keys()
    if keys is not None and len(keys) > _MOST_ORDERED:
        # Scores only separate those that tie: it is enough to look at those that come first.
        first = keys >= np.partition(keys, -_MOST_ORDERED)[-_MOST_ORDERED]
        best = replace(matches, rows=matches.rows[first])
        ranked = _ranked(best, keys[first], k=k, ranking=ranking, mix=False)
        if len(ranked) == k:
            return ranked
    return _ranked(matches, keys, k=k, ranking=ranking, mix=mix and not matches.query.names_films)


def _ranked(
    matches: Matches, keys: NDArray[np.float64] | None, *, k: int, ranking: Ranking, mix: bool
) -> list[RankedHit]:
    scores = matches.scores()
    film = matches.context.table.film[matches.rows]
    mixed = ranking.diverse and keys is None and mix
    mixed = mixed and int(np.count_nonzero(np.bincount(film))) >= _LEAST_FILMS
    size = max(_SPARE * k, _LEAST_LOOKED_AT)
    while True:
        best = _leading(scores if keys is None else keys, scores, _places(matches), size)
        more = len(best) < len(matches.rows)
        groups = _groups(matches, best, scores, keys) if ranking.collapse else {n: [] for n in range(len(best))}
        heads = np.fromiter(groups, dtype=np.int64, count=len(groups))
        if mixed:
            shown, unsure = spread(film[best[heads]], scores[best[heads]], k=k, more=more)
        else:
            shown, unsure = list(range(min(k, len(heads)))), more and len(heads) < k
        if not unsure:
            chosen: Sequence[int] = heads[shown].tolist()
            return [_hit(matches, best, scores, [number, *groups[number]]) for number in chosen]
        size *= _GROWTH


def place_by_score(matches: Matches, row: int) -> int | None:
    """Return which hit a row of the table would be if films were not mixed nor near-duplicates put together, from 1
    on; ``None``: none."""
    here = int(np.searchsorted(matches.rows, row))
    if here == len(matches.rows) or matches.rows[here] != row:
        return None
    scores, keys = matches.scores(), matches.keys()
    before = np.zeros(len(matches.rows), dtype=bool)
    same = np.ones(len(matches.rows), dtype=bool)
    for values in (-scores if keys is None else -keys, -scores, matches.context.table.columns.order_keys(matches.rows)):
        before |= same & (values < values[here])
        same &= values == values[here]
    return int(before.sum()) + 1


def _places(matches: Matches) -> Callable[[NDArray[np.int64]], NDArray[np.int64]]:
    return lambda among: matches.context.table.columns.order_keys(matches.rows[among])


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


def _groups(
    matches: Matches, best: NDArray[np.int64], scores: NDArray[np.float64], keys: NDArray[np.float64] | None
) -> dict[int, list[int]]:
    compared = best[:MOST_COMPARED]
    groups = collapsed(
        OrderedHits(
            matches.context.table,
            matches.rows[compared],
            scores[compared],
            None if keys is None else keys[compared],
            frozenset().union(*(match.part.entries for match in matches.parts)),
        )
    )
    return groups | {number: [] for number in range(len(compared), len(best))}


def _hit(matches: Matches, best: NDArray[np.int64], scores: NDArray[np.float64], numbers: Sequence[int]) -> RankedHit:
    head, *others = (int(row) for row in matches.rows[best[numbers]])
    return RankedHit(head, tuple(others), tuple(scores[best[numbers]].tolist()))
