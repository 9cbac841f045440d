"""Utterances, and the features of a voice over one from which vocal emotion is predicted.

Per utterance, on the grid of ``VoiceMeter``: of the cepstra (MFCC after Davis & Mermelstein 1980) in speech, mean,
deviation, 20th and 80th percentile and changes; of pitch (semitones), level and press in voiced speech, percentiles,
spread, changes and slopes; the contour of the pitch over the utterance; voicing; lengths of voiced and unvoiced runs;
syllable rate. After the eGeMAPS set (Eyben et al. 2016), with contours over the utterance.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.hearing.speech import VoiceSeries, syllables
from kuleshov.cinema.hearing.voice import CEPSTRA, STEP_SECONDS
from kuleshov.cinema.span import runs, slope_of

SHORTEST_SECONDS, LONGEST_SECONDS = 0.6, 6.0
_PAUSE_SECONDS = 0.3
_PERCENT = (10, 90)
_LEAST_VOICED = 5  # values; with fewer, all speech counts as voiced


def utterances(voice: VoiceSeries) -> list[tuple[int, int]]:
    """Return where utterances begin and end (exclusive): speech between pauses, divided if it is too long."""
    at = np.flatnonzero(voice.speaks)
    if not len(at):
        return []
    broken = np.flatnonzero(np.diff(voice.seconds[at]) > _PAUSE_SECONDS) + 1
    longest, shortest = round(LONGEST_SECONDS / STEP_SECONDS), round(SHORTEST_SECONDS / STEP_SECONDS)
    spoken = []
    for positions in np.split(at, broken):
        first, end = int(positions[0]), int(positions[-1]) + 1
        parts = max(1, -(-(end - first) // longest))
        edges = np.linspace(first, end, parts + 1).astype(int).tolist()
        spoken += [(a, b) for a, b in pairwise(edges) if b - a >= shortest]
    return spoken


def utterance_features(voice: VoiceSeries, cepstra: NDArray[np.float32], first: int, end: int) -> NDArray[np.float32]:
    """Return the features of one utterance, float32 ``[FEATURES]``; ``cepstra``: ``[n, CEPSTRA]`` on the voice's
    grid."""
    part = VoiceSeries(**{name: getattr(voice, name)[first:end] for name in VoiceSeries.__dataclass_fields__})
    speaks = part.speaks
    voiced = part.voiced if part.voiced.sum() >= _LEAST_VOICED else speaks
    pitch = 12 * np.log2(np.maximum(part.pitch[voiced], 20) / 100)
    level, press = part.level[voiced], part.press[voiced]
    return np.concatenate(
        (
            _cepstral(cepstra[first:end], speaks),
            _statistics(pitch),
            _contour(pitch),
            _statistics(level),
            [part.level[speaks].mean(), np.ptp(np.percentile(part.level[speaks], _PERCENT))],
            _statistics(press),
            np.percentile(part.voicing[speaks], (10, 50, 90)),
            [part.voicing[speaks].mean(), part.voicing[voiced].mean(), part.voicing[voiced].std()],
            _timing(part, voiced),
            [_correlation(pitch, level), _correlation(press, level)],
        )
    ).astype(np.float32)


#: The number of features of an utterance.
FEATURES = 7 * CEPSTRA + 3 * 13 + 7 + 2 + 6 + 9 + 2


def _cepstral(cepstra: NDArray[np.float32], speaks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The cepstra of speech, and their first and second differences."""
    changes = np.gradient(cepstra, axis=0)
    spoken, second_changes = cepstra[speaks], np.gradient(changes, axis=0)[speaks]
    changes = changes[speaks]
    return np.concatenate(
        (
            spoken.mean(axis=0),
            spoken.std(axis=0),
            *np.percentile(spoken, (20, 80), axis=0),
            np.abs(changes).mean(axis=0),
            changes.std(axis=0),
            second_changes.std(axis=0),
        )
    )


def _statistics(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Percentiles, mean, spread, and speed and evenness of changes (similar to jitter and shimmer)."""
    steps = np.diff(values) if len(values) > 1 else np.zeros(1)
    step_changes = np.diff(steps) if len(steps) > 1 else np.zeros(1)
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
            np.median(np.abs(step_changes)),
            _slope(values),
        ]
    )


def _contour(pitch: NDArray[np.float32]) -> list[float]:
    """How the pitch rises and falls over the utterance: slopes of its halves, its ends, its extremes."""
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
    """Lengths of voiced and unvoiced runs, length of the utterance and of its speech, syllables a second."""
    seconds, spoken = len(voiced) * STEP_SECONDS, float(part.speaks.sum()) * STEP_SECONDS
    voiced_runs, other_runs = _run_seconds(voiced), _run_seconds(~voiced)
    return [
        *(voiced_runs.mean(), voiced_runs.std(), len(voiced_runs) / seconds),
        *(other_runs.mean(), other_runs.std()),
        *(seconds, spoken, voiced.sum() / max(1, part.speaks.sum())),
        len(syllables(part)) / max(spoken, STEP_SECONDS),
    ]


def _run_seconds(where: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The length of each run of ``True``; one of no length if there is none."""
    return np.array([(end - first) * STEP_SECONDS for first, end in runs(where)] or [0.0])


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Pearson's correlation, -1..1; 0 if one of them is constant."""
    spread = float(one.std()) * float(other.std())
    return float(((one - one.mean()) * (other - other.mean())).mean()) / spread if spread > 0 else 0.0


def _slope(values: NDArray[np.float32]) -> float:
    """Change per second of the least-squares line; 0 of no values."""
    return slope_of(np.arange(len(values), dtype=np.float64) * STEP_SECONDS, values) if len(values) else 0.0
