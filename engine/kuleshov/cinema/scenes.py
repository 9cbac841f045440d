"""Scenes: shots grouped in time order by the colours they share.

Method: overlapping links (Hanjalic, Lagendijk, Biemond, IEEE TCSVT 9(4), 1999). A shot is linked to the furthest
similar shot that begins within a time window after it; a scene ends where no link reaches across. So a dialogue cut
A-B-A-B is one scene although A and B look nothing alike.

Limits: two scenes in the same place and light run together; a scene of shots that share nothing falls apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.records import TransitionType

_WINDOW_SECONDS = 40.0  # how far a link may reach: a cutaway longer than this ends the scene (design value)
#: Shared share of colour from which two shots look like the same place, where the film has too few shots to tell.
_DEFAULT_SIMILARITY = 0.60
_LEAST_SIMILARITY, _MOST_SIMILARITY = 0.45, 0.75
_ENOUGH_SHOTS = 12
_BREAKS: frozenset[TransitionType] = frozenset({"fade_black", "fade_white"})


def group_scenes(
    histograms: NDArray[np.float64],
    times: Sequence[tuple[float, float]],
    transitions: Sequence[TransitionType],
) -> list[tuple[int, int]]:
    """Return the scenes of a film as ``(first_shot, end_shot)``, end exclusive; together they hold every shot once.

    ``histograms`` float64 ``[shots, bins]``, each summing to 1; ``times`` start and end seconds of each shot;
    ``transitions`` how each shot begins. A fade through black or white always begins a scene.
    """
    count = len(times)
    shared = _similarities(histograms, times)
    threshold = _threshold(shared)
    furthest = list(range(count))  # the last shot that each shot is linked to
    for (shot, other), value in shared.items():
        if value >= threshold:
            furthest[shot] = max(furthest[shot], other)
    starts = []
    reach = -1
    for shot in range(count):
        if shot > reach or transitions[shot] in _BREAKS:
            starts.append(shot)
            reach = shot
        reach = max(reach, furthest[shot])
    return list(zip(starts, [*starts[1:], count], strict=True))


def _similarities(
    histograms: NDArray[np.float64], times: Sequence[tuple[float, float]]
) -> dict[tuple[int, int], float]:
    """Histogram intersection (Swain and Ballard 1991) of every pair of shots inside the window."""
    shared = {}
    for shot, (_, end) in enumerate(times):
        for other in range(shot + 1, len(times)):
            if times[other][0] - end > _WINDOW_SECONDS:
                break
            shared[shot, other] = float(np.minimum(histograms[shot], histograms[other]).sum())
    return shared


def _threshold(shared: dict[tuple[int, int], float]) -> float:
    """The film's own border between like and unlike: the upper quartile of its pairs, within sane limits."""
    if len(shared) < _ENOUGH_SHOTS:
        return _DEFAULT_SIMILARITY
    quartile = float(np.percentile(list(shared.values()), 75))
    return min(max(quartile, _LEAST_SIMILARITY), _MOST_SIMILARITY)
