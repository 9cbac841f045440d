"""From the evidence network's odds to transitions: where each begins and ends, what it is, how sure that is."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors._network import KINDS
from kuleshov.records import TransitionType

# A stretch of mixed frames goes on where this is said at least, and over gaps this short.
_INSIDE, _LONGEST_GAP = 0.3, 2
# Two cuts this near are one.
_LEAST_APART = 2
_LEAST = 0.05  # what is less likely is nothing


class Verdict(NamedTuple):
    """A transition on the grid, from the last clean step to the first, with its probability."""

    type: TransitionType
    start: int
    end: int
    probability: float


def verdicts(odds: NDArray[np.float32]) -> list[Verdict]:
    """Return what may be a transition, in order, none overlapping; ``odds`` float32 ``[N, len(KINDS)]``."""
    likely = 1 / (1 + np.exp(-odds))
    found = sorted([*_cuts(likely[:, 0]), *_gradual(likely[:, 1:])], key=lambda each: -each.probability)
    kept: list[Verdict] = []
    for each in found:
        if not any(each.start < other.end and other.start < each.end for other in kept):
            kept.append(each)
    return sorted(kept, key=lambda each: each.start)


def steps_going_on(odds: NDArray[np.float32]) -> int:
    """Return how many of the last steps lie in a gradual transition whose end is not known yet."""
    inside = (1 / (1 + np.exp(-odds[:, 1:]))).max(axis=1, initial=0.0) > _INSIDE
    outside = np.flatnonzero(~inside[::-1])
    return int(outside[0]) if len(outside) else len(inside)


def _cuts(likely: NDArray[np.floating[Any]]) -> list[Verdict]:
    found: list[Verdict] = []
    for step in np.flatnonzero(likely > _LEAST).tolist():
        cut = Verdict("cut", step - 1, step, float(likely[step]))
        if found and step - found[-1].end <= _LEAST_APART:
            cut = max(found.pop(), cut, key=lambda each: each.probability)
        if step:
            found.append(cut)
    return found


def _gradual(likely: NDArray[np.floating[Any]]) -> list[Verdict]:
    inside = likely.max(axis=1) > _INSIDE
    edges = np.flatnonzero(np.diff(inside.astype(np.int8), prepend=0, append=0)).tolist()
    runs: list[tuple[int, int]] = []
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        if runs and first - runs[-1][1] <= _LONGEST_GAP:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((first, end))
    found = []
    for first, end in runs:
        if first == 0 or end == len(likely):
            continue
        by_kind = likely[first:end].sum(axis=0)
        peak = np.sort(likely[first:end].max(axis=1))[-max(1, (end - first) // 2) :].mean()
        found.append(Verdict(KINDS[1 + int(by_kind.argmax())], first - 1, end, float(peak)))
    return found
