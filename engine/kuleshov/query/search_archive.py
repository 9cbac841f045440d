"""Answers: a query searched for in an archive, with reasons. For what a text asks for see ``language.parse``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from kuleshov.archive.film.entries import check_unit
from kuleshov.archive.norms import archive_norms
from kuleshov.archive.store import Archive
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.errors import QueryError
from kuleshov.query.explain.reasons import explained
from kuleshov.query.explain.result import Alike, Hit, SearchResult
from kuleshov.query.explain.why_empty import why_empty
from kuleshov.query.language.parser import parse
from kuleshov.query.matching.matches import Findings, find
from kuleshov.query.matching.picture_match import with_sight
from kuleshov.query.parts.film_filter import chosen_films, why_no_film
from kuleshov.query.ranking.rank import Placed, arranged
from kuleshov.query.search_films import film_hits
from kuleshov.query.spec.query import Query
from kuleshov.query.spec.ranking import USUAL, Ranking

_DEFAULT_HITS = 10


def search(
    archive: Archive,
    query: str | Query,
    *,
    k: int | None = None,
    unit: Unit | None = None,
    films: Collection[str] | None = None,
    ranking: Ranking = USUAL,
) -> SearchResult:
    """Return the up to ``k`` best hits; ``None`` = as many as the query says ("the five darkest"), else 10.

    A hit fulfils every condition and every term. Hits come by score, films mixed and copies as one (``ranking``), or in
    the order the query asks for; equal ones by film and place. ``unit`` overrides the query's. ``films``: content ids
    to stay within. Raises ``QueryError`` for a ``k`` below 1, a name that no vector has or a comparison with a time
    that its film has not, ``ArchiveError`` where the archive can't be read, or has not the film that is compared with.
    """
    if k is not None and k < 1:
        raise QueryError(f"k is {k}: ask for at least 1 hit")
    if unit is not None:
        unit = check_unit(unit)
    if isinstance(query, str):
        query = parse(query, unit=unit)
    elif unit is not None:
        query = replace(query, unit=unit, unit_given=True, of_films=False)
    wanted = min(k or query.limit or _DEFAULT_HITS, query.limit or k or _DEFAULT_HITS)
    listed = archive.films() if query.filters else []
    films_named = films is not None or any(one.field == "title" for one in query.filters)
    films = chosen_films(listed, query.filters, films)
    if query.filters and not films:
        return SearchResult(query, (), tuple(why_no_film(listed, query.filters)))
    sighted = with_sight(archive, query)
    query = sighted.query
    hits: Sequence[Hit] = ()
    found = None
    if query.of_films:
        hits = film_hits(archive, sighted, wanted, films)
    elif query.asks_something and len(archive.columns(query.unit)):
        found = find(archive, sighted, films=films, calibrated=ranking.calibrated)
        places = arranged(found, k=wanted, ranking=ranking, films_named=films_named)
        hits = _hits(archive, found, places)
    because = () if hits else why_empty(archive, query, films=films, found=found)
    return SearchResult(query, tuple(hits), because, sighted.notes)


def _hits(archive: Archive, found: Findings, places: Sequence[Placed]) -> list[Hit]:
    """Return the hits, each with those that are all but the same; what is told of those stands in the columns."""
    if not places:
        return []
    table = found.table
    heads = np.array([place.row for place in places], dtype=np.int64)
    norms = archive_norms(archive)
    alike = _alike(archive, found, places)
    return [
        replace(explained(row, found, norms), alike=tuple(islice(alike, len(place.alike))))
        for row, place in zip(archive.segments(found.query.unit, table.columns.ids(heads)), places, strict=True)
    ]


def _alike(archive: Archive, found: Findings, places: Sequence[Placed]) -> Iterator[Alike]:
    """Yield what is told of those that are all but the same as a hit, hit by hit."""
    rows = np.array([row for place in places for row in place.alike], dtype=np.int64)
    if not len(rows):
        return
    table = found.table
    titles = {film.content_id: film.title for film in archive.films()}
    starts, lengths = (table.measure(path)[rows].tolist() for path in ("start_seconds", "duration_seconds"))
    content_ids = [table.content_ids[number] for number in table.film[rows].tolist()]
    scores = [score for place in places for score in place.scores[1:]]
    for film, index, start, length, score in zip(
        content_ids, table.index(rows).tolist(), starts, lengths, scores, strict=True
    ):
        yield Alike(titles[film], film, index, start, start + length, score)
