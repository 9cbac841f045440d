"""Where in a film a run of pictures is found, and which finds form the best order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.fingerprint.fingerprints import GRID_HZ

# Likeness (a product of unit vectors) from which two pictures count for one another. Design values: over the shots of
# the tests' film, its scaled, graded, cropped and sped-up copies stayed above 0.9, other shots below 0.7.
_LIKE = 0.8
_MEAN_LIKE, _MEAN_LIKE_OF_PART = 0.88, 0.92  # of a find of all of a shot, and of less: chance finds are short ones
_ALL = 0.8  # of a shot, from which a find is one of all of it
_LEAST_SHARE = 0.25  # of the shot that must be found
_KEPT = 4  # finds kept for each shot
_APART = GRID_HZ // 2  # of two finds nearer than this only the better counts
_ON_A_CUT = 0.1  # bonus for a find that begins or ends where both copies have a cut: half a picture's worth
_SLACK = 2  # signatures by which neighbours in a chain may overlap: borders are not exact


@dataclass(frozen=True)
class Candidate:
    """A stretch ``start`` to ``end`` (exclusive) of the searched film that looks like a shot from ``first_row`` on."""

    shot: int
    first_row: int
    start: int
    end: int
    score: float
    similarity: float
    mirrored: bool

    def overlaps(self, other: Candidate) -> bool:
        shared = min(self.end, other.end) - max(self.start, other.start)
        return shared > min(_SLACK, (self.end - self.start) / 2)


class Searched:
    """The film that is searched: unit vectors float32 ``[n, D]`` and its cuts in seconds."""

    def __init__(self, vectors: NDArray[np.float32], *, borders: Sequence[float]) -> None:
        self.vectors = vectors
        self.near_border = np.zeros(len(vectors) + 2, dtype=bool)
        for border in borders:
            at = round(border * GRID_HZ)
            self.near_border[max(at - 1, 0) : at + 2] = True


def candidates(
    shot_vectors: NDArray[np.float32], film: Searched, *, shot: int, first_row: int, mirrored: bool = False
) -> list[Candidate]:
    """Return the best places of a shot (unit vectors float32 ``[rows, D]``, from ``first_row`` of its film on)."""
    rows, count = len(shot_vectors), len(film.vectors)
    likeness = np.full((rows, count + 2 * (rows - 1)), -1.0, dtype=np.float32)
    likeness[:, rows - 1 : rows - 1 + count] = shot_vectors @ film.vectors.T
    offsets = count + rows - 1  # the shot's first row may lie up to rows - 1 before the film
    run = np.zeros(offsets, dtype=np.float32)
    total = np.zeros(offsets, dtype=np.float32)
    begin = np.zeros(offsets, dtype=np.int64)
    best, best_total = np.zeros(offsets, dtype=np.float32), np.zeros(offsets, dtype=np.float32)
    best_begin, best_end = np.zeros(offsets, dtype=np.int64), np.zeros(offsets, dtype=np.int64)
    for row in range(rows):  # the best stretch of every diagonal (Kadane)
        here = likeness[row, row : row + offsets]
        fresh = run <= 0
        begin[fresh] = row
        run = np.where(fresh, 0, run) + (here - _LIKE)
        total = np.where(fresh, 0, total) + here
        better = run > best
        best[better], best_total[better] = run[better], total[better]
        best_begin[better], best_end[better] = begin[better], row + 1
    start = np.arange(offsets) - (rows - 1) + best_begin
    length = best_end - best_begin
    end = start + length
    found = best > 0
    whole_head, whole_tail = best_begin <= 1, best_end >= rows - 1
    score = best + np.where(found & whole_head & film.near_border[np.clip(start, 0, count)], _ON_A_CUT, 0)
    score += np.where(found & whole_tail & film.near_border[np.clip(end, 0, count)], _ON_A_CUT, 0)
    similarity = np.divide(best_total, length, out=np.zeros_like(best), where=length > 0)
    asked = np.where(length >= _ALL * rows, _MEAN_LIKE, _MEAN_LIKE_OF_PART)
    score[(similarity < asked) | (length < max(1, _LEAST_SHARE * rows))] = 0
    kept: list[Candidate] = []
    for _ in range(_KEPT):
        at = int(score.argmax())
        if score[at] <= 0:
            break
        kept.append(
            Candidate(
                shot,
                first_row + int(best_begin[at]),
                int(start[at]),
                int(end[at]),
                float(score[at]),
                float(similarity[at]),
                mirrored,
            )
        )
        score[max(at - _APART, 0) : at + _APART + 1] = 0
    return kept


def best_chain(found: Sequence[Candidate]) -> list[Candidate]:
    """Return the finds of greatest total score that come in the same order in both films, at most one a shot."""
    if not found:
        return []
    order = sorted(found, key=lambda each: (each.shot, each.start))
    shots = np.array([each.shot for each in order])
    starts, ends = np.array([each.start for each in order]), np.array([each.end for each in order])
    totals = np.zeros(len(order))
    came_from = np.full(len(order), -1)
    for number, each in enumerate(order):
        # Neighbours may overlap a little, but each must end after the one before it.
        before = (shots[:number] < each.shot) & (ends[:number] <= each.start + _SLACK) & (starts[:number] < each.start)
        if before.any():
            behind = np.where(before, totals[:number], -1.0)
            came_from[number] = int(behind.argmax())
            totals[number] = behind.max()
        totals[number] += each.score
    chain = []
    at = int(totals.argmax())
    while at >= 0:
        chain.append(order[at])
        at = int(came_from[at])
    return chain[::-1]
