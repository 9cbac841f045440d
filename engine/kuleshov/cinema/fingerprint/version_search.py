"""Where in a film a run of pictures occurs, and the best chain of such finds in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.fingerprint.fingerprints import GRID_HZ

# Likeness (a product of unit vectors) from which two pictures match. Design values: over the shots of the tests' film,
# its scaled, graded, cropped and sped-up copies stayed above 0.9, other shots below 0.7.
_LIKE = 0.8
_MEAN_LIKE, _MEAN_LIKE_OF_PART = 0.88, 0.92  # of finds of a whole shot, and of less: chance finds are short
_ALL = 0.8  # share of a shot from which it counts as wholly found
_LEAST_SHARE = 0.25  # of the shot that must be found
_KEPT = 4  # finds kept for each shot
_APART = GRID_HZ // 2  # of two finds nearer than this only the better counts
_ON_A_CUT = 0.1  # bonus for a find that begins or ends where both copies have a cut: half a picture's worth
_SLACK = 2  # rows by which neighbours in a chain may overlap: borders are not exact


@dataclass(frozen=True)
class Candidate:
    """Rows ``start`` to ``end`` (exclusive) of the searched film that look like a shot from its ``first_row``."""

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


class SearchedFilm:
    """The film that is searched: unit vectors float32 ``[n, D]`` and its cuts in seconds."""

    def __init__(self, vectors: NDArray[np.float32], *, borders: Sequence[float]) -> None:
        self.vectors = vectors
        self.near_border = np.zeros(len(vectors) + 2, dtype=bool)
        for border in borders:
            at = round(border * GRID_HZ)
            self.near_border[max(at - 1, 0) : at + 2] = True


def candidates(
    shot_vectors: NDArray[np.float32], film: SearchedFilm, *, shot: int, first_row: int, mirrored: bool = False
) -> list[Candidate]:
    """Return the best finds of a shot (unit vectors float32 ``[rows, D]``, from ``first_row`` of its film)."""
    rows, count = len(shot_vectors), len(film.vectors)
    likeness = np.full((rows, count + 2 * (rows - 1)), -1.0, dtype=np.float32)
    likeness[:, rows - 1 : rows - 1 + count] = shot_vectors @ film.vectors.T
    offsets = count + rows - 1  # the shot's first row can be up to rows - 1 before the film
    run = np.zeros(offsets, dtype=np.float32)
    total = np.zeros(offsets, dtype=np.float32)
    begin = np.zeros(offsets, dtype=np.int64)
    best, best_total = np.zeros(offsets, dtype=np.float32), np.zeros(offsets, dtype=np.float32)
    best_begin, best_end = np.zeros(offsets, dtype=np.int64), np.zeros(offsets, dtype=np.int64)
    for row in range(rows):  # the best run of every diagonal (Kadane)
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
    matches = best > 0
    whole_head, whole_tail = best_begin <= 1, best_end >= rows - 1
    score = best + np.where(matches & whole_head & film.near_border[np.clip(start, 0, count)], _ON_A_CUT, 0)
    score += np.where(matches & whole_tail & film.near_border[np.clip(end, 0, count)], _ON_A_CUT, 0)
    similarity = np.divide(best_total, length, out=np.zeros_like(best), where=length > 0)
    required = np.where(length >= _ALL * rows, _MEAN_LIKE, _MEAN_LIKE_OF_PART)
    score[(similarity < required) | (length < max(1, _LEAST_SHARE * rows))] = 0
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


def best_chain(finds: Sequence[Candidate]) -> list[Candidate]:
    """Return the finds of greatest total score that are in the same order in both films, at most one a shot."""
    if not finds:
        return []
    order = sorted(finds, key=lambda find: (find.shot, find.start))
    shots = np.array([find.shot for find in order])
    starts, ends = np.array([find.start for find in order]), np.array([find.end for find in order])
    totals = np.zeros(len(order))
    came_from = np.full(len(order), -1)
    for number, find in enumerate(order):
        # Neighbours may overlap a little, but each must end after the one before it.
        before = (shots[:number] < find.shot) & (ends[:number] <= find.start + _SLACK) & (starts[:number] < find.start)
        if before.any():
            behind = np.where(before, totals[:number], -1.0)
            came_from[number] = int(behind.argmax())
            totals[number] = behind.max()
        totals[number] += find.score
    chain = []
    at = int(totals.argmax())
    while at >= 0:
        chain.append(order[at])
        at = int(came_from[at])
    return chain[::-1]
