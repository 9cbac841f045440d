"""What faces show over time: valence and arousal derived from likelihoods, and bursts with onset, apex and offset.

A burst is a rise of one expression's likelihood above 0.5 and back. Its onset and offset are where the curve crosses
half of its peak, between looks by straight lines. Faces that talk look surprised or happy for a moment, so a burst is
no proof of a feeling.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.people.rates import RATE_FOR_BURSTS
from kuleshov.records import EXPRESSIONS, ExpressionBurst

#: Pleasure and arousal of the seven words, from memory of Russell and Mehrabian, J. Research in Personality 11, 1977.
_PLEASURE = {
    "neutral": 0.0,
    "happy": 0.81,
    "sad": -0.63,
    "angry": -0.51,
    "fearful": -0.64,
    "disgusted": -0.60,
    "surprised": 0.40,
}
_AROUSAL = {
    "neutral": 0.0,
    "happy": 0.51,
    "sad": -0.27,
    "angry": 0.59,
    "fearful": 0.60,
    "disgusted": 0.35,
    "surprised": 0.67,
}
_LEAST_PEAK = 0.5
_MICRO_SECONDS = 0.5  # Ekman's bound for micro-expressions


def valence_and_arousal(likelihoods: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what likelihoods ``[..., 7]`` come to, each ``[...]`` in -1..1: the mean over the expressions' places."""
    places = [np.array([table[name] for name in EXPRESSIONS]) for table in (_PLEASURE, _AROUSAL)]
    return np.asarray(likelihoods @ places[0], np.float64), np.asarray(likelihoods @ places[1], np.float64)


def bursts(seconds: NDArray[np.float64], likelihoods: NDArray[np.floating]) -> list[ExpressionBurst]:
    """Return the bursts of a face by their onset; ``likelihoods`` ``[N, 7]`` at ``seconds`` ``[N]``, none of them NaN.

    What is there already when the face appears, or still when it goes, is no burst: its ends were not seen.
    """
    if len(seconds) < 3:
        return []
    dense = 1 / float(np.median(np.diff(seconds))) >= RATE_FOR_BURSTS
    found = []
    for column, name in enumerate(EXPRESSIONS):
        if name == "neutral":
            continue
        curve = likelihoods[:, column].astype(np.float64)
        for first, end in _runs(curve >= _LEAST_PEAK):
            apex = first + int(np.argmax(curve[first:end]))
            onset = _crossing(seconds, curve, apex, -1)
            offset = _crossing(seconds, curve, apex, 1)
            if onset is not None and offset is not None:
                micro = offset - onset < _MICRO_SECONDS if dense else None
                found.append(ExpressionBurst(name, onset, float(seconds[apex]), offset, float(curve[apex]), micro))
    return sorted(found, key=lambda burst: burst.onset_seconds)


def _runs(high: NDArray[np.bool_]) -> list[tuple[int, int]]:
    steps = np.diff(np.concatenate(([0], high.astype(np.int8), [0])))
    return list(zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True))


def _crossing(seconds: NDArray[np.float64], curve: NDArray[np.float64], apex: int, step: int) -> float | None:
    """When the curve passes half of its peak, going from the apex to an end; ``None`` where it does not."""
    half = curve[apex] / 2
    at = apex
    while 0 <= at + step < len(curve):
        if curve[at + step] < half:
            share = (curve[at] - half) / (curve[at] - curve[at + step])
            return float(seconds[at] + share * (seconds[at + step] - seconds[at]))
        at += step
    return None
