"""The feeling of a film over time: valence, arousal, tension and dominance each second, by the grammar of segments.

The film is divided into moments (``cinema.describe.describe_moments``), whose cues are compared with its shots. At a
time ``t`` each cue is its mean over the moments in the window around ``t`` where it counts, weighted by seconds; its
share is that part of the window:

    score(t) = sum(weight * share * cue) / sum(|weight| * share)

An event with a decay in the grammar is a pulse instead: a cue of 1 from its own time, with the share
``strength * exp(-(t - event) / decay)``, so that it can only move a score in one direction, and leaves no step when it
has decayed. The contributions of the cues add up to the score.

Mood and burst after Smith (Film Structure and the Emotion System, 2003): mood is an exponential mean of the curve, its
weights normalized so that the beginning is not drawn to 0; where the curve is further from it than ``burst``, it learns
``renewal`` times as fast. The difference of curve and mood is the burst.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.attributes.segment_fields import EVENT_PREFIX
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.cues import cues
from kuleshov.emotion.grammar import Cue, CurveRule, Grammar
from kuleshov.emotion.norms import Scales
from kuleshov.records import DIMENSIONS, Segment, Shot

#: Weaker pulses are ignored.
_GONE = 0.01
MOOD_SUFFIX = "_mood"


@dataclass(frozen=True)
class Curves:
    """The dimensions of a film each second.

    ``seconds`` float64 ``[T]`` from 0 in steps of 1; ``contributions`` float64 ``[T, cues]`` by dimension, whose sum
    over the cues is the curve; ``mood`` float64 ``[T]`` by dimension. NaN where nothing was measured (yet).
    ``table`` float64 ``[moments, cues]``: the cues of the moments, as ``cues.cues`` returns them.
    """

    seconds: NDArray[np.float64]
    contributions: dict[str, NDArray[np.float64]]
    mood: dict[str, NDArray[np.float64]]
    table: NDArray[np.float64]

    def values(self, dimension: str) -> NDArray[np.float64]:
        """Return a curve, float64 ``[T]``, -1..1, NaN where none of its cues was measured."""
        total: NDArray[np.float64] = self.contributions[dimension].sum(axis=1)
        return total

    def add_to(self, tracks: Tracks) -> Tracks:
        """Return tracks with the curves and moods, which replace earlier ones of the same names."""
        merged = Tracks({name: track for name, track in tracks.items() if name not in CURVE_TRACKS})
        for dimension in DIMENSIONS:
            merged.add(dimension, unit="-1..1", seconds=self.seconds, values=self.values(dimension))
            merged.add(dimension + MOOD_SUFFIX, unit="-1..1", seconds=self.seconds, values=self.mood[dimension])
        return merged


#: The tracks that an archive keeps of the curves.
CURVE_TRACKS = tuple(name + suffix for name in DIMENSIONS for suffix in ("", MOOD_SUFFIX))


def feeling_curves(
    moments: Sequence[Segment], *, shots: Sequence[Shot], grammar: Grammar, scales: Scales | None = None
) -> Curves:
    """Return the curves of a film from its moments, in order; ``shots`` define what is usual in it, ``scales``
    elsewhere."""
    table = cues(moments, grammar=grammar, among=shots, scales=scales)
    starts = np.array([moment.start_seconds for moment in moments])
    borders = np.append(starts, moments[-1].end_seconds)
    seconds = np.arange(math.floor(borders[-1]) + 1, dtype=np.float64)
    values, shares = _windowed(table, borders, seconds, grammar)
    for column, cue in enumerate(grammar.cues):
        if cue.decay_seconds is not None:
            shares[:, column] = _pulses(cue, cue.decay_seconds, table[:, column], moments, seconds)
            values[:, column] = 1.0
    contributions = {
        score.name: _contributions({term.cue: term.weight for term in score.terms}, grammar, values, shares)
        for score in grammar.scores
        if score.name in DIMENSIONS
    }
    mood = {name: moods(parts.sum(axis=1), rule=grammar.curve) for name, parts in contributions.items()}
    return Curves(seconds, contributions, mood, table)


def moods(values: NDArray[np.float64], *, rule: CurveRule) -> NDArray[np.float64]:
    """Return the mood of a curve of one value a second, float64 ``[T]``; it is constant where nothing is measured."""
    step = 1.0 - math.exp(-1.0 / rule.mood_seconds)
    total = weight = 0.0
    result = []
    for value in values.tolist():
        if not math.isnan(value):
            burst = weight > 0 and abs(value - total / weight) >= rule.burst
            learn = min(step * rule.renewal, 1.0) if burst else step
            total = total * (1 - learn) + learn * value
            weight = weight * (1 - learn) + learn
        result.append(total / weight if weight else math.nan)
    return np.array(result)


def _windowed(
    table: NDArray[np.float64], borders: NDArray[np.float64], seconds: NDArray[np.float64], grammar: Grammar
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean of each cue in the window around each time, and the share of it where the cue counts: ``[T, cues]``."""
    half = grammar.curve.window_seconds / 2
    low = np.clip(seconds - half, borders[0], borders[-1])
    high = np.clip(seconds + half, borders[0], borders[-1])
    lengths = np.diff(borders)
    events = np.array([cue.only_above_usual for cue in grammar.cues])
    counts = np.isfinite(table) & ~(events & (table <= 0))
    counted = np.where(counts, table, 0.0)

    def inside(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
        integral = np.concatenate(([0.0], np.cumsum(amounts * lengths)))
        return np.asarray(np.interp(high, borders, integral) - np.interp(low, borders, integral))

    known = np.stack([inside(column.astype(np.float64)) for column in counts.T], axis=1)
    sums = np.stack([inside(column) for column in counted.T], axis=1)
    width = np.maximum(high - low, 1e-9)[:, None]
    values = np.divide(sums, known, out=np.zeros_like(sums), where=known > 1e-9)
    return values, np.where(known > 1e-9, known / width, 0.0)


def _pulses(
    cue: Cue, decay: float, strengths: NDArray[np.float64], moments: Sequence[Segment], seconds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The strength of a cue's events at each time, float64 ``[T]``, 0..1: the strongest counts."""
    kind = cue.reading.path.removeprefix(EVENT_PREFIX)
    shares = np.zeros_like(seconds)
    for moment, strength in zip(moments, strengths.tolist(), strict=True):
        if not strength > 0 or moment.sound is None:
            continue
        happened = max(
            (event for event in moment.sound.events if event.type == kind),
            key=lambda event: event.duration_seconds if kind == "scream" else abs(event.drop_db),
        ).seconds
        age = seconds - happened
        pulse = np.where(age >= 0, strength * np.exp(-np.maximum(age, 0) / decay), 0.0)
        shares = np.maximum(shares, np.where(pulse >= _GONE, pulse, 0.0))
    return shares


def _contributions(
    weights: dict[str, float], grammar: Grammar, values: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    row = np.array([weights.get(name, 0.0) for name in grammar.cue_names])
    total = np.abs(row) @ shares.T
    with np.errstate(invalid="ignore"):
        parts: NDArray[np.float64] = row * values * shares / np.where(total > 0, total, np.nan)[:, None]
    return parts
