"""Scenes: shots grouped in time order by the colours they share.

Method: overlapping links (Hanjalic, Lagendijk, Biemond, IEEE TCSVT 9(4), 1999). A shot is linked to the furthest
similar shot soon after it; a scene ends where no link reaches across. So a dialogue cut A-B-A-B is one scene although
A and B look nothing alike. The further apart two shots are, the more alike they must be: neighbours in one place are
seen from different sides, but a setup that comes back after a cutaway looks the same as before.

Limits: two scenes in the same place and light run together; a scene of shots that share nothing falls apart; black and
white films share much whatever they show, and are told by luma alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.records import TransitionType

# Design values, chosen on films put together from unrelated clips, and on edited ones; no labelled scenes were there.
_REACH_SHOTS, _REACH_SECONDS = 8, 30.0  # how far a link may go
_NEIGHBOURS = 0.5  # share of colour from which neighbouring shots look like the same place
_RISE_PER_SHOT = 0.1  # what is asked for more with each shot between
_MOST = 0.8
#: Where shots far apart share more than this, the whole film looks alike; this share of the rest is asked for on top.
_USUAL_LIKENESS, _RAISE = 0.3, 0.7
_ENOUGH_SHOTS = 12  # to tell how alike the film's shots are anyway
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
    raised = _raise(histograms)
    furthest = list(range(count))  # the last shot that each shot is linked to
    for shot in range(count):
        for other in range(shot + 1, min(count, shot + _REACH_SHOTS + 1)):
            if times[other][0] - times[shot][1] > _REACH_SECONDS:
                break
            if _shared(histograms[shot], histograms[other]) >= _asked(other - shot, raised):
                furthest[shot] = other
    starts = []
    reach = -1
    for shot in range(count):
        if shot > reach or transitions[shot] in _BREAKS:
            starts.append(shot)
            reach = shot
        reach = max(reach, furthest[shot])
    return list(zip(starts, [*starts[1:], count], strict=True))


def _shared(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Histogram intersection (Swain and Ballard 1991): the share of colour that two pictures have in common."""
    return float(np.minimum(one, other).sum())


def _asked(distance: int, raised: float) -> float:
    """The likeness that links two shots so many shots apart."""
    return min(_NEIGHBOURS + raised + _RISE_PER_SHOT * (distance - 1), _MOST + raised / 2)


def _raise(histograms: NDArray[np.float64]) -> float:
    """How much more is asked for in a film whose shots are alike even half the film apart."""
    count = len(histograms)
    if count < _ENOUGH_SHOTS:
        return 0.0
    apart = count // 2
    usual = float(np.median([_shared(histograms[shot], histograms[shot + apart]) for shot in range(count - apart)]))
    return _RAISE * max(0.0, usual - _USUAL_LIKENESS)
