"""The arc of a film: turning points, marked changes with their causes, bursts, climax and shape of its curves.

- A **turn** is a peak or valley of the curve smoothed over a twentieth of the film (at least 10 s), from which it
  returns by at least ``TURN`` before the next one.
- A **change** is a step: the difference of the means of the five seconds after and before it. It is marked if it is the
  largest within 10 s, at least ``CHANGE``, and unusual for the film (1.5 times the usual deviation of steps).
- A **burst** is a time at least the grammar's ``burst`` away from the mood; bursts nearer than 2 s are one.
- The **climax** is where arousal, smoothed over a twentieth of the film, is highest.

Sizes are design values. Causes: see ``emotion.causes``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.span import runs
from kuleshov.emotion.causes import Causes, changes_between
from kuleshov.emotion.curves import Curves
from kuleshov.emotion.grammar import Grammar
from kuleshov.emotion.shapes import LEAST_SPAN, shape_of, smoothed
from kuleshov.records import DIMENSIONS, Arc, Burst, Change, Curve, Line, Segment, Turn, TurnKind

#: The least way back of a turn, and the least step of a change.
TURN = 0.1
CHANGE = 0.1
_STEP_SECONDS = 5
_APART_SECONDS = 10
_MAD_TO_DEVIATION = 1.4826
#: Values of a curve in the record; the tracks have every second.
_MOST_VALUES = 200
#: The strongest changes of each dimension are listed, one for this many seconds of film.
_SECONDS_A_CHANGE = 20


def film_arc(curves: Curves, *, moments: Sequence[Segment], lines: Sequence[Line], grammar: Grammar) -> Arc:
    """Return the arc of a film. ``moments`` are those of the curves, ``lines`` the film's dialogue."""
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
        own_changes = [_change(curves, dimension, second, causes) for second in changed_at(values).tolist()]
        changes += own_changes
        turns += _turns(dimension, values)
        bursts += _bursts(dimension, values - curves.mood[dimension], own_changes, grammar.curve.burst)
    return Arc(
        seconds=seconds[kept].tolist(),
        curves={name: _curve(curves, name, kept) for name in DIMENSIONS if filled(curves.values(name)) is not None},
        climax_seconds=climax_seconds(curves.values("arousal")),
        turns=sorted(turns, key=lambda turn: turn.seconds),
        changes=sorted(changes, key=lambda change: change.seconds),
        bursts=sorted(bursts, key=lambda burst: burst.start_seconds),
    )


def filled(values: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return a curve with its gaps interpolated; ``None`` if nothing of it was measured."""
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return None
    return np.interp(np.arange(len(values)), known, values[known])


def climax_seconds(arousal: NDArray[np.float64]) -> float | None:
    """Return when smoothed arousal (one value a second) is highest; ``None`` if its range is too small."""
    values = filled(arousal)
    if values is None:
        return None
    smooth = _slow(values)
    return float(np.argmax(smooth)) if np.ptp(smooth) >= LEAST_SPAN else None


def turning_points(values: NDArray[np.float64], *, least: float) -> list[tuple[int, TurnKind]]:
    """Return the positions of peaks and valleys, alternating, each followed by a change of at least ``least``."""
    turns: list[tuple[int, TurnKind]] = []
    low = high = 0
    rising: bool | None = None
    for position, value in enumerate(values.tolist()):
        if value > values[high]:
            high = position
        if value < values[low]:
            low = position
        if rising is not False and values[high] - value >= least:
            if rising:  # before the first change there is a beginning, no peak
                turns.append((high, "peak"))
            rising, low = False, position
        elif rising is not True and value - values[low] >= least:
            if rising is False:
                turns.append((low, "valley"))
            rising, high = True, position
    return turns


def changed_at(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the marked steps of a curve of one value a second, ascending: the seconds from which it differs."""
    count = len(values)
    if count < 2 * _STEP_SECONDS:
        return np.zeros(0, dtype=np.int64)
    sums = np.concatenate(([0.0], np.cumsum(values)))
    positions = np.arange(_STEP_SECONDS, count - _STEP_SECONDS + 1)
    after = sums[positions + _STEP_SECONDS] - sums[positions]
    before = sums[positions] - sums[positions - _STEP_SECONDS]
    steps = (after - before) / _STEP_SECONDS
    usual = _MAD_TO_DEVIATION * float(np.median(np.abs(steps - np.median(steps))))
    sizes = np.abs(steps)
    marked: list[int] = []
    taken = np.zeros(len(positions), dtype=bool)
    for number in np.argsort(-sizes, kind="stable").tolist():
        if sizes[number] < max(CHANGE, 1.5 * usual) or len(marked) > count / _SECONDS_A_CHANGE:
            break
        if not taken[number]:
            marked.append(int(positions[number]))
            taken[max(number - _APART_SECONDS + 1, 0) : number + _APART_SECONDS] = True
    return np.array(sorted(marked), dtype=np.int64)


def _change(curves: Curves, dimension: str, second: int, causes: Causes) -> Change:
    before, after, steps = changes_between(
        curves.contributions[dimension],
        slice(second - _STEP_SECONDS, second),
        slice(second, second + _STEP_SECONDS),
        names=causes.grammar.cue_names,
    )
    return Change(dimension, float(second), before, after, steps, causes.of(steps, float(second), dimension=dimension))


def _turns(dimension: str, values: NDArray[np.float64]) -> list[Turn]:
    smooth = _slow(values)
    return [
        Turn(dimension, float(second), kind, float(smooth[second]))
        for second, kind in turning_points(smooth, least=TURN)
    ]


def _bursts(dimension: str, residual: NDArray[np.float64], changes: Sequence[Change], least: float) -> list[Burst]:
    bursts = []
    for start, end in _joined_runs(np.abs(residual) >= least):
        peak = start + int(np.abs(residual[start:end]).argmax())
        rising = residual[peak] > 0
        begins = [
            change
            for change in changes
            if start - _STEP_SECONDS <= change.seconds <= end and (change.after > change.before) == rising
        ]
        causes = begins[0].causes if begins else []
        bursts.append(Burst(dimension, float(start), float(end), float(peak), float(residual[peak]), causes))
    return bursts


def _joined_runs(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of marked seconds (first, end) of at least 2 s; those nearer than 2 s are joined."""
    joined: list[tuple[int, int]] = []
    for first, end in runs(marked):
        if joined and first - joined[-1][1] < 2:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((first, end))
    return [(first, end) for first, end in joined if end - first >= 2]


def _slow(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return smoothed(values, min(max(10.0, len(values) / 20), len(values) / 3))


def _curve(curves: Curves, dimension: str, kept: NDArray[np.int64]) -> Curve:
    values, mood = filled(curves.values(dimension)), filled(curves.mood[dimension])
    if values is None or mood is None:
        raise ValueError(f"{dimension}: it was not measured")
    return Curve(values[kept].round(4).tolist(), mood[kept].round(4).tolist(), shape_of(values))
