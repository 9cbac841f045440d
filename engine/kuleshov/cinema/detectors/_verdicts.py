"""From the evidence network's odds to transitions: the start, end, type and probability of each."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors._network import KINDS
from kuleshov.cinema.span import runs
from kuleshov.records import TransitionType

# Mixed frames have at least this probability; gaps this short belong to them.
_INSIDE, _LONGEST_GAP = 0.3, 2
# Two cuts this near are one.
_LEAST_APART = 2
_LEAST = 0.05  # less probable cuts are ignored


class Verdict(NamedTuple):
    """A transition on the grid, from the last clean step to the first, with its probability."""

    type: TransitionType
    start: int
    end: int
    probability: float


def verdicts(odds: NDArray[np.float32]) -> list[Verdict]:
    """Return possible transitions, in order, without overlaps; ``odds`` float32 ``[N, len(KINDS)]``."""
    likely = 1 / (1 + np.exp(-odds))
    candidates = sorted([*_cuts(likely[:, 0]), *_gradual(likely[:, 1:])], key=lambda verdict: -verdict.probability)
    kept: list[Verdict] = []
    for verdict in candidates:
        if not any(verdict.start < other.end and other.start < verdict.end for other in kept):
            kept.append(verdict)
    return sorted(kept, key=lambda verdict: verdict.start)


def unfinished_steps(odds: NDArray[np.float32]) -> int:
    """Return the number of last steps in a gradual transition whose end is not known yet."""
    inside = (1 / (1 + np.exp(-odds[:, 1:]))).max(axis=1, initial=0.0) > _INSIDE
    outside = np.flatnonzero(~inside[::-1])
    return int(outside[0]) if len(outside) else len(inside)


def _cuts(likely: NDArray[np.floating[Any]]) -> list[Verdict]:
    cuts: list[Verdict] = []
    for step in np.flatnonzero(likely > _LEAST).tolist():
        cut = Verdict("cut", step - 1, step, float(likely[step]))
        if cuts and step - cuts[-1].end <= _LEAST_APART:
            cut = max(cuts.pop(), cut, key=lambda verdict: verdict.probability)
        if step:
            cuts.append(cut)
    return cuts


def _gradual(likely: NDArray[np.floating[Any]]) -> list[Verdict]:
    joined: list[tuple[int, int]] = []
    for first, end in runs(likely.max(axis=1) > _INSIDE):
        if joined and first - joined[-1][1] <= _LONGEST_GAP:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((first, end))
    transitions = []
    for first, end in joined:
        if first == 0 or end == len(likely):
            continue
        by_kind = likely[first:end].sum(axis=0)
        peak = np.sort(likely[first:end].max(axis=1))[-max(1, (end - first) // 2) :].mean()
        transitions.append(Verdict(KINDS[1 + int(by_kind.argmax())], first - 1, end, float(peak)))
    return transitions
