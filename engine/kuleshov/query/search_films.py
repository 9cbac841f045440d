"""Whole films as the answer: those that go on as a query asks, "films whose arc falls then rises".

What else the query asks for holds for the film's mean: a quality for that of its moments, a limit on a number for that
of its shots (a length for the film's own), each weighted by seconds; a line must be spoken somewhere in it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.store import Archive
from kuleshov.cinema.attributes.measures import MEASURES
from kuleshov.query.explain.reasons import evidence, known, label, quantity
from kuleshov.query.explain.result import Hit, Reason
from kuleshov.query.matching.calibration import PLAIN
from kuleshov.query.matching.line_match import Match, matches
from kuleshov.query.matching.picture_match import Look, Sighted, looks, sight_reason
from kuleshov.query.matching.temporal_match import whole
from kuleshov.query.matching.temporal_query import judge
from kuleshov.query.parts.line import LineQuery
from kuleshov.query.spec.query import Query
from kuleshov.query.spec.weights import graded, normalised
from kuleshov.records import Moments

_PATHS = [measure.path for measure in MEASURES]


def film_hits(archive: Archive, sighted: Sighted, k: int, films: Collection[str] | None) -> list[Hit]:
    """Return the films that fulfil a query, best first, or in the order it asks for.

    The score is the weighted sum of how well its courses are fulfilled, its lines fit, its mean has the qualities, and
    how much the shot that looks most like what is to be seen does; without those it is 1, in equal parts from the
    limits. Values count as they are: films are few.
    """
    query = normalised(sighted.query)
    seen = [_best_looks(looks(archive, "shot", one, vector, allowed=None), archive) for one, vector in sighted.wishes]
    said = [_best_lines(archive, one) for one in query.said]
    found: list[tuple[float, Hit]] = []
    for film in archive.films():
        if (films is not None and film.content_id not in films) or any(film.content_id not in one for one in said):
            continue
        if any(film.content_id not in one for one in seen):
            continue
        means = _means(archive, film, query)
        lines = [one[film.content_id] for one in said]
        reasons = None if means is None else _reasons(archive, query, means, lines)
        if means is not None and reasons is not None:
            shown = [sight_reason(one, best[film.content_id]) for one, best in zip(query.seen, seen, strict=True)]
            hit = _hit(film, [*reasons, *shown])
            found.append((means.key(query), hit))
    found = [(key, hit) for key, hit in found if not math.isnan(key)]
    return [hit for _, hit in sorted(found, key=lambda pair: (-pair[0], -pair[1].score, pair[1].content_id))[:k]]


@dataclass(frozen=True)
class _Means:
    """A film with its moments and the numbers of its shots, float64 ``[shots, MEASURES]``."""

    film: FilmEntry
    moments: Moments | None
    shots: NDArray[np.float64]

    def quality(self, name: str) -> float:
        if self.moments is None:
            return math.nan
        seconds = self.moments.end_seconds - self.moments.start_seconds
        return _mean(self.moments.values[name].astype(np.float64), seconds)

    def number(self, path: str) -> float:
        if path == "duration_seconds":
            return self.film.duration_seconds
        return _mean(self.shots[:, _PATHS.index(path)], self.shots[:, _PATHS.index("duration_seconds")])

    def key(self, query: Query) -> float:
        """What it is ordered by, largest first; NaN where that was not measured."""
        if query.sort is None:
            return 0.0
        value = self.number(query.sort.key) if query.sort.by_measure else self.quality(query.sort.key)
        return value if query.sort.descending else -value


def _means(archive: Archive, film: FilmEntry, query: Query) -> _Means | None:
    names = {name for wish in query.wishes for name in wish.names} | {term.name for term in query.terms}
    if query.sort is not None and not query.sort.by_measure:
        names.add(query.sort.key)
    moments = archive.moments(film.content_id, names)
    if names and (moments is None or not len(moments)):
        return None
    return _Means(film, moments, archive.film_measures("shot", film.content_id))


def _best_lines(archive: Archive, said: LineQuery) -> dict[str, Match]:
    """Return the line of each film that fits best, by content id."""
    best: dict[str, Match] = {}
    for match in matches(archive, "shot", said).values():
        film = match.found.content_id
        if film not in best or match.found.score > best[film].found.score:
            best[film] = match
    return best


def _reasons(archive: Archive, query: Query, means: _Means, lines: Sequence[Match]) -> list[Reason] | None:
    """What speaks for a film, ``None`` where it does not fulfil all."""
    reasons = []
    for wish in query.wishes:
        if means.moments is None:
            return None
        judged = judge(wish, means.moments, whole(archive, means.film, wish))
        if not judged.fulfilled:
            return None
        reasons.append(evidence(wish, judged, PLAIN))
    for term in query.terms:
        value = means.quality(term.name)
        if not term.accepts(value):
            return None
        if math.isnan(value):
            continue  # a hint that was not measured
        counted = term.sign * term.weight * value
        text = f"{term.words}: {term.name} {value:+.2f} on average"
        reasons.append(Reason(term.name, value, counted, text, term.weight))
    for one, line in zip(query.said, lines, strict=True):
        score = line.found.score
        reasons.append(Reason("says", score, one.weight * score, line.text, one.weight))
    share = 0.0 if any(graded(query)) else 1 / max(len(query.conditions) + len(query.filters), 1)
    reasons += [known(one, means.film, share=share) for one in query.filters]
    for condition in query.conditions:
        value = means.number(condition.measure)
        if not condition.accepts(value):
            return None
        told = f"{condition.words}: {label(condition.measure)} {quantity(condition.measure, value)}"
        reasons.append(Reason(condition.measure, value, share, told))
    return reasons


def _best_looks(found: Mapping[int, Look], archive: Archive) -> dict[str, Look]:
    """The look of the shot of each film that is most like a text, if one is like it at all, with its time."""
    best: dict[str, Look] = {}
    there = [id for id, look in found.items() if look.fulfilled]
    for row in archive.segments("shot", there):
        look = found[row.id]
        if row.film.content_id not in best or look.score > best[row.film.content_id].score:
            minutes, seconds = divmod(int(row.segment.start_seconds), 60)
            best[row.film.content_id] = look._replace(text=f"{look.text}, at {minutes}:{seconds:02d}")
    return best


def _mean(values: NDArray[np.float64], seconds: NDArray[np.float64]) -> float:
    known = np.isfinite(values) & (seconds > 0)
    return float(np.average(values[known], weights=seconds[known])) if known.any() else math.nan


def _hit(film: FilmEntry, reasons: Sequence[Reason]) -> Hit:
    return Hit(
        film=film.title,
        content_id=film.content_id,
        unit="film",
        index=0,
        in_seconds=0.0,
        out_seconds=film.duration_seconds,
        in_frame=0,
        out_frame=film.frame_count,
        score=math.fsum(reason.contribution for reason in reasons),
        reasons=tuple(sorted(reasons, key=lambda reason: -abs(reason.contribution))),
    )
