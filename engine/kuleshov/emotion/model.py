"""The additive emotion model: scores as weighted means of cues, each with its exact reasons.

``score = gain * sum(weight * cue) / sum(|weight|)`` over the cues that speak, cut off at -1 and 1 (the gain is 1 unless
a grammar was learned from labels): those that could be measured, and of events
(``Cue.only_above_usual``) those that happen. A missing sense therefore takes no side, nor does a scream that nobody
screams: the others speak alone. ``confidence`` says how much of the grammar's weight was measured, events that did not
happen included. Scores tell what the technique is likely to evoke in a viewer. Faces and the meaning of words are not
read here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from kuleshov.emotion.cues import cues, reference_cue
from kuleshov.emotion.grammar import Cue, Grammar, Score, StrongRule
from kuleshov.records import DIMENSIONS, MOODS, Emotion, Reason, Segment

#: A cue nearer to 0 than this is called usual in reasons.
_USUAL = 0.1
#: A cue that the film's own scale moves by this much from what the reference says is told to be so "for this film".
_OF_THIS_FILM = 0.25


def describe_emotion(
    segments: Sequence[Segment], *, grammar: Grammar, among: Sequence[Segment] | None = None
) -> list[Emotion]:
    """Return what segments of one film and one kind (all its shots, or all its scenes) read as, in their order.

    The contributions to a score add up to it exactly (``math.fsum``); reasons come with the cue first that contributes
    most to any score. Where nothing was measured, scores and confidence are 0. ``among``: see ``cues.cues``.
    """
    table = cues(segments, grammar=grammar, among=among)
    return [
        emotion_of_cues(segment, dict(zip(grammar.cue_names, row.tolist(), strict=True)), grammar)
        for segment, row in zip(segments, table, strict=True)
    ]


def emotion_of_cues(segment: Segment, values: dict[str, float], grammar: Grammar) -> Emotion:
    """Return what a segment reads as whose cues are known by name, NaN = not measured."""
    measured = {name for name, value in values.items() if not math.isnan(value)}
    speaking = [cue for cue in grammar.cues if cue.speaks(values[cue.name])]
    names = {cue.name for cue in speaking}
    contributions = {score.name: _contributions(score, values, names) for score in grammar.scores}
    totals = {name: math.fsum(terms.values()) for name, terms in contributions.items()}
    reasons = [
        Reason(
            cue=cue.name,
            value=values[cue.name],
            text=_text(segment, cue, values[cue.name]),
            contributions={name: terms[cue.name] for name, terms in contributions.items() if cue.name in terms},
        )
        for cue in speaking
    ]
    return Emotion(
        **{name: totals[name] for name in DIMENSIONS},
        moods={mood: totals[mood] for mood in MOODS},
        strong=[
            mood
            for mood in MOODS
            if segment.matter == "picture" and is_strong(totals[mood], contributions[mood], grammar.strong)
        ],
        confidence=math.fsum(_measured_share(score, measured) for score in grammar.scores) / len(grammar.scores),
        reasons=sorted(reasons, key=_largest_contribution, reverse=True),
    )


def _contributions(score: Score, values: dict[str, float], speaking: set[str]) -> dict[str, float]:
    """What each cue that speaks adds to one score, by cue."""
    terms = [term for term in score.terms if term.cue in speaking]
    divisor = math.fsum(abs(term.weight) for term in terms) / score.gain
    if score.gain > 1:  # a score ends at -1 and 1
        divisor = max(divisor, abs(math.fsum(term.weight * values[term.cue] for term in terms)))
    return {term.cue: term.weight * values[term.cue] / divisor for term in terms}


def _text(segment: Segment, cue: Cue, value: float) -> str:
    """Return what was measured in words: ``"long shot duration (23.4 s)"``, and whether the film makes it so."""
    number = cue.reading.value(segment)
    text = cue.reading.text(segment, number)
    here = " for this film" if abs(value - reference_cue(cue, number)) >= _OF_THIS_FILM else ""
    if abs(value) < _USUAL:
        return f"{cue.reading.label} as usual{here} ({text})"
    return f"{cue.high if value > 0 else cue.low}{here} ({text})"


def _largest_contribution(reason: Reason) -> float:
    return max((abs(contribution) for contribution in reason.contributions.values()), default=0.0)


def is_strong(total: float, contributions: Mapping[str, float], rule: StrongRule) -> bool:
    """Return whether a mood of this score is strong: high enough, and enough cues agree."""
    agreeing = sum(contribution > rule.agreement_floor for contribution in contributions.values())
    return total >= rule.threshold and agreeing >= rule.agreeing_cues


def _measured_share(score: Score, known: set[str]) -> float:
    weight = math.fsum(abs(term.weight) for term in score.terms if term.cue in known)
    return weight / math.fsum(abs(term.weight) for term in score.terms)
