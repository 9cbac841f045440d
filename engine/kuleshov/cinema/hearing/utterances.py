"""Utterances, and what a voice is like over one: the numbers by which vocal emotion is told.

Per utterance, of its speech on the grid of ``VoiceMeter``: mean, deviation and the 10th and 90th percentile of the
cepstra (MFCC after Davis & Mermelstein 1980) and of pitch (semitones), level and press; deviation of their changes;
voicing, duration, syllable rate, and the slopes of pitch and level. As in the eGeMAPS set (Eyben et al. 2016), smaller.
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
    voiced = part.voiced if part.voiced.sum() >= 5 else part.speaks
    semitones = 12 * np.log2(np.maximum(part.pitch[voiced], 20) / 100)
    speaks = part.speaks
    columns = np.concatenate((cepstra[first:end][speaks], part.press[speaks, None]), axis=1)
    seconds = float(speaks.sum()) * STEP_SECONDS
    return np.concatenate(
        (
            _summary(columns),
            np.diff(columns, axis=0).std(axis=0),
            _summary(semitones[:, None]),
            _summary(part.level[voiced][:, None]),
            [
                np.abs(np.diff(semitones)).mean() if len(semitones) > 1 else 0.0,
                _slope(semitones),
                _slope(part.level[voiced]),
                part.voicing[speaks].mean(),
                part.voicing[speaks].std(),
                voiced.sum() / max(1, speaks.sum()),
                seconds,
                len(syllables(part)) / max(seconds, STEP_SECONDS),
            ],
        )
    ).astype(np.float32)


#: How many numbers an utterance has.
FEATURES = 5 * (CEPSTRA + 1) + 2 * 4 + 8


def _summary(columns: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.concatenate((columns.mean(axis=0), columns.std(axis=0), *np.percentile(columns, _PERCENT, axis=0)))


def _slope(values: NDArray[np.float32]) -> float:
    """Change per second."""
    if len(values) < 2:
        return 0.0
    return float(np.polyfit(np.arange(len(values)) * STEP_SECONDS, values, 1)[0])
