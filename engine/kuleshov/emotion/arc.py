"""The arc of a film: turning points, marked changes with their causes, bursts, climax and shape of its curves.

- A **turn** is a peak or valley of the curve smoothed over a twentieth of the film (at least 10 s), from which it goes
  back by at least ``TURN`` before the next one.
- A **change** is a step: the mean of the five seconds from it on against that of the five before. It is marked where it
  is the largest within 10 s and at least ``CHANGE``, and unusual for the film (1.5 times the usual deviation of steps).
- A **burst** is a stretch at least the grammar's ``burst`` off the mood; stretches nearer than 2 s are one.
- The **climax** is where arousal, smoothed over a twentieth of the film, is highest.

Sizes are design values. Causes: see ``emotion.causes``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.emotion.causes import Causes, changes_between
from kuleshov.emotion.curves import Curves
from kuleshov.emotion.grammar import Grammar
from kuleshov.emotion.shapes import LEAST_SPAN, shape_of, smoothed
from kuleshov.records import DIMENSIONS, Arc, Burst, Change, Curve, Line, Segment, Turn, TurnKind

#: How far a curve must go back to have turned, and step to have changed.
TURN = 0.1
CHANGE = 0.1
_STEP_SECONDS = 5
_APART_SECONDS = 10
_MAD_TO_DEVIATION = 1.4826
#: Values of a curve in the record; the tracks hold every second.
_MOST_VALUES = 200
#: The strongest changes of each dimension are told, one for so many seconds.
_SECONDS_A_CHANGE = 20


def film_arc(curves: Curves, *, moments: Sequence[Segment], lines: Sequence[Line], grammar: Grammar) -> Arc:
    """Return the arc of a film. ``moments`` are those that the curves were made of, ``lines`` what is said in it."""
    seconds = curves.seconds
    kept = np.linspace(0, len(seconds) - 1, min(len(seconds), _MOST_VALUES)).round().astype(int)
    causes = Causes(moments, curves.table, lines, grammar)
    changes: list[Change] = []
    bursts: list[Burst] = []
    turns: list[Turn] = []
    for dimension in DIMENSIONS:
        values = filled(curves.values(dimension))
        if values is None:
            continue
        here = [_change(curves, dimension, second, causes) for second in changed_at(values).tolist()]
        changes += here
        turns += _turns(dimension, values)
        bursts += _bursts(dimension, values - curves.mood[dimension], here, grammar.curve.burst)
    return Arc(
        seconds=seconds[kept].tolist(),
        curves={name: _curve(curves, name, kept) for name in DIMENSIONS if filled(curves.values(name)) is not None},
        climax_seconds=climax_seconds(curves.values("arousal")),
        turns=sorted(turns, key=lambda turn: turn.seconds),
        changes=sorted(changes, key=lambda change: change.seconds),
        bursts=sorted(bursts, key=lambda burst: burst.start_seconds),
    )


def filled(values: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return a curve with its gaps bridged by straight lines; ``None`` where nothing of it was measured."""
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return None
    return np.interp(np.arange(len(values)), known, values[known])


def climax_seconds(arousal: NDArray[np.float64]) -> float | None:
    """Return when smoothed arousal (one value a second) is highest; ``None`` where it spans too little to tell."""
    values = filled(arousal)
    if values is None:
        return None
    smooth = _slow(values)
    return float(np.argmax(smooth)) if np.ptp(smooth) >= LEAST_SPAN else None


def turning_points(values: NDArray[np.float64], *, least: float) -> list[tuple[int, TurnKind]]:
    """Return the places of peaks and valleys, alternating, each followed by a way back of at least ``least``."""
    found: list[tuple[int, TurnKind]] = []
    low = high = 0
    rising: bool | None = None
    for place, value in enumerate(values.tolist()):
        if value > values[high]:
            high = place
        if value < values[low]:
            low = place
        if rising is not False and values[high] - value >= least:
            if rising:  # what came before the first way was a beginning, no peak
                found.append((high, "peak"))
            rising, low = False, place
        elif rising is not True and value - values[low] >= least:
            if rising is False:
                found.append((low, "valley"))
            rising, high = True, place
    return found


def changed_at(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the marked steps of a curve of one value a second, ascending: seconds from which on it differs."""
    count = len(values)
    if count < 2 * _STEP_SECONDS:
        return np.zeros(0, dtype=np.int64)
    sums = np.concatenate(([0.0], np.cumsum(values)))
    places = np.arange(_STEP_SECONDS, count - _STEP_SECONDS + 1)
    after, before = sums[places + _STEP_SECONDS] - sums[places], sums[places] - sums[places - _STEP_SECONDS]
    steps = (after - before) / _STEP_SECONDS
    usual = _MAD_TO_DEVIATION * float(np.median(np.abs(steps - np.median(steps))))
    sizes = np.abs(steps)
    marked: list[int] = []
    taken = np.zeros(len(places), dtype=bool)
    for number in np.argsort(-sizes, kind="stable").tolist():
        if sizes[number] < max(CHANGE, 1.5 * usual) or len(marked) > count / _SECONDS_A_CHANGE:
            break
        if not taken[number]:
            marked.append(int(places[number]))
            taken[max(number - _APART_SECONDS + 1, 0) : number + _APART_SECONDS] = True
    return np.array(sorted(marked), dtype=np.int64)


def _change(curves: Curves, dimension: str, second: int, causes: Causes) -> Change:
    before, after, steps = changes_between(
        curves.contributions[dimension],
        slice(second - _STEP_SECONDS, second),
        slice(second, second + _STEP_SECONDS),
        names=causes.grammar.cue_names,
    )
    found = causes.of(steps, float(second), dimension=dimension)
    return Change(dimension, float(second), before, after, steps, found)


def _turns(dimension: str, values: NDArray[np.float64]) -> list[Turn]:
    smooth = _slow(values)
    return [
        Turn(dimension, float(place), kind, float(smooth[place])) for place, kind in turning_points(smooth, least=TURN)
    ]


def _bursts(dimension: str, residual: NDArray[np.float64], changes: Sequence[Change], least: float) -> list[Burst]:
    found = []
    for start, end in _runs(np.abs(residual) >= least):
        peak = start + int(np.abs(residual[start:end]).argmax())
        rising = residual[peak] > 0
        begins = [
            change
            for change in changes
            if start - _STEP_SECONDS <= change.seconds <= end and (change.after > change.before) == rising
        ]
        causes = begins[0].causes if begins else []
        found.append(Burst(dimension, float(start), float(end), float(peak), float(residual[peak]), causes))
    return found


def _runs(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of marked seconds, (first, end), nearer ones than 2 s joined, of at least 2 s."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], marked, [False])).astype(np.int8)))
    runs: list[tuple[int, int]] = []
    for first, end in edges.reshape(-1, 2).tolist():
        if runs and first - runs[-1][1] < 2:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((first, end))
    return [(first, end) for first, end in runs if end - first >= 2]


def _slow(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return smoothed(values, min(max(10.0, len(values) / 20), len(values) / 3))


def _curve(curves: Curves, dimension: str, kept: NDArray[np.int64]) -> Curve:
    values, mood = filled(curves.values(dimension)), filled(curves.mood[dimension])
    if values is None or mood is None:
        raise ValueError(f"{dimension}: nothing of it was measured")
    return Curve(values[kept].round(4).tolist(), mood[kept].round(4).tolist(), shape_of(values))
