"""Why a segment was found: the terms of its score, each with the measured number behind it.

The rule of the sum, for every query:

- with qualities, the score is the sum of ``sign * weight * value``; a feeling's part is unfolded into its cues, and
  conditions and orders, which only let in or arrange, contribute 0; what is to be seen in the picture is one more
  such quality;
- without qualities, every hit fulfils the query wholly: the score is 1, in equal parts from its conditions, or where
  there are none from the order. A line that was asked for by its meaning counts as much as it is like it, a change or
  an arc as well as it is fulfilled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from kuleshov.archive.entries import FilmEntry, SegmentRow
from kuleshov.cinema.attributes import ATTRIBUTE_NAMES
from kuleshov.cinema.attributes import explain as explain_attribute
from kuleshov.cinema.measures import MEASURES, measure
from kuleshov.query.catalogue import FilmFilter
from kuleshov.query.over_time import ArcWish, Judged, Wish
from kuleshov.query.query import Query, Sort
from kuleshov.query.result import Hit, Reason
from kuleshov.query.spoken import Match
from kuleshov.query.term import Term
from kuleshov.records import Segment

_LABELS = {entry.path: entry.label for entry in MEASURES}
_UNITS = {entry.path: entry.unit for entry in MEASURES}


def explained(
    row: SegmentRow,
    query: Query,
    *,
    vector_names: Sequence[str],
    lines: Sequence[Match] = (),
    courses: Sequence[Judged] = (),
    compared: Sequence[Reason] = (),
    looks: Sequence[Reason] = (),
) -> Hit:
    """Return a segment as a hit of a query: its score and reasons, the largest contribution first.

    ``lines`` are those that the query asks for, one for each of ``query.said``; ``courses`` how it goes on, one for
    each of ``query.wishes``; ``compared`` what its comparisons count, ``looks`` what is seen in the picture.
    """
    segment = row.segment
    reasons = [reason for term in query.terms for reason in _term_reasons(term, row, vector_names)]
    limits = tuple(dict.fromkeys((one.measure, one.words) for one in query.conditions))  # a range is one limit
    reasons += [*compared, *looks]
    share = (
        0.0
        if query.terms or query.likes or query.seen
        else 1.0 / max(len(limits) + len(lines) + len(courses) + len(query.filters), 1)
    )
    reasons += [known(one, row.film, share=share) for one in query.filters]
    for match in lines:
        reasons.append(Reason("says", match.found.score, share * match.found.score, match.text))
    for wish, judged in zip(query.wishes, courses, strict=True):
        reasons.append(evidence(wish, judged, share=share))
    for path, words in limits:
        value = measure(segment, path)
        reasons.append(Reason(path, value, share, f"{words or path}: {label(path)} {quantity(path, value)}"))
    if query.sort is not None:
        alone = not (reasons or query.terms)
        reasons.append(_sort_reason(query.sort, row, vector_names, contribution=1.0 if alone else 0.0))
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


def evidence(wish: Wish, judged: Judged, *, share: float) -> Reason:
    """Return a fulfilled wish as a reason of a hit; ``share``: what it counts of the score where it fits wholly."""
    cue = "arc" if isinstance(wish, ArcWish) else "change"
    return Reason(cue, judged.score, share * judged.score, f"{wish.words}: {judged.text}")


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


def _term_reasons(term: Term, row: SegmentRow, names: Sequence[str]) -> list[Reason]:
    factor = term.sign * term.weight
    score = term.name.removeprefix("mood_")
    emotion = row.segment.emotion
    if term.name not in ATTRIBUTE_NAMES and emotion is not None:
        return [
            Reason(f"{score}: {cue.cue}", cue.value, factor * cue.contributions[score], f"{score}: {cue.text}")
            for cue in emotion.reasons
            if score in cue.contributions
        ]
    value = float(row.vector[names.index(term.name)])
    if term.hint and math.isnan(value):
        return []
    text = ": ".join(part for part in (term.words or term.name, behind(term.name, row.segment)) if part)
    return [Reason(term.name, value, factor * value, text)]


def _sort_reason(sort: Sort, row: SegmentRow, names: Sequence[str], *, contribution: float) -> Reason:
    if sort.by_measure:
        value = measure(row.segment, sort.key)
        text = f"{sort.words}: {label(sort.key)} {quantity(sort.key, value)}"
    else:
        value = float(row.vector[names.index(sort.key)])
        text = f"{sort.words}: {sort.key} {value:.2f}"
    return Reason(f"order by {sort.key}", value, contribution, text)
