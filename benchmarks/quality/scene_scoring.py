"""How found scenes are scored against true ones. Scenes are given by the shots they begin with.

- A found border matches a true one at most ``tolerance`` shots away, one to one, the nearest first; F1 follows. The
  film's first shot is no border.
- Coverage and overflow (Vendrig and Worring, IEEE T. Multimedia 4(4), 2002, weighed by shots as Baraldi et al. 2015
  do): coverage of a true scene is the share of it that one found scene holds; overflow is what the found scenes that
  touch it have outside it, over the length of its two neighbours, at most 1. ``f_co`` is the harmonic mean of coverage
  and 1 - overflow.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def matched_borders(found: Sequence[int], true: Sequence[int], *, tolerance: int) -> tuple[int, int, int]:
    """Return how many borders match, how many were found, and how many are true."""
    ours, theirs = sorted(set(found) - {0}), sorted(set(true) - {0})
    pairs = sorted((abs(one - other), one, other) for one in ours for other in theirs if abs(one - other) <= tolerance)
    taken: set[int] = set()
    met: set[int] = set()
    for _, one, other in pairs:
        if one not in taken and other not in met:
            taken.add(one)
            met.add(other)
    return len(met), len(ours), len(theirs)


def f1(counts: Sequence[tuple[int, int, int]]) -> float:
    """F1 over films, from what ``matched_borders`` says of each; 1 where there is nothing to find and nothing found."""
    matched, found, true = (sum(column) for column in zip(*counts, strict=True))
    return 2 * matched / (found + true) if found + true else 1.0


def coverage_overflow(found: Sequence[int], true: Sequence[int], *, shots: int) -> tuple[float, float]:
    """Return coverage and overflow of one film of so many shots, each 0..1."""
    ours = [range(start, end) for start, end in pairwise([*found, shots])]
    theirs = [range(start, end) for start, end in pairwise([*true, shots])]
    coverage = overflow = 0.0
    for place, scene in enumerate(theirs):
        common = [_common(scene, each) for each in ours]
        coverage += max(common)
        outside = sum(len(each) - both for each, both in zip(ours, common, strict=True) if both)
        beside = sum(len(theirs[near]) for near in (place - 1, place + 1) if 0 <= near < len(theirs))
        overflow += min(outside / beside, 1.0) * len(scene) if beside else 0.0
    return coverage / shots, overflow / shots


def f_co(coverage: float, overflow: float) -> float:
    kept = 1 - overflow
    return 2 * coverage * kept / (coverage + kept) if coverage + kept else 0.0


def _common(one: range, other: range) -> int:
    return max(0, min(one.stop, other.stop) - max(one.start, other.start))
