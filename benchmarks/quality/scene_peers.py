"""Other ways to find scenes, to compare with: what Kuleshov did before, the published method, and two naive ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.scenes.shot_features import ShotFeatures

_REACH_SHOTS, _REACH_SECONDS = 8, 30.0
_NEIGHBOURS, _RISE_PER_SHOT, _MOST = 0.5, 0.1, 0.8
_USUAL_LIKENESS, _RAISE, _ENOUGH_SHOTS = 0.3, 0.7, 12


def every(shots_a_scene: int, senses: ShotFeatures) -> list[int]:
    """A border every so many shots."""
    return list(range(0, len(senses), shots_a_scene))


def color_clusters(threshold: float, senses: ShotFeatures) -> list[int]:
    """Shots clustered by colour, wherever they stand (average linkage); a scene is a run of one cluster."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    distances = np.maximum(1 - likenesses(senses.colors), 0)
    np.fill_diagonal(distances, 0.0)
    clusters = fcluster(linkage(squareform(distances, checks=False), "average"), threshold, "distance")
    return [0, *(np.flatnonzero(np.diff(clusters)) + 1).tolist()]


def linked(senses: ShotFeatures) -> list[int]:
    """Overlapping links by colour alone (Hanjalic et al. 1999), as Kuleshov had it before this method."""
    shared = likenesses(senses.colors)
    count = len(senses)
    raised = 0.0
    if count >= _ENOUGH_SHOTS:
        usual = float(np.median(np.diagonal(shared, count // 2)))
        raised = _RAISE * max(0.0, usual - _USUAL_LIKENESS)
    starts, reach = [], -1
    for shot in range(count):
        if shot > reach or senses.fades[shot] > 0:
            starts.append(shot)
            reach = shot
        for other in range(shot + 1, min(count, shot + _REACH_SHOTS + 1)):
            if senses.times[other, 0] - senses.times[shot, 1] > _REACH_SECONDS:
                break
            asked = min(_NEIGHBOURS + raised + _RISE_PER_SHOT * (other - shot - 1), _MOST + raised / 2)
            if shared[shot, other] >= asked:
                reach = max(reach, other)
    return starts


def sequential_grouping(normalised: bool, senses: ShotFeatures) -> list[int]:
    """Optimal sequential grouping (Rotman et al. 2017) of colour distances, the number of scenes by the log-elbow.

    The normalised cost, the sum inside the groups over the pairs inside them, is minimised exactly by Dinkelbach's
    method (Management Science 13, 1967): a few passes of the additive one, at the price per pair reached so far.
    """
    distances = np.maximum(1 - likenesses(senses.colors), 0)
    wanted = log_elbow(distances)
    starts = group_into(distances, wanted, price=0.0)
    for _ in range(50 if normalised else 0):
        reached = _normalised_cost(distances, starts)
        improved = group_into(distances, wanted, price=reached)
        if _normalised_cost(distances, improved) >= reached - 1e-12:
            break
        starts = improved
    return starts


def log_elbow(distances: NDArray[np.float64]) -> int:
    """Number of groups: where the logarithms of the singular values bend most, seen from the chord of their ends."""
    values = np.log(np.maximum(np.linalg.svd(distances, compute_uv=False), 1e-12))
    if len(values) < 3:
        return 1
    chord = np.linspace(values[0], values[-1], len(values))
    return int(np.argmax(chord - values)) + 1


def group_into(distances: NDArray[np.float64], wanted: int, *, price: float) -> list[int]:
    """The starts of ``wanted`` groups with the least sum of (distance - price) over all pairs inside them."""
    count = len(distances)
    wanted = min(wanted, count)
    sums = np.zeros((count + 1, count + 1))
    sums[1:, 1:] = np.cumsum(np.cumsum(distances - price, axis=0), axis=1)
    ends = np.arange(count + 1)
    inside = sums[ends, ends][None] - sums - sums.T + sums[ends, ends][:, None]  # of items first..end at [first, end]
    inside[ends[:, None] >= ends[None]] = np.inf
    best = np.full((wanted + 1, count + 1), np.inf)
    best[0, 0] = 0.0
    came_from = np.zeros((wanted + 1, count + 1), dtype=np.int64)
    for groups in range(1, wanted + 1):
        totals = best[groups - 1][:, None] + inside
        came_from[groups] = np.argmin(totals, axis=0)
        best[groups] = np.min(totals, axis=0)
    starts, end = [], count
    for groups in range(wanted, 0, -1):
        end = int(came_from[groups, end])
        starts.append(end)
    return starts[::-1]


def _normalised_cost(distances: NDArray[np.float64], starts: Sequence[int]) -> float:
    limits = [*starts, len(distances)]
    blocks = [slice(first, end) for first, end in pairwise(limits)]
    return float(sum(distances[b, b].sum() for b in blocks) / sum((b.stop - b.start) ** 2 for b in blocks))


def likenesses(histograms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Histogram intersections of all pairs (Swain and Ballard 1991), float64 ``[shots, shots]``."""
    used = histograms[:, histograms.max(axis=0) > 0]
    return np.stack([np.minimum(row, used).sum(axis=1) for row in used])
