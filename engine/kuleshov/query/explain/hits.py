"""Shots, scenes and films as hits: the score and its reasons, the largest contribution first.

A whole film answers "films whose arc falls then rises". What else the query asks for holds for the film's mean: a
quality for that of its moments, a limit on a number for that of its shots (a length for the film's own), each weighted
by seconds; a line must be spoken somewhere in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from kuleshov.archive.film.entries import FilmEntry, SegmentRow
from kuleshov.query.explain.result import Hit
from kuleshov.query.match_query import Matches
from kuleshov.query.matching.context import SegmentView, View
from kuleshov.query.matching.part import Reason
from kuleshov.query.parts.sort import Sort, SortMatch


def explained(row: SegmentRow, matches: Matches) -> Hit | None:
    """Return a segment as a hit of a query; it need not satisfy every part.

    ``None`` where it has nothing of a part that would count in the score.
    """
    reasons = _reasons(SegmentView(matches.context, row), matches)
    return None if reasons is None else hit_of(row, reasons)


def film_hits(matches: Matches, *, k: int | None) -> list[Hit]:
    """Return the ``k`` best films that satisfy every part (``None`` = all), or the first in the order it asks for.

    The score is the weighted sum of how well its course is fulfilled, how well its lines fit, how much its mean has of
    the qualities, and how much its shot that is most like a picture is; without those it is 1, in equal shares from the
    limits. Values count as they are: films are few.
    """
    order = next((match for match in matches.parts if isinstance(match, SortMatch)), None)
    ranked = []
    for film in matches.context.films:
        view = matches.film_view(film)
        if matches.satisfied_by(view):
            ranked.append((order.key(view) if order else 0.0, _film_hit(film, _reasons(view, matches) or [])))
    ranked.sort(key=lambda pair: (-pair[0], -pair[1].score, pair[1].content_id))
    return [hit for _, hit in ranked[:k]]


def hit_of(row: SegmentRow, reasons: Sequence[Reason]) -> Hit:
    """Return a segment as a hit; its score is the sum of the contributions."""
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
        score=score_of(reasons),
        reasons=_largest_first(reasons),
    )


def score_of(reasons: Sequence[Reason]) -> float:
    """Return what reasons add up to."""
    return math.fsum(reason.contribution for reason in reasons)


def _film_hit(film: FilmEntry, reasons: Sequence[Reason]) -> Hit:
    return Hit(
        film=film.title,
        content_id=film.content_id,
        unit="film",
        index=0,
        in_seconds=0.0,
        out_seconds=film.duration_seconds,
        in_frame=0,
        out_frame=film.frame_count,
        score=score_of(reasons),
        reasons=_largest_first(reasons),
    )


def _largest_first(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda reason: -abs(reason.contribution)))


def _reasons(view: View, matches: Matches) -> list[Reason] | None:
    """Return the reasons of all parts, ``None`` where a part has none to give.

    Where no part is graded, the filters share the score; where there is no filter, the order has all of it.
    """
    filters: list[Reason] = []
    order: list[Reason] = []
    for match in matches.parts:
        reasons = match.reasons(view)
        if reasons is None:
            return None
        (order if isinstance(match.part, Sort) else filters).extend(reasons)
    if any(matches.query.graded()):
        return [*filters, *order]
    sharing = filters or order
    shared = [replace(reason, contribution=1.0 / len(sharing)) for reason in sharing]
    return [*shared, *order] if filters else shared
