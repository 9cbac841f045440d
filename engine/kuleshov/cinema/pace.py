"""Pace of editing: shot length, average and median shot length around a place in the film, cuts per minute."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from statistics import fmean, median

from kuleshov.records import Pace

#: How much of the film around a shot tells its pace: half a minute before its middle and after it (design value).
WINDOW_SECONDS = 60.0

Times = Sequence[tuple[float, float]]  # start and end of every shot of the film, in order


def shot_pace(shots: Times, index: int) -> Pace:
    """Return the pace around one shot. The window is cut off at the film's ends; lengths are those of whole shots."""
    start, end = shots[index]
    middle = (start + end) / 2
    low = max(shots[0][0], middle - WINDOW_SECONDS / 2)
    high = min(shots[-1][1], middle + WINDOW_SECONDS / 2)
    return _pace([end - start], shots, low, high)


def scene_pace(shots: Times, first: int, end: int) -> Pace:
    """Return the pace inside a scene of the shots ``first`` to ``end`` (exclusive): its window is the scene.

    The cut that begins the scene counts, or a scene of one short shot would seem to stand still.
    """
    inside = [high - low for low, high in shots[first:end]]
    return _pace(inside, shots, shots[first][0], shots[end - 1][1])


def _start(shot: tuple[float, float]) -> float:
    return shot[0]


def _end(shot: tuple[float, float]) -> float:
    return shot[1]


def _pace(own: Sequence[float], shots: Times, low: float, high: float) -> Pace:
    near = shots[bisect_right(shots, low, key=_end) : bisect_left(shots, high, key=_start)]
    lengths = [end - start for start, end in near]
    cuts = sum(low <= start for start, _ in near if start > shots[0][0])
    return Pace(
        shot_length_seconds=fmean(own),
        longest_shot_seconds=max(own),
        average_shot_length_seconds=fmean(lengths),
        median_shot_length_seconds=median(lengths),
        cuts_per_minute=60 * cuts / (high - low),
        window_seconds=high - low,
    )
