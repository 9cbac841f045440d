"""Pace of editing: shot length, average and median shot length around a shot or scene, cuts per minute."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from statistics import fmean, median

from kuleshov.records import Pace

#: The part of the film that sets a shot's pace: half a minute before its middle and after it (design value).
WINDOW_SECONDS = 60.0
#: A scene shorter than this has too few cuts to have a pace of its own (design value).
LEAST_SCENE_SECONDS = 20.0

Times = Sequence[tuple[float, float]]  # start and end of every shot of the film, in order


def shot_pace(shots: Times, index: int) -> Pace:
    """Return the pace around one shot: of the minute around it, or of the shot if it is longer.

    Windows end at the film's ends; lengths are those of whole shots; a cut at the start of a window counts.
    """
    start, end = shots[index]
    return _pace([end - start], shots, _window(shots, start, end, least_seconds=WINDOW_SECONDS))


def scene_pace(shots: Times, first: int, end: int) -> Pace:
    """Return the pace of a scene of the shots ``first`` to ``end`` (exclusive): its window is the scene.

    The window of a shorter scene is ``LEAST_SCENE_SECONDS`` around its middle.
    """
    inside = [high - low for low, high in shots[first:end]]
    start, stop = shots[first][0], shots[end - 1][1]
    return _pace(inside, shots, _window(shots, start, stop, least_seconds=LEAST_SCENE_SECONDS))


def _window(shots: Times, start: float, end: float, *, least_seconds: float) -> tuple[float, float]:
    half = max(least_seconds, end - start) / 2
    middle = (start + end) / 2
    return max(shots[0][0], middle - half), min(shots[-1][1], middle + half)


def _start(shot: tuple[float, float]) -> float:
    return shot[0]


def _end(shot: tuple[float, float]) -> float:
    return shot[1]


def _pace(own: Sequence[float], shots: Times, window: tuple[float, float]) -> Pace:
    low, high = window
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
