"""Emotions by a whole grammar: the sum of its cues, and its learned terms (``learned_terms``), if it has any.

For the shipped grammar this is ``model.describe_emotion``. Pairs of cues and vectors are reasons like the cues; all of
them add up to the score.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.emotion.grammar import Grammar
from kuleshov.emotion.learned_terms import LearnedTerms
from kuleshov.emotion.model import describe_emotion, largest_contribution, strong_moods
from kuleshov.emotion.norms import Scales
from kuleshov.records import DIMENSIONS, MOODS, Emotion, Reason, Segment

#: Vectors by space and the model that made them, float32 ``[segments, D]``, rows of unit length, NaN = there is none.
Vectors = Mapping[tuple[str, str], NDArray[np.float32]]
#: Names of spaces in the texts of reasons.
_SPACE_WORDS = {
    "visual": "what is in the picture",
    "look": "the look of the picture",
    "sound": "the sound as a whole",
    "dialogue": "what is said",
}


def emotions_of(
    segments: Sequence[Segment],
    *,
    grammar: Grammar,
    among: Sequence[Segment] | None = None,
    scales: Scales | None = None,
    vectors: Vectors | None = None,
) -> list[Emotion]:
    """Return the emotions of segments of one film and one kind, by the whole grammar.

    As ``model.describe_emotion``, with the learned terms; ``vectors`` have a row a segment.
    """
    emotions = describe_emotion(segments, grammar=grammar, among=among, scales=scales)
    if grammar.learned_terms is None:
        return emotions
    rows = [{key: table[row] for key, table in (vectors or {}).items()} for row in range(len(segments))]
    return [
        apply_learned_terms(emotion, segment, grammar=grammar, vectors=row)
        for emotion, segment, row in zip(emotions, segments, rows, strict=True)
    ]


def apply_learned_terms(
    emotion: Emotion,
    segment: Segment,
    *,
    grammar: Grammar,
    vectors: Vectors | None = None,
) -> Emotion:
    """Return a segment's emotion with the grammar's learned terms added; ``vectors`` ``[D]`` by space."""
    learned = grammar.learned_terms
    if learned is None:
        return emotion
    added = [*_pair_reasons(emotion, learned), *_space_reasons(learned, vectors or {})]
    if not added:
        return emotion
    parts = [reason.contributions for reason in (*emotion.reasons, *added)]
    sums = {score: math.fsum(part.get(score, 0.0) for part in parts) for score in (*DIMENSIONS, *MOODS)}
    shrink = {score: 1 / max(1.0, abs(total)) for score, total in sums.items()}
    reasons = [
        replace(reason, contributions={score: part * shrink[score] for score, part in reason.contributions.items()})
        for reason in (*emotion.reasons, *added)
    ]
    by_score = {score: {reason.cue: reason.contributions.get(score, 0.0) for reason in reasons} for score in sums}
    totals = {score: math.fsum(contributions.values()) for score, contributions in by_score.items()}
    dimensions: dict[str, Any] = {name: totals[name] for name in DIMENSIONS}
    return replace(
        emotion,
        **dimensions,
        moods={mood: totals[mood] for mood in MOODS},
        strong=strong_moods(segment, totals, by_score, grammar.strong),
        reasons=sorted(reasons, key=largest_contribution, reverse=True),
    )


def _pair_reasons(emotion: Emotion, learned: LearnedTerms) -> list[Reason]:
    by_cue = {reason.cue: reason for reason in emotion.reasons}
    reasons = []
    for pair in learned.pairs:
        one, other = by_cue.get(pair.one), by_cue.get(pair.other)
        if one is None or other is None:
            continue
        value = one.value * other.value - pair.usual
        reasons.append(
            Reason(
                cue=pair.name,
                value=min(max(value, -1.0), 1.0),
                text=f"{one.text} together with {other.text}",
                contributions={score: weight * value for score, weight in pair.weights.items()},
            )
        )
    return reasons


def _space_reasons(learned: LearnedTerms, vectors: Vectors) -> list[Reason]:
    reasons = []
    for space in learned.spaces:
        vector = vectors.get((space.name, space.model))
        if vector is None or not np.isfinite(vector).all():
            continue
        from_centre = vector - space.centre
        contributions = {score: float(from_centre @ weights) for score, weights in space.weights.items()}
        largest = max(contributions.values(), key=abs)
        words = _SPACE_WORDS.get(space.name, f"vectors of {space.name}")
        text = f"{words}, as labels of the like teach ({space.name}: {space.model})"
        reasons.append(Reason(f"vectors of {space.name}", min(max(largest, -1.0), 1.0), text, contributions))
    return reasons
