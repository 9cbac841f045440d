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

from kuleshov.emotion.cues import FILM, REFERENCE, CueTable, cue_table
from kuleshov.emotion.grammar import Cue, Grammar, Score, StrongRule
from kuleshov.emotion.norms import Scales, group_words
from kuleshov.records import DIMENSIONS, MOODS, Emotion, Reason, Segment

#: A cue nearer to 0 than this is called usual in reasons.
_USUAL = 0.1
#: A cue that a narrower scale moves by this much from what the wider one says is told to be so "for this film".
_OF_THIS = 0.25
#: Digits that a z keeps in the record: it is told, not summed.
_Z_DIGITS = 3


def describe_emotion(
    segments: Sequence[Segment],
    *,
    grammar: Grammar,
    among: Sequence[Segment] | None = None,
    scales: Scales | None = None,
) -> list[Emotion]:
    """Return what segments of one film and one kind (all its shots, or all its scenes) read as, in their order.

    The contributions to a score add up to it exactly (``math.fsum``); reasons come with the cue first that contributes
    most to any score. Where nothing was measured, scores and confidence are 0. ``among``, ``scales``: see
    ``cues.cue_table``.
    """
    table = cue_table(segments, grammar=grammar, among=among, scales=scales)
    return [emotion_of_cues(segment, table, row, grammar) for row, segment in enumerate(segments)]


def emotion_of_cues(segment: Segment, table: CueTable, row: int, grammar: Grammar) -> Emotion:
    """Return what a segment reads as whose cues are a row of a table."""
    values = dict(zip(grammar.cue_names, table.values[row].tolist(), strict=True))
    measured = {name for name, value in values.items() if not math.isnan(value)}
    speaking = [(column, cue) for column, cue in enumerate(grammar.cues) if cue.speaks(values[cue.name])]
    names = {cue.name for _, cue in speaking}
    contributions = {score.name: _contributions(score, values, names) for score in grammar.scores}
    totals = {name: math.fsum(terms.values()) for name, terms in contributions.items()}
    confidences = {score.name: _measured_share(score, measured) for score in grammar.scores}
    told = {name: own[row].tolist() for name, own in table.z.items()}
    reasons = []
    for column, cue in speaking:
        z = {name: own[column] for name, own in told.items() if not math.isnan(own[column])}
        reasons.append(
            Reason(
                cue=cue.name,
                value=values[cue.name],
                text=_text(segment, cue, values[cue.name], z, table.judged_by[column]),
                contributions={name: terms[cue.name] for name, terms in contributions.items() if cue.name in terms},
                z={name: round(own, _Z_DIGITS) for name, own in z.items()},
            )
        )
    return Emotion(
        **{name: totals[name] for name in DIMENSIONS},
        moods={mood: totals[mood] for mood in MOODS},
        strong=[
            mood
            for mood in MOODS
            if segment.matter == "picture" and is_strong(totals[mood], contributions[mood], grammar.strong)
        ],
        confidence=math.fsum(confidences.values()) / len(confidences),
        reasons=sorted(reasons, key=_largest_contribution, reverse=True),
        confidences=confidences,
    )


def _contributions(score: Score, values: dict[str, float], speaking: set[str]) -> dict[str, float]:
    """What each cue that speaks adds to one score, by cue."""
    terms = [term for term in score.terms if term.cue in speaking]
    divisor = math.fsum(abs(term.weight) for term in terms) / score.gain
    if score.gain > 1:  # a score ends at -1 and 1
        divisor = max(divisor, abs(math.fsum(term.weight * values[term.cue] for term in terms)))
    return {term.cue: term.weight * values[term.cue] / divisor for term in terms}


def _text(segment: Segment, cue: Cue, value: float, z: Mapping[str, float], judged_by: str) -> str:
    """Return what was measured in words: ``"long shot duration (23.4 s)"``, and what makes it so: the film, or where
    an archive's norms judge it, those.
    """
    text = cue.reading.text(segment, cue.reading.value(segment))
    here, without_film = "", math.tanh(z[judged_by] / 2)
    if FILM in z and abs(value - without_film) >= _OF_THIS:
        here = " for this film"
    elif abs(without_film - math.tanh(z[REFERENCE] / 2)) >= _OF_THIS:
        here = f" for {group_words(judged_by)}"
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
