"""Utterances, and what a voice is like over one: the numbers by which vocal emotion is told.

Per utterance, on the grid of ``VoiceMeter``: of the cepstra (MFCC after Davis & Mermelstein 1980) where somebody speaks
mean, deviation, 20th and 80th percentile and how they change; of pitch (semitones), level and press where the voice is
voiced their places, spread, changes and slopes; the bend of the pitch over the utterance; voicing; lengths of voiced
and unvoiced stretches; syllable rate. After the eGeMAPS set (Eyben et al. 2016), with courses over the utterance.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.hearing.speech import VoiceSeries, syllables
from kuleshov.cinema.hearing.voice import CEPSTRA, STEP_SECONDS

SHORTEST_SECONDS, LONGEST_SECONDS = 0.6, 6.0
_PAUSE_SECONDS = 0.3
_PERCENT = (10, 90)
_LEAST_VOICED = 5  # values; with fewer all speech counts as voiced


def utterances(voice: VoiceSeries) -> list[tuple[int, int]]:
    """Return where utterances begin and end (exclusive): speech between pauses, cut where it goes on too long."""
    at = np.flatnonzero(voice.speaks)
    if not len(at):
        return []
    broken = np.flatnonzero(np.diff(voice.seconds[at]) > _PAUSE_SECONDS) + 1
    longest, shortest = round(LONGEST_SECONDS / STEP_SECONDS), round(SHORTEST_SECONDS / STEP_SECONDS)
    found = []
    for places in np.split(at, broken):
        first, end = int(places[0]), int(places[-1]) + 1
        parts = max(1, -(-(end - first) // longest))
        edges = np.linspace(first, end, parts + 1).astype(int).tolist()
        found += [(a, b) for a, b in pairwise(edges) if b - a >= shortest]
    return found


def utterance_features(voice: VoiceSeries, cepstra: NDArray[np.float32], first: int, end: int) -> NDArray[np.float32]:
    """Return the numbers of one utterance, float32 ``[FEATURES]``; ``cepstra``: ``[n, CEPSTRA]`` on its grid."""
    part = VoiceSeries(**{name: getattr(voice, name)[first:end] for name in VoiceSeries.__dataclass_fields__})
    speaks = part.speaks
    voiced = part.voiced if part.voiced.sum() >= _LEAST_VOICED else speaks
    pitch = 12 * np.log2(np.maximum(part.pitch[voiced], 20) / 100)
    level, press = part.level[voiced], part.press[voiced]
    return np.concatenate(
        (
            _sound(cepstra[first:end], speaks),
            _course(pitch),
            _bend(pitch),
            _course(level),
            [part.level[speaks].mean(), np.ptp(np.percentile(part.level[speaks], _PERCENT))],
            _course(press),
            np.percentile(part.voicing[speaks], (10, 50, 90)),
            [part.voicing[speaks].mean(), part.voicing[voiced].mean(), part.voicing[voiced].std()],
            _timing(part, voiced),
            [_together(pitch, level), _together(press, level)],
        )
    ).astype(np.float32)


#: How many numbers an utterance has.
FEATURES = 7 * CEPSTRA + 3 * 13 + 7 + 2 + 6 + 9 + 2


def _sound(cepstra: NDArray[np.float32], speaks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """What the voice sounds like: the cepstra of speech, and how they change."""
    changes = np.gradient(cepstra, axis=0)
    spoken, bends = cepstra[speaks], np.gradient(changes, axis=0)[speaks]
    changes = changes[speaks]
    return np.concatenate(
        (
            spoken.mean(axis=0),
            spoken.std(axis=0),
            *np.percentile(spoken, (20, 80), axis=0),
            np.abs(changes).mean(axis=0),
            changes.std(axis=0),
            bends.std(axis=0),
        )
    )


def _course(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Where values lie, how far they spread, how fast and how evenly they change (a little like jitter and shimmer)."""
    steps = np.diff(values) if len(values) > 1 else np.zeros(1)
    bends = np.diff(steps) if len(steps) > 1 else np.zeros(1)
    low, high = np.percentile(values, (20, 80))
    return np.array(
        [
            *np.percentile(values, (5, 20, 50, 80, 95)),
            values.mean(),
            values.std(),
            high - low,
            np.abs(steps).mean(),
            np.maximum(steps, 0).mean(),
            steps.std(),
            np.median(np.abs(bends)),
            _slope(values),
        ]
    )


def _bend(pitch: NDArray[np.float32]) -> list[float]:
    """How the pitch rises and falls over the utterance: its halves, its ends, its extremes."""
    half = len(pitch) // 2
    mean = float(pitch.mean())
    return [
        _slope(pitch[:half]),
        _slope(pitch[half:]),
        float(pitch[:5].mean()) - mean,
        float(pitch[-5:].mean()) - mean,
        float(pitch.max()) - mean,
        float(pitch.argmax()) / len(pitch),
        float(pitch.argmin()) / len(pitch),
    ]


def _timing(part: VoiceSeries, voiced: NDArray[np.bool_]) -> list[float]:
    """How long it lasts, how it is cut up into voiced and unvoiced stretches, how many syllables it has a second."""
    seconds, spoken = len(voiced) * STEP_SECONDS, float(part.speaks.sum()) * STEP_SECONDS
    voiced_runs, other_runs = _run_seconds(voiced), _run_seconds(~voiced)
    return [
        *(voiced_runs.mean(), voiced_runs.std(), len(voiced_runs) / seconds),
        *(other_runs.mean(), other_runs.std()),
        *(seconds, spoken, voiced.sum() / max(1, part.speaks.sum())),
        len(syllables(part)) / max(spoken, STEP_SECONDS),
    ]


def _run_seconds(where: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How long each stretch of ``True`` lasts; one of no length where there is none."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], where.astype(np.int8), [0]))))
    lengths = np.diff(edges.reshape(-1, 2), axis=1).ravel() * STEP_SECONDS
    return np.asarray(lengths if len(lengths) else np.zeros(1), np.float64)


def _together(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Whether two courses rise and fall together, -1..1; 0 where one of them is flat."""
    spread = float(one.std()) * float(other.std())
    return float(((one - one.mean()) * (other - other.mean())).mean()) / spread if spread > 0 else 0.0


def _slope(values: NDArray[np.float32]) -> float:
    """Change per second."""
    if len(values) < 2:
        return 0.0
    return float(np.polyfit(np.arange(len(values)) * STEP_SECONDS, values, 1)[0])
