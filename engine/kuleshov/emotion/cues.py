"""Cues: measured numbers as "how unusual", for the film they are in and against what films are like.

A cue is ``tanh(z / 2)``, so that half of a usual spread reads as 0.24, one spread as 0.46, two as 0.76. Two scales are
averaged into ``z``:

- the reference: ``(f(x) - f(median)) / spread`` with the norms of the grammar;
- the film: the same with the film's own median and spread (1.4826 * median absolute deviation, both weighted by
  seconds, or by segments where the cue says so). It counts ``w = min(1, spread / (enough_spread * reference spread))``
  beside the reference's 1, and nothing in a film of few segments: a film that never changes is told by the reference
  alone, and noise around a constant is not blown up.

Cues of events (``only_above_usual``) are 0 where there is no more of them than usual.

``f`` is the reading's scale (a logarithm for lengths, rates and speeds).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.emotion.grammar import Cue, FilmNorms, Grammar
from kuleshov.records import Segment

#: Beyond six spreads nothing more is told apart; this keeps every cue strictly inside -1..1.
_FARTHEST = 6.0
_MAD_TO_DEVIATION = 1.4826  # of a normal distribution


def cues(
    segments: Sequence[Segment], *, grammar: Grammar, among: Sequence[Segment] | None = None
) -> NDArray[np.float64]:
    """Return the cues of segments of one film and one kind (all its shots, or all its scenes).

    ``among``: those that say what is usual in the film, where they are not these (moments are judged among the shots).
    float64 ``[n_segments, n_cues]``, -1..1, columns as ``grammar.cue_names``, NaN = could not be measured.
    """
    numbers = _table(segments, grammar)
    if among is None:
        return cues_of_numbers(numbers, _seconds(segments), grammar=grammar)
    return cues_of_numbers(numbers, _seconds(among), grammar=grammar, usual=_table(among, grammar))


def cue_numbers(segment: Segment, *, grammar: Grammar) -> list[float]:
    """Return what the cues are made of: the number that each reads, on the reading's scale, NaN = not measured."""
    return [cue.reading.scaled(cue.reading.value(segment)) for cue in grammar.cues]


def cues_of_numbers(
    numbers: NDArray[np.float64],
    seconds: NDArray[np.float64],
    *,
    grammar: Grammar,
    usual: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return ``cues`` of segments of which ``cue_numbers`` ``[n_segments, n_cues]`` are known.

    ``usual``: the numbers of those that say what is usual, where they are not these; ``seconds`` are their durations.
    """
    table = np.empty_like(numbers)
    for column, cue in enumerate(grammar.cues):
        with np.errstate(over="ignore"):  # an absurd number becomes the farthest cue
            known = (numbers if usual is None else usual)[:, column]
            values = _cue(numbers[:, column], known, seconds, cue, grammar.film)
        table[:, column] = np.maximum(values, 0) if cue.only_above_usual else values
    return table


def reference_cue(cue: Cue, number: float) -> float:
    """Return what a measured number reads as against the reference alone, -1..1, NaN where it was not measured."""
    z = (cue.reading.scaled(number) - cue.reading.scaled(cue.median)) / cue.reading.distance(cue.spread)
    return math.tanh(min(max(z, -_FARTHEST), _FARTHEST) / 2)


def _table(segments: Sequence[Segment], grammar: Grammar) -> NDArray[np.float64]:
    rows = [cue_numbers(segment, grammar=grammar) for segment in segments]
    return np.array(rows, dtype=np.float64).reshape(len(segments), len(grammar.cues))


def _seconds(segments: Sequence[Segment]) -> NDArray[np.float64]:
    return np.array([segment.duration_seconds for segment in segments])


def _cue(
    numbers: NDArray[np.float64],
    usual: NDArray[np.float64],
    seconds: NDArray[np.float64],
    cue: Cue,
    norms: FilmNorms,
) -> NDArray[np.float64]:
    reference_spread = cue.reading.distance(cue.spread)
    z = (numbers - cue.reading.scaled(cue.median)) / reference_spread
    known = np.isfinite(usual)
    if np.count_nonzero(known) >= norms.enough_segments:
        weights = np.ones_like(seconds) if cue.per_shot else seconds
        median, spread = _median_and_spread(usual[known], weights[known])
        least_spread = norms.enough_spread * reference_spread
        if spread > 0:
            film_weight = min(1.0, spread / least_spread)
            z = (z + film_weight * (numbers - median) / max(spread, least_spread)) / (1 + film_weight)
    squashed: NDArray[np.float64] = np.tanh(np.clip(z, -_FARTHEST, _FARTHEST) / 2)
    return squashed


def _median_and_spread(values: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    median = _weighted_median(values, weights)
    return median, _MAD_TO_DEVIATION * _weighted_median(np.abs(values - median), weights)


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Return the value with half of the weight on either side; between two that share it, their middle."""
    order = np.argsort(values, kind="stable")
    values = values[order]
    below = np.cumsum(weights[order])
    half = below[-1] / 2
    low = int(np.searchsorted(below, half, side="left"))
    high = int(np.searchsorted(below, half, side="right"))
    return float((values[min(low, len(values) - 1)] + values[min(high, len(values) - 1)]) / 2)
