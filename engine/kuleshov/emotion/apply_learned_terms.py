"""What segments read as by all that a grammar knows: the sum of its cues, and what ``beyond`` adds.

For the shipped grammar this is ``model.describe_emotion``. Reasons of pairs and of vectors stand beside those of the
cues; all of them add up to the score.
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
from kuleshov.emotion.model import describe_emotion, is_strong
from kuleshov.emotion.norms import Scales
from kuleshov.records import DIMENSIONS, MOODS, Emotion, Reason, Segment

#: Vectors by space and the model that made them, float32 ``[segments, D]``, rows of unit length, NaN = there is none.
Vectors = Mapping[tuple[str, str], NDArray[np.float32]]
#: What a space holds, in reasons.
_HOLDS = {
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
    """Return what segments of one film and one kind read as, by all that the grammar knows.

    As ``model.describe_emotion``, with the pairs and the ``vectors`` (rows as ``segments``).
    """
    emotions = describe_emotion(segments, grammar=grammar, among=among, scales=scales)
    if grammar.beyond is None:
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
    """Return a segment's emotion with what its grammar knows beyond the sum of cues; ``vectors`` ``[D]`` by space."""
    if grammar.beyond is None:
        return emotion
    added = [*_pair_reasons(emotion, grammar.beyond), *_space_reasons(grammar.beyond, vectors or {})]
    if not added:
        return emotion
    parts = [reason.contributions for reason in (*emotion.reasons, *added)]
    sums = {score: math.fsum(part.get(score, 0.0) for part in parts) for score in (*DIMENSIONS, *MOODS)}
    shrink = {score: 1 / max(1.0, abs(total)) for score, total in sums.items()}
    reasons = [
        replace(reason, contributions={score: part * shrink[score] for score, part in reason.contributions.items()})
        for reason in (*emotion.reasons, *added)
    ]
    by_score = {score: {each.cue: each.contributions.get(score, 0.0) for each in reasons} for score in sums}
    totals = {score: math.fsum(contributions.values()) for score, contributions in by_score.items()}
    dimensions: dict[str, Any] = {name: totals[name] for name in DIMENSIONS}
    return replace(
        emotion,
        **dimensions,
        moods={mood: totals[mood] for mood in MOODS},
        strong=[
            mood
            for mood in MOODS
            if segment.matter == "picture" and is_strong(totals[mood], by_score[mood], grammar.strong)
        ],
        reasons=sorted(reasons, key=lambda each: -max(map(abs, each.contributions.values()), default=0.0)),
    )


def _pair_reasons(emotion: Emotion, beyond: LearnedTerms) -> list[Reason]:
    speaking = {reason.cue: reason for reason in emotion.reasons}
    found = []
    for pair in beyond.pairs:
        one, other = speaking.get(pair.one), speaking.get(pair.other)
        if one is None or other is None:
            continue
        value = one.value * other.value - pair.usual
        found.append(
            Reason(
                cue=pair.name,
                value=min(max(value, -1.0), 1.0),
                text=f"{one.text} together with {other.text}",
                contributions={score: weight * value for score, weight in pair.weights.items()},
            )
        )
    return found


def _space_reasons(beyond: LearnedTerms, vectors: Vectors) -> list[Reason]:
    found = []
    for space in beyond.spaces:
        vector = vectors.get((space.name, space.model))
        if vector is None or not np.isfinite(vector).all():
            continue
        from_centre = vector - space.centre
        contributions = {score: float(from_centre @ weights) for score, weights in space.weights.items()}
        largest = max(contributions.values(), key=abs)
        holds = _HOLDS.get(space.name, f"vectors of {space.name}")
        text = f"{holds}, as labels of the like teach ({space.name}: {space.model})"
        found.append(Reason(f"vectors of {space.name}", min(max(largest, -1.0), 1.0), text, contributions))
    return found
