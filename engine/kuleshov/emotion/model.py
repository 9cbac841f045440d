"""The additive emotion model: scores as weighted means of cues, each with its exact reasons.

``score = gain * sum(weight * cue) / sum(|weight|)`` over the cues that count, clipped to -1..1 (the gain is 1 unless a
grammar was learned from labels): those that were measured and, of events (``Cue.only_above_usual``), those that happen.
So missing measurements change nothing, nor does a scream that does not happen: the other cues count alone.
``confidence`` is the share of the grammar's weight that was measured, events that did not happen included. Scores are
what the technique is likely to evoke in a viewer.
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
#: A cue that differs by this much between a narrower scale and the wider one is said to be so "for this film".
_OF_THIS = 0.25
#: Digits of a z in the record: it is shown, not summed.
_Z_DIGITS = 3


def describe_emotion(
    segments: Sequence[Segment],
    *,
    grammar: Grammar,
    among: Sequence[Segment] | None = None,
    scales: Scales | None = None,
) -> list[Emotion]:
    """Return the emotions of segments of one film and one kind (all its shots, or all its scenes), in their order.

    The contributions to a score add up to it exactly (``math.fsum``); the reason with the largest contribution to any
    score is the first. If nothing was measured, scores and confidence are 0. ``among``, ``scales``: see
    ``cues.cue_table``.
    """
    table = cue_table(segments, grammar=grammar, among=among, scales=scales)
    return [emotion_of_cues(segment, table, row, grammar) for row, segment in enumerate(segments)]


def emotion_of_cues(segment: Segment, table: CueTable, row: int, grammar: Grammar) -> Emotion:
    """Return the emotion of a segment whose cues are a row of a table."""
    values = dict(zip(grammar.cue_names, table.values[row].tolist(), strict=True))
    measured = {name for name, value in values.items() if not math.isnan(value)}
    counting = [(column, cue) for column, cue in enumerate(grammar.cues) if cue.counts(values[cue.name])]
    names = {cue.name for _, cue in counting}
    contributions = {score.name: _contributions(score, values, names) for score in grammar.scores}
    totals = {name: math.fsum(terms.values()) for name, terms in contributions.items()}
    confidences = {score.name: _measured_share(score, measured) for score in grammar.scores}
    z_by_scale = {name: z[row].tolist() for name, z in table.z.items()}
    reasons = []
    for column, cue in counting:
        z = {name: row_z[column] for name, row_z in z_by_scale.items() if not math.isnan(row_z[column])}
        reasons.append(
            Reason(
                cue=cue.name,
                value=values[cue.name],
                text=_text(segment, cue, values[cue.name], z, table.references[column]),
                contributions={name: terms[cue.name] for name, terms in contributions.items() if cue.name in terms},
                z={name: round(value, _Z_DIGITS) for name, value in z.items()},
            )
        )
    return Emotion(
        **{name: totals[name] for name in DIMENSIONS},
        moods={mood: totals[mood] for mood in MOODS},
        strong=strong_moods(segment, totals, contributions, grammar.strong),
        confidence=math.fsum(confidences.values()) / len(confidences),
        reasons=sorted(reasons, key=largest_contribution, reverse=True),
        confidences=confidences,
    )


def _contributions(score: Score, values: dict[str, float], counting: set[str]) -> dict[str, float]:
    """What each cue that counts adds to one score, by cue."""
    terms = [term for term in score.terms if term.cue in counting]
    divisor = math.fsum(abs(term.weight) for term in terms) / score.gain
    if score.gain > 1:  # a score stays in -1..1
        divisor = max(divisor, abs(math.fsum(term.weight * values[term.cue] for term in terms)))
    return {term.cue: term.weight * values[term.cue] / divisor for term in terms}


def _text(segment: Segment, cue: Cue, value: float, z: Mapping[str, float], reference: str) -> str:
    """The measured number in words: ``"long shot duration (23.4 s)"``, with "for this film" or the archive's group if
    that scale makes the difference.
    """
    text = cue.reading.text(segment, cue.reading.value(segment))
    scope, without_film = "", math.tanh(z[reference] / 2)
    if FILM in z and abs(value - without_film) >= _OF_THIS:
        scope = " for this film"
    elif abs(without_film - math.tanh(z[REFERENCE] / 2)) >= _OF_THIS:
        scope = f" for {group_words(reference)}"
    if abs(value) < _USUAL:
        return f"{cue.reading.label} as usual{scope} ({text})"
    return f"{cue.high if value > 0 else cue.low}{scope} ({text})"


def largest_contribution(reason: Reason) -> float:
    """Return the size of a reason's largest contribution to any score."""
    return max((abs(contribution) for contribution in reason.contributions.values()), default=0.0)


def strong_moods(
    segment: Segment, totals: Mapping[str, float], contributions: Mapping[str, Mapping[str, float]], rule: StrongRule
) -> list[str]:
    """Return the strong moods of a segment: those that are high enough and on which enough cues agree.

    ``contributions``: by mood and cue. A leader or a card has none.
    """
    if segment.matter != "picture":
        return []
    return [
        mood
        for mood in MOODS
        if totals[mood] >= rule.threshold
        and sum(part > rule.agreement_floor for part in contributions[mood].values()) >= rule.agreeing_cues
    ]


def _measured_share(score: Score, known: set[str]) -> float:
    weight = math.fsum(abs(term.weight) for term in score.terms if term.cue in known)
    return weight / math.fsum(abs(term.weight) for term in score.terms)
