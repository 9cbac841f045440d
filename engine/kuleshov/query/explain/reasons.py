"""Why a segment was found: the terms of its score, each with the measured number behind it.

The rule of the sum, for every query:

- each graded part (a quality, a likeness, a step, a line, a course) counts its weight times what its value counts in
  this archive (``query.matching.calibration``), and the weights add up to 1. A feeling's part is unfolded into its
  cues, and what its standing adds to them. Limits, filters and orders only let in or arrange, and contribute 0;
- without graded parts, every hit fulfils the query wholly: the score is 1, in equal parts from its limits and filters,
  or where there are none from the order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from kuleshov.archive.film.entries import FilmEntry, SegmentRow
from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES
from kuleshov.cinema.attributes.attributes import explain as explain_attribute
from kuleshov.cinema.attributes.measures import MEASURES, measure
from kuleshov.emotion.norm_comparison import NormComparison
from kuleshov.emotion.norms import Norms
from kuleshov.query.explain.result import Hit, Reason
from kuleshov.query.matching.calibration import Standing
from kuleshov.query.matching.example_match import Compared
from kuleshov.query.matching.matches import Findings
from kuleshov.query.matching.picture_match import sight_reason
from kuleshov.query.matching.temporal_query import Judged, TemporalQuery
from kuleshov.query.parts.arc import ArcQuery
from kuleshov.query.parts.example import ExampleQuery
from kuleshov.query.parts.film_filter import FilmFilter
from kuleshov.query.parts.term import Term
from kuleshov.query.spec.query import Sort
from kuleshov.query.spec.weights import graded
from kuleshov.records import Segment

_LABELS = {entry.path: entry.label for entry in MEASURES}
_UNITS = {entry.path: entry.unit for entry in MEASURES}


def explained(row: SegmentRow, found: Findings, norms: Norms | None = None) -> Hit:
    """Return a segment as a hit of a query: its score and reasons, the largest contribution first.

    It need not fulfil everything, but must have the lines and courses that the query asks for. ``norms``: those of the
    archive, to tell the numbers beside.
    """
    query, segment = found.query, row.segment
    beside = NormComparison(norms, row.film.year) if norms else None
    reasons = [reason for term in query.terms for reason in _term_reasons(term, row, found, beside)]
    for like, (compared, standing) in zip(query.likes, found.comparisons, strict=True):
        if row.id in compared:
            reasons += _comparison_reasons(like, compared[row.id], standing, row, found)
    for said, lines in zip(query.said, found.lines, strict=True):
        line = lines[row.id]
        score = line.found.score
        reasons.append(Reason("says", score, said.weight * score, line.text, said.weight))
    for wish, (courses, standing) in zip(query.wishes, found.courses, strict=True):
        reasons.append(evidence(wish, courses[row.id], standing))
    for seen, looks in zip(query.seen, found.looks, strict=True):
        reasons += [sight_reason(seen, looks[row.id])] if row.id in looks else []
    limits = tuple(dict.fromkeys((one.measure, one.words) for one in query.conditions))  # a range is one limit
    share = 0.0 if any(graded(query)) else 1.0 / max(len(limits) + len(query.filters), 1)
    reasons += [known(one, row.film, share=share) for one in query.filters]
    for path, words in limits:
        value = measure(segment, path)
        told = _beside(beside, segment, path)
        reasons.append(Reason(path, value, share, f"{words or path}: {label(path)} {quantity(path, value)}{told}"))
    if query.sort is not None:
        alone = not (reasons or query.terms)
        reasons.append(_sort_reason(query.sort, row, found.table.names, contribution=1.0 if alone else 0.0))
    reasons.sort(key=lambda reason: -abs(reason.contribution))
    return hit_of(row, math.fsum(reason.contribution for reason in reasons), reasons)


def hit_of(row: SegmentRow, score: float, reasons: Sequence[Reason]) -> Hit:
    """Return a segment as a hit."""
    segment = row.segment
    return Hit(
        film=row.film.title,
        content_id=row.film.content_id,
        unit=row.unit,
        index=segment.index,
        in_seconds=segment.start_seconds,
        out_seconds=segment.end_seconds,
        in_frame=segment.start_frame,
        out_frame=segment.end_frame,
        score=score,
        reasons=tuple(reasons),
    )


def known(one: FilmFilter, film: FilmEntry, *, share: float) -> Reason:
    """Return what the catalogue says of a film as a reason of a hit, which it counts ``share`` of the score."""
    return Reason(one.field, 1.0, share, f"{one.words}: {getattr(film, one.field)}")


def evidence(wish: TemporalQuery, judged: Judged, standing: Standing) -> Reason:
    """Return a fulfilled wish as a reason of a hit."""
    cue = "arc" if isinstance(wish, ArcQuery) else "change"
    counted = wish.weight * float(standing.counted(judged.score))
    text = f"{wish.words}: {judged.text}"
    return _placed(Reason(cue, judged.score, counted, text, wish.weight), standing, judged.score)


def behind(name: str, segment: Segment) -> str:
    """Return the measured number behind an attribute ("shot length 23.4 s"), "" where there is none to name."""
    if name not in ATTRIBUTE_NAMES:
        return ""
    found = explain_attribute(name, segment)
    return "" if math.isnan(found.value) else found.text


def quantity(path: str, value: float) -> str:
    """Return a measure's value with its unit: ``"23.4 s"``."""
    if math.isnan(value):
        return "not measured"
    unit = _UNITS[path]
    digits = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return digits + (unit.removeprefix("1") if unit.startswith(("/", "1/")) else f" {unit}" if unit else "")


def label(path: str) -> str:
    """Return a measure's name in plain words."""
    return _LABELS[path]


def _beside(beside: NormComparison | None, segment: Segment, path: str) -> str:
    """How a measure stands to an archive's norms: ", many cuts for the 1940s", "" where they say nothing of it."""
    told = beside.of_measure(segment, path) if beside else ""
    return f", {told}" if told else ""


def _term_reasons(term: Term, row: SegmentRow, found: Findings, beside: NormComparison | None) -> list[Reason]:
    value = float(row.vector[found.table.names.index(term.name)])
    if math.isnan(value):
        return [] if term.hint else [Reason(term.name, value, 0.0, f"{term.words}: not measured", term.weight)]
    standing = found.standings.of(term.name)
    counted = term.weight * float(standing.counted(value, sign=term.sign))
    score = term.name.removeprefix("mood_")
    emotion = beside.emotion(row.segment) if beside else row.segment.emotion
    if term.name in ATTRIBUTE_NAMES or emotion is None:
        text = ": ".join(part for part in (term.words or term.name, behind(term.name, row.segment)) if part)
        if term.name in ATTRIBUTE_NAMES:
            text += _beside(beside, row.segment, explain_attribute(term.name, row.segment).measure)
        return [_placed(Reason(term.name, value, counted, text, term.weight), standing, value, sign=term.sign)]
    factor = term.sign * term.weight
    cues = [
        Reason(f"{score}: {cue.cue}", cue.value, factor * cue.contributions[score], f"{score}: {cue.text}")
        for cue in emotion.reasons
        if score in cue.contributions
    ]
    if not standing.pull:
        return cues
    rest = counted - math.fsum(cue.contribution for cue in cues)
    text = f"{term.words or term.name}: {score} {value:+.2f}"
    whole = Reason(f"{score}: in this archive", value, rest, text, term.weight)
    return [*cues, _placed(whole, standing, value, sign=term.sign)]


def _comparison_reasons(
    like: ExampleQuery, compared: Compared, standing: Standing, row: SegmentRow, found: Findings
) -> list[Reason]:
    """Return what a comparison counts in the score: the likeness, and half of each step (which goes up to 2)."""
    reasons = []
    if like.alike:
        counted = like.weight * float(standing.counted(compared.likeness))
        alike = Reason("like", compared.likeness, counted, compared.text, like.weight)
        reasons.append(_placed(alike, standing, compared.likeness))
    for term, step, text in zip(like.deltas, compared.steps, compared.stepped, strict=True):
        value = float(row.vector[found.table.names.index(term.name)])
        column = found.standings.of(term.name)
        counted = term.weight * float(column.counted(value, sign=term.sign, amounts=step / 2))
        stepped = Reason(f"{term.name} than there", step, counted, text, term.weight)
        reasons.append(_placed(stepped, column, value, sign=term.sign))
    return reasons


def _placed(reason: Reason, standing: Standing, value: float, *, sign: int = 1) -> Reason:
    """Return a reason that says where the value stands in the archive, where that counts."""
    if not standing.pull:
        return reason
    text = f"{reason.text}, {standing.told(value, sign=sign)}"
    return replace(reason, text=text, percentile=standing.place(value, sign=sign).percentile)


def _sort_reason(sort: Sort, row: SegmentRow, names: Sequence[str], *, contribution: float) -> Reason:
    if sort.by_measure:
        value = measure(row.segment, sort.key)
        text = f"{sort.words}: {label(sort.key)} {quantity(sort.key, value)}"
    else:
        value = float(row.vector[names.index(sort.key)])
        text = f"{sort.words}: {sort.key} {value:.2f}"
    return Reason(f"order by {sort.key}", value, contribution, text)
