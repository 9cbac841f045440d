"""Why a scene that somebody expected is, or is not, among the hits of a query: each part of it, and by how much."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from kuleshov.archive.film.entries import FilmEntry, SegmentRow
from kuleshov.archive.norms import archive_norms
from kuleshov.archive.store import Archive
from kuleshov.cinema.attributes.measures import measure
from kuleshov.errors import QueryError
from kuleshov.query.explain.reasons import behind, explained, label, quantity
from kuleshov.query.explain.result import Hit
from kuleshov.query.matching.example_match import compared_to
from kuleshov.query.matching.matches import Findings, find
from kuleshov.query.matching.picture_match import Sighted, looks, with_sight
from kuleshov.query.matching.temporal_match import moments_of, stretches, whole
from kuleshov.query.matching.temporal_query import judge
from kuleshov.query.parts.condition import Condition
from kuleshov.query.parts.film_filter import FilmFilter, chosen_films
from kuleshov.query.parts.term import Term
from kuleshov.query.ranking.rank import Placed, arranged, place_by_score
from kuleshov.query.search_films import film_hits
from kuleshov.query.spec.query import Query, Sort
from kuleshov.query.spec.ranking import USUAL, Ranking


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

    ``hit``: it with its score and reasons, which add up, whether or not it was found; ``None`` where a line that the
    score is made of is missing. ``place``: which hit it is, from 1 on; ``None`` where it is none. ``by_score``: which
    it would be if films were not mixed and what is alike not put together. ``alike_to``: the hit that stands for it.
    """

    unit: str
    index: int
    start_seconds: float
    end_seconds: float
    parts: tuple[Part, ...]
    hit: Hit | None
    place: int | None
    better_than: float | None  # the score of the first hit
    by_score: int | None = None
    alike_to: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def why_not(archive: Archive, query: Query, film: FilmEntry, seconds: float, *, ranking: Ranking = USUAL) -> Verdict:
    """Return what a query makes of the shot or scene of a film at a time (of the film, for a query of films).

    ``ranking`` is that of the search. Raises ``QueryError`` where the film has nothing there.
    """
    sighted = with_sight(archive, query)
    query = sighted.query
    if query.of_films:
        return _of_film(archive, sighted, film)
    id = archive.at(query.unit, film.content_id, seconds)
    if id is None:
        raise QueryError(
            f"{film.title} has no {query.unit} at {seconds:g} s (it is {film.duration_seconds:.1f} s long)"
        )
    films = chosen_films(archive.films(), query.filters, None)
    found = find(archive, sighted, films=films, calibrated=ranking.calibrated)
    (row,) = archive.segments(query.unit, [id])
    values = dict(zip(found.table.names, row.vector.tolist(), strict=True))
    parts = [_term(term, values, row) for term in query.terms if not term.hint]
    parts += [_condition(condition, row) for condition in query.conditions]
    for said, lines in zip(query.said, found.lines, strict=True):
        line = lines.get(id)
        parts.append(Part(said.words, line is not None, None, line.text if line else "no such line is spoken here"))
    parts += [_filter(one, film) for one in query.filters]
    courses = []
    for wish, course in zip(query.wishes, found.courses, strict=True):
        moments = moments_of(archive, film, wish.names)
        stretch = next(one for segment, one in stretches(archive, query.unit, film, wish) if segment == id)
        judged = judge(wish, moments, stretch)
        parts.append(Part(wish.words, judged.fulfilled, None, judged.text))
        courses.append(course._replace(found={**course.found, id: judged}))
    comparisons = []
    for like, comparison in zip(query.likes, found.comparisons, strict=True):
        here = compared_to(archive, query.unit, like, allowed=np.array([id], dtype=np.int64))
        differs = "it does not differ as is wanted, or is the place itself"
        parts.append(Part(like.words, id in here, None, here[id].text if id in here else differs))
        comparisons.append(comparison._replace(found={**comparison.found, **here}))
    looked = []
    for seen, vector in sighted.wishes:
        look = looks(archive, query.unit, seen, vector, allowed=np.array([id], dtype=np.int64))
        unseen = Part(seen.words, False, None, "no image-text model has seen it")
        parts.append(
            Part(seen.words, look[id].fulfilled, max(-look[id].score, 0.0), look[id].text) if id in look else unseen
        )
        looked.append(look)
    if query.sort is not None:
        parts += _order(query.sort, row, values)
    hit = None
    if all(id in there for there in (*found.lines, *looked)):
        hit = explained(
            row,
            replace(found, courses=tuple(courses), comparisons=tuple(comparisons), looks=tuple(looked)),
            archive_norms(archive),
        )
    return _placed(archive, found, row, parts, hit, ranking)


def _filter(one: FilmFilter, film: FilmEntry) -> Part:
    return Part(one.words, one.accepts(film), None, f"{one.field}: {getattr(film, one.field) or 'not known'}")


def _of_film(archive: Archive, sighted: Sighted, film: FilmEntry) -> Verdict:
    query, parts = sighted.query, []
    for wish in query.wishes:
        moments = moments_of(archive, film, wish.names)
        judged = judge(wish, moments, whole(archive, film, wish))
        parts.append(Part(wish.words, judged.fulfilled, None, judged.text))
    parts += [_filter(one, film) for one in query.filters]
    hits = film_hits(archive, sighted, max(len(archive.films()), 1), chosen_films(archive.films(), query.filters, None))
    here = [(number, hit) for number, hit in enumerate(hits, start=1) if hit.content_id == film.content_id]
    place, hit = here[0] if here else (None, None)
    best = hits[0].score if hits else None
    return Verdict("film", 0, 0.0, film.duration_seconds, tuple(parts), hit, place, best)


def _placed(
    archive: Archive, found: Findings, row: SegmentRow, parts: list[Part], hit: Hit | None, ranking: Ranking
) -> Verdict:
    columns = found.table.columns
    (here,) = columns.at(np.array([row.id])).tolist()
    by_score = place_by_score(found, here)
    named = any(one.field == "title" for one in found.query.filters)
    places: list[Placed] = []
    number = None
    k = by_score or 1
    while number is None:
        places = arranged(found, k=k, ranking=ranking, films_named=named)
        numbers = (n for n, place in enumerate(places, start=1) if here in (place.row, *place.alike))
        number = next(numbers, None)
        if by_score is None or len(places) < k:
            break
        k *= 2
    alike_to = None
    if number is not None and here != places[number - 1].row:
        (head,) = archive.segments(found.query.unit, columns.ids(np.array([places[number - 1].row])))
        alike_to = f"{head.film.title}, {head.unit} {head.segment.index}"
    segment = row.segment
    return Verdict(
        unit=row.unit,
        index=segment.index,
        start_seconds=segment.start_seconds,
        end_seconds=segment.end_seconds,
        parts=tuple(parts),
        hit=hit,
        place=number,
        better_than=places[0].scores[0] if places else None,
        by_score=by_score,
        alike_to=alike_to,
    )


def _order(sort: Sort, row: SegmentRow, values: Mapping[str, float]) -> list[Part]:
    """Return the order as a part where it leaves the segment out: what it goes by was not measured."""
    value = measure(row.segment, sort.key) if sort.by_measure else values[sort.key]
    name = label(sort.key) if sort.by_measure else sort.key
    return [Part(sort.words, False, None, f"{name} was not measured")] if math.isnan(value) else []


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
