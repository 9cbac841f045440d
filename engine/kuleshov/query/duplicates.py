"""Near-duplicates: the same shot in two copies of a film, and shots of one set-up that stand near each other.

Two hits are one where nearly all that was measured agrees, their scores do, and their place does: near each other in
one film, or of one length in two. ``docs/ranking.md`` says on what the limits were measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Mean distance of the affect-and-cinema vectors up to which two are alike: within a film, and between two.
SAME_SETUP, SAME_SHOT = 0.05, 0.08
#: How many shots or scenes of a film lie between two of one set-up at most: shot and reverse shot alternate.
NEAR = 6
#: Scores that differ by more tell two hits apart, however alike they are.
SAME_SCORE = 0.05
#: Lengths of the same shot in two copies differ by at most this share, or by so many seconds (a frame at either end).
SAME_LENGTH, SAME_SECONDS = 0.02, 0.1
#: Hits are compared with each other up to so many: time grows with the square.
MOST_COMPARED = 2000
#: Vectors are compared that share at least this part of what either has measured.
_LEAST_SHARED = 0.8


@dataclass(frozen=True, eq=False)
class Looked:
    """What tells hits apart, n of them, best first: ``film`` and ``index`` int64 ``[n]``, ``seconds`` (length) and
    ``scores`` float64 ``[n]``, ``vectors`` float32 ``[n, D]``, NaN = not measured."""

    film: NDArray[np.int64]
    index: NDArray[np.int64]
    seconds: NDArray[np.float64]
    scores: NDArray[np.float64]
    vectors: NDArray[np.float32]


def collapsed(looked: Looked) -> dict[int, list[int]]:
    """Return the hits that stay, best first, each with those that are all but the same, by number.

    One is compared with the hits that stay, not with their like: likeness does not wander.
    """
    groups: dict[int, list[int]] = {}
    heads_of: dict[int, list[int]] = {}
    for one, other in _pairs(looked):
        heads_of.setdefault(other, []).append(one)
    for number in range(len(looked.film)):
        head = next((one for one in heads_of.get(number, ()) if one in groups), None)
        if head is None:
            groups[number] = []
        else:
            groups[head].append(number)
    return groups


def _pairs(looked: Looked) -> list[tuple[int, int]]:
    """Return the pairs that are alike, the better hit first, ascending."""
    film, seconds = looked.film, looked.seconds
    same_film = film[:, None] == film
    near = same_film & (np.abs(looked.index[:, None] - looked.index) <= NEAR)
    least = np.minimum(seconds[:, None], seconds)
    length = np.abs(seconds[:, None] - seconds) <= np.maximum(SAME_LENGTH * least, SAME_SECONDS)
    scores = np.abs(looked.scores[:, None] - looked.scores) <= SAME_SCORE
    first, second = np.nonzero(np.triu((near | (~same_film & length)) & scores, 1))
    if not len(first):
        return []
    distances = np.abs(looked.vectors[first] - looked.vectors[second])
    measured = ~np.isnan(looked.vectors)
    either = (measured[first] | measured[second]).sum(axis=1)
    both = (~np.isnan(distances)).sum(axis=1)
    mean = np.nansum(distances, axis=1) / np.maximum(both, 1)
    limit = np.where(same_film[first, second], SAME_SETUP, SAME_SHOT)
    alike = (mean <= limit) & (both >= _LEAST_SHARED * either) & (both > 0)
    return list(zip(first[alike].tolist(), second[alike].tolist(), strict=True))
