"""Expressions over time: valence and arousal derived from likelihoods, and bursts with onset, apex and offset.

A burst is a rise of one expression's likelihood above 0.5 and back. Its onset and offset are where the curve, linear
between frames, crosses half of its peak. Talking faces look surprised or happy for a moment, so a burst is no proof of
a feeling.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.people.rates import RATE_FOR_BURSTS
from kuleshov.cinema.span import runs
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
    """Return valence and arousal, each ``[...]`` in -1..1, of likelihoods ``[..., 7]``: means over the expressions."""
    pleasure, arousal = (np.array([table[name] for name in EXPRESSIONS]) for table in (_PLEASURE, _AROUSAL))
    return np.asarray(likelihoods @ pleasure, np.float64), np.asarray(likelihoods @ arousal, np.float64)


def bursts(seconds: NDArray[np.float64], likelihoods: NDArray[np.floating]) -> list[ExpressionBurst]:
    """Return the bursts of a face by their onset; ``likelihoods`` ``[N, 7]`` at ``seconds`` ``[N]``, without NaN.

    An expression that the face has when it appears or disappears is no burst: one of its ends is unknown.
    """
    if len(seconds) < 3:
        return []
    dense = 1 / float(np.median(np.diff(seconds))) >= RATE_FOR_BURSTS
    shown = []
    for column, name in enumerate(EXPRESSIONS):
        if name == "neutral":
            continue
        curve = likelihoods[:, column].astype(np.float64)
        for first, end in runs(curve >= _LEAST_PEAK):
            apex = first + int(np.argmax(curve[first:end]))
            onset = _crossing(seconds, curve, apex, -1)
            offset = _crossing(seconds, curve, apex, 1)
            if onset is not None and offset is not None:
                micro = offset - onset < _MICRO_SECONDS if dense else None
                shown.append(ExpressionBurst(name, onset, float(seconds[apex]), offset, float(curve[apex]), micro))
    return sorted(shown, key=lambda burst: burst.onset_seconds)


def _crossing(seconds: NDArray[np.float64], curve: NDArray[np.float64], apex: int, step: int) -> float | None:
    """When the curve crosses half of its peak on the way from the apex to an end; ``None`` if it does not."""
    half = curve[apex] / 2
    at = apex
    while 0 <= at + step < len(curve):
        if curve[at + step] < half:
            share = (curve[at] - half) / (curve[at] - curve[at + step])
            return float(seconds[at] + share * (seconds[at + step] - seconds[at]))
        at += step
    return None
