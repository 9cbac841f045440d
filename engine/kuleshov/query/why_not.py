"""Why a scene that somebody expected is, or is not, among the hits of a query: each part of it, and by how much."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from kuleshov.archive.entries import FilmEntry, SegmentRow
from kuleshov.archive.store import Archive
from kuleshov.cinema.measures import measure
from kuleshov.errors import QueryError
from kuleshov.query.answer import search
from kuleshov.query.catalogue import FilmFilter
from kuleshov.query.compared import compared_to, reasons
from kuleshov.query.courses import moments_of, stretches, whole
from kuleshov.query.explain import behind, explained, label, quantity
from kuleshov.query.over_time import judge
from kuleshov.query.query import Condition, Query
from kuleshov.query.result import Hit
from kuleshov.query.sighted import looks, sight_reason, with_sight
from kuleshov.query.spoken import matches
from kuleshov.query.term import Term


@dataclass(frozen=True)
class Part:
    """One thing that the query asks for, and what the segment has of it."""

    words: str
    fulfilled: bool
    missing: float | None  # how far from fulfilled, in the unit of what is asked; None: not measured, or no number
    text: str


@dataclass(frozen=True)
class Verdict:
    """What a query makes of one shot, scene or film.

    ``hit``: it with its score and reasons, which add up, whether or not it was found; ``None`` where a line or course
    that the score is made of is missing. ``place``: which hit it is, from 1 on; ``None`` where it is none.
    """

    unit: str
    index: int
    start_seconds: float
    end_seconds: float
    parts: tuple[Part, ...]
    hit: Hit | None
    place: int | None
    better_than: float | None  # the score of the first hit

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def why_not(archive: Archive, query: Query, film: FilmEntry, seconds: float) -> Verdict:
    """Return what a query makes of the shot or scene of a film at a time (of the film, for a query of films).

    Raises ``QueryError`` where the film has nothing there.
    """
    sighted = with_sight(archive, query)
    query = sighted.query
    if query.of_films:
        return _of_film(archive, query, film)
    found = archive.at(query.unit, film.content_id, seconds)
    if found is None:
        raise QueryError(
            f"{film.title} has no {query.unit} at {seconds:g} s (it is {film.duration_seconds:.1f} s long)"
        )
    (row,) = archive.segments(query.unit, [found])
    names = archive.vector_names
    values = dict(zip(names, row.vector.tolist(), strict=True))
    parts = [_term(term, values, row) for term in query.terms]
    parts += [_condition(condition, row) for condition in query.conditions]
    lines = [matches(archive, query.unit, said).get(found) for said in query.said]
    for said, line in zip(query.said, lines, strict=True):
        parts.append(Part(said.words, line is not None, None, line.text if line else "no such line is spoken here"))
    parts += [_filter(one, film) for one in query.filters]
    comparisons = []
    for like in query.likes:
        compared = compared_to(archive, query.unit, like, allowed=np.array([found], dtype=np.int64)).get(found)
        differs = "it does not differ as is wanted, or is the place itself"
        parts.append(Part(like.words, compared is not None, None, compared.text if compared else differs))
        comparisons += reasons(like, compared) if compared else []
    looked = []
    for seen, vector in sighted.wishes:
        look = looks(archive, query.unit, seen, vector, allowed=np.array([found], dtype=np.int64)).get(found)
        missing = None if look is None else max(-look.score, 0.0)
        unseen = "no image-text model has seen it"
        parts.append(Part(seen.words, look is not None and look.fulfilled, missing, look.text if look else unseen))
        looked += [sight_reason(seen, look)] if look else []
    courses = []
    for wish in query.wishes:
        moments = moments_of(archive, film, wish.names)
        stretch = next(one for id, one in stretches(archive, query.unit, film, wish) if id == found)
        courses.append(judge(wish, moments, stretch))
        parts.append(Part(wish.words, courses[-1].fulfilled, None, courses[-1].text))
    spoken = [line for line in lines if line is not None]
    hit = None
    if len(spoken) == len(lines) and len(looked) == len(query.seen):
        hit = explained(
            row, query, vector_names=names, lines=spoken, courses=courses, compared=comparisons, looks=looked
        )
    return _placed(archive, query, row, parts, hit)


def _filter(one: FilmFilter, film: FilmEntry) -> Part:
    return Part(one.words, one.accepts(film), None, f"{one.field}: {getattr(film, one.field) or 'not known'}")


def _of_film(archive: Archive, query: Query, film: FilmEntry) -> Verdict:
    parts = []
    for wish in query.wishes:
        moments = moments_of(archive, film, wish.names)
        judged = judge(wish, moments, whole(archive, film, wish))
        parts.append(Part(wish.words, judged.fulfilled, None, judged.text))
    parts += [_filter(one, film) for one in query.filters]
    hits = search(archive, replace(query, limit=None), k=max(len(archive.films()), 1)).hits
    here = [(number, hit) for number, hit in enumerate(hits, start=1) if hit.content_id == film.content_id]
    place, hit = here[0] if here else (None, None)
    best = hits[0].score if hits else None
    return Verdict("film", 0, 0.0, film.duration_seconds, tuple(parts), hit, place, best)


def _placed(archive: Archive, query: Query, row: SegmentRow, parts: list[Part], hit: Hit | None) -> Verdict:
    everything = replace(query, limit=None)
    hits = search(archive, everything, k=archive.count(query.unit)).hits
    place = next(
        (
            number
            for number, other in enumerate(hits, start=1)
            if (other.content_id, other.index) == (row.film.content_id, row.segment.index)
        ),
        None,
    )
    segment = row.segment
    best = hits[0].score if hits else None
    times = (segment.start_seconds, segment.end_seconds)
    return Verdict(row.unit, segment.index, *times, tuple(parts), hit, place, best)


def _term(term: Term, values: Mapping[str, float], row: SegmentRow) -> Part:
    value = values[term.name]
    words = term.words or term.name
    if math.isnan(value):
        return Part(words, False, None, f"{term.name} was not measured")
    missing = 0.0 if term.accepts(value) else max(term.minimum - term.sign * value, 0.0)
    limit = term.sign * term.minimum + 0.0
    asked = ("at least" if term.sign > 0 else "at most") if term.inclusive else ("above" if term.sign > 0 else "below")
    number = behind(term.name, row.segment)
    text = f"{term.name} is {value:+.2f}, asked {asked} {limit:g}" + (f" ({number})" if number else "")
    return Part(words, term.accepts(value), missing, text)


def _condition(condition: Condition, row: SegmentRow) -> Part:
    value = measure(row.segment, condition.measure)
    words = condition.words or condition.measure
    if math.isnan(value):
        return Part(words, False, None, f"{label(condition.measure)} was not measured")
    missing = 0.0 if condition.accepts(value) else abs(value - condition.value)
    has, asked = quantity(condition.measure, value), quantity(condition.measure, condition.value)
    text = f"{label(condition.measure)} is {has}, asked {condition.op} {asked}"
    return Part(words, condition.accepts(value), missing, text)
