"""Near-duplicates: the same shot in two copies of a film, and shots of one set-up that are near each other.

Two hits are one if nine tenths of what was measured agree, all that was asked for agrees, and their positions do. In
one film they are near each other. In two films they have one length, and so does the shot before or after, which agrees
too: copies run in parallel, while a shot that is only quoted elsewhere stays a hit. ``docs/ranking.md`` says on what
the limits were measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.query.matching.column_table import ColumnTable

#: Values of the affect-and-cinema vector that differ by no more agree; so many of them may differ (measured).
AGREE, MAY_DIFFER = 0.15, 0.1
#: What was asked for differs by no more: in a value, in the score, in what it is ordered by as a share.
SAME_VALUE, SAME_SCORE, SAME_KEY = 0.1, 0.05, 0.02
#: How many shots or scenes of a film lie between two of one set-up at most: shot and reverse shot alternate.
NEAR = 6
#: Lengths of the same shot in two copies differ by at most this share, or by so many seconds (a frame at either end).
SAME_LENGTH, SAME_SECONDS = 0.02, 0.1
#: Hits are compared with each other up to so many: time grows with the square.
MOST_COMPARED = 2000
#: Vectors are compared that share so many entries, and at least this part of what either has measured: black pictures
#: have little to agree in.
_LEAST_ENTRIES, _LEAST_SHARED = 40, 0.8


@dataclass(frozen=True, eq=False)
class OrderedHits:
    """Hits, best first: ``rows`` int64 ``[n]`` of ``table``, ``scores`` float64 ``[n]``, ``keys`` float64 ``[n]`` what
    they are ordered by if not by score; ``asked``: the entries of the vector that are asked for."""

    table: ColumnTable
    rows: NDArray[np.int64]
    scores: NDArray[np.float64]
    keys: NDArray[np.float64] | None = None
    asked: frozenset[str] = frozenset()


def collapsed(hits: OrderedHits) -> dict[int, list[int]]:
    """Return the hits that stay, best first, each with its near-duplicates, by number.

    A hit is compared with the hits that stay, not with their near-duplicates, so that likeness does not drift.
    """
    groups: dict[int, list[int]] = {}
    heads_of: dict[int, list[int]] = {}
    for better, worse in _pairs(hits):
        heads_of.setdefault(worse, []).append(better)
    for number in range(len(hits.rows)):
        head = next((better for better in heads_of.get(number, ()) if better in groups), None)
        if head is None:
            groups[number] = []
        else:
            groups[head].append(number)
    return groups


def _pairs(hits: OrderedHits) -> list[tuple[int, int]]:
    """Return the pairs that are alike, the better hit first, ascending."""
    table, rows = hits.table, hits.rows
    film, index, seconds = table.film[rows], table.index(rows), table.measure("duration_seconds")[rows]
    same_film = film[:, None] == film
    near = same_film & (np.abs(index[:, None] - index) <= NEAR)
    maybe = near | (~same_film & _nearly(seconds[:, None], seconds, share=SAME_LENGTH, least=SAME_SECONDS))
    maybe &= np.abs(hits.scores[:, None] - hits.scores) <= SAME_SCORE
    if hits.keys is not None:
        maybe &= _nearly(hits.keys[:, None], hits.keys, share=SAME_KEY, least=0.0)
    for name in hits.asked:
        values = table.column(name)[rows]
        maybe &= ~(np.abs(values[:, None] - values) > SAME_VALUE)  # a hint may be unmeasured
    first, second = np.nonzero(np.triu(maybe, 1))
    alike = _agree(table, rows[first], rows[second])
    first, second = first[alike], second[alike]
    alike = same_film[first, second] | _neighbours_agree(table, rows[first], rows[second])
    return list(zip(first[alike].tolist(), second[alike].tolist(), strict=True))


def _agree(table: ColumnTable, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which pairs of rows agree in nearly all that was measured of them, bool ``[len(one)]``."""
    if not len(one):
        return np.zeros(0, dtype=bool)
    here, places = np.unique(np.concatenate([one, other]), return_inverse=True)
    vectors = table.columns.vectors(here)
    first, second = vectors[places[: len(one)]], vectors[places[len(one) :]]
    measured = ~np.isnan(vectors)
    known, other_known = measured[places[: len(one)]], measured[places[len(one) :]]
    both, either = (known & other_known).sum(axis=1), (known | other_known).sum(axis=1)
    enough = (both >= _LEAST_ENTRIES) & (both >= _LEAST_SHARED * either)
    alike: NDArray[np.bool_] = enough & ((np.abs(first - second) > AGREE).sum(axis=1) <= MAY_DIFFER * both)
    return alike


def _neighbours_agree(table: ColumnTable, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return for which pairs of rows the segments before or after them have one length and agree too."""
    seconds = table.measure("duration_seconds")
    agree = np.zeros(len(one), dtype=bool)
    for step in (-1, 1):
        first, second = one + step, other + step
        inside = (first >= 0) & (second >= 0) & (first < len(seconds)) & (second < len(seconds))
        first, second = np.where(inside, first, one), np.where(inside, second, other)
        inside &= (table.film[first] == table.film[one]) & (table.film[second] == table.film[other])
        inside &= _nearly(seconds[first], seconds[second], share=SAME_LENGTH, least=SAME_SECONDS)
        agree[inside] |= _agree(table, first[inside], second[inside])
    return agree


def _nearly(one: NDArray[np.float64], other: NDArray[np.float64], *, share: float, least: float) -> NDArray[np.bool_]:
    """Return where two are nearly equal: up to a share of the smaller one, or by ``least``."""
    smaller = np.minimum(np.abs(one), np.abs(other))
    nearly: NDArray[np.bool_] = np.abs(one - other) <= np.maximum(share * smaller, least)
    return nearly
