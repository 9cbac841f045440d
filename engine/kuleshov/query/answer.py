"""Answers: a query searched for in an archive, with reasons. For what a text asks for see ``language.parse``."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.entries import SegmentRow, check_unit
from kuleshov.archive.store import Archive
from kuleshov.cinema.measures import Unit
from kuleshov.errors import QueryError
from kuleshov.query.candidates import Ranked, by_sort, by_weights, collect, fulfilling, qualifying
from kuleshov.query.catalogue import chosen_films, why_no_film
from kuleshov.query.compared import by_comparison, compared_to, reasons
from kuleshov.query.courses import going_on_so
from kuleshov.query.empty import why_empty
from kuleshov.query.explain import explained
from kuleshov.query.films import film_hits
from kuleshov.query.language import parse
from kuleshov.query.query import Query, Sort
from kuleshov.query.result import Hit, SearchResult
from kuleshov.query.sighted import Sighted, by_sight, looks, sight_reason, with_sight
from kuleshov.query.spoken import matches

_DEFAULT_HITS = 10
#: Weighted sums are asked for this many times ``k`` at first: the best by sum mostly fulfil every term.
_SPARE = 8


def search(
    archive: Archive,
    query: str | Query,
    *,
    k: int | None = None,
    unit: Unit | None = None,
    films: Collection[str] | None = None,
) -> SearchResult:
    """Return the up to ``k`` best hits; ``None`` = as many as the query says ("the five darkest"), else 10.

    A hit fulfils every condition and every term. Hits come by score, or in the order the query asks for; equal ones by
    film and place. ``unit`` overrides the query's. ``films``: content ids to stay within. Raises ``QueryError`` for a
    ``k`` below 1, a name that no vector has or a comparison with a time that its film has not, ``ArchiveError`` where
    the archive can't be read, or has not the film that is compared with.
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
    hits: Sequence[Hit] = ()
    listed = archive.films() if query.filters else []
    films = chosen_films(listed, query.filters, films)
    if query.filters and not films:
        return SearchResult(query, (), tuple(why_no_film(listed, query.filters)))
    sighted = with_sight(archive, query)
    query = sighted.query
    if query.of_films:
        hits = film_hits(archive, sighted, wanted, films)
    elif query.asks_something and archive.count(query.unit):
        hits = _hits(archive, sighted, wanted, films)
    because = () if hits else why_empty(archive, query, films=films)
    return SearchResult(query, tuple(hits), because, sighted.notes)


def _hits(archive: Archive, sighted: Sighted, k: int, films: Collection[str] | None) -> Sequence[Hit]:
    query = sighted.query
    names = archive.vector_names
    keys = [query.sort.key] if query.sort is not None and not query.sort.by_measure else []
    if unknown := [name for name in (*(term.name for term in query.terms), *keys) if name not in names]:
        raise QueryError(f"{unknown[0]!r} is in no vector of this archive; there are: {', '.join(names)}")

    sort = query.sort or _implied_sort(query)
    ordered_by = None if sort is None or sort.by_measure else names.index(sort.key)

    def accepts(row: SegmentRow) -> bool:
        in_films = films is None or row.film.content_id in films
        has_order = ordered_by is None or not math.isnan(row.vector[ordered_by])
        return in_films and has_order and all(one.accepts(row.vector[names.index(one.name)]) for one in query.terms)

    unit, allowed = query.unit, fulfilling(archive, query.unit, query.conditions)
    spoken = [matches(archive, unit, said) for said in query.said]
    going_on = [going_on_so(archive, unit, wish, films=films) for wish in query.wishes]
    if films is not None:
        allowed = _within(archive, unit, films, allowed)
    compared = [compared_to(archive, unit, like, allowed=allowed) for like in query.likes]
    allowed = _meeting(allowed, (*spoken, *going_on, *compared))
    looked = [looks(archive, unit, seen, vector, allowed=allowed) for seen, vector in sighted.wishes]
    allowed = _meeting(allowed, [[id for id, look in found.items() if look.fulfilled] for found in looked])
    found: list[tuple[SegmentRow, float]] = []
    settled = False
    ranked: Ranked
    if sort is None and (looked or compared):
        others = dict(_weighted(archive, query, allowed))
        if compared:
            others = dict(by_comparison(query, compared, allowed, weighted=others))
        ranked = by_sight(query, looked, allowed, others=others)
        found, settled = collect(archive, unit, ranked, k=k, accepts=accepts)
        settled = True
    elif sort is None and not query.terms and (spoken or going_on):
        scores = [{id: match.found.score for id, match in lines.items()} for lines in spoken]
        scores += [{id: judged.score for id, judged in found.items()} for found in going_on]
        ranked = _by_likeness(scores, allowed)
        found, settled = collect(archive, unit, ranked, k=k, accepts=accepts)
        settled = True
    elif sort is None:
        ranked = by_weights(archive, unit, query.weights(), k=_SPARE * k, allowed=allowed)
        found, settled = collect(archive, unit, ranked, k=k, accepts=accepts)
        settled = settled or len(ranked) < _SPARE * k
    if not settled:
        allowed = qualifying(archive, unit, query.terms, allowed)
        if sort is not None:
            ranked = by_sort(archive, unit, sort, allowed=allowed)
        else:
            ranked = by_weights(archive, unit, query.weights(), k=archive.count(unit), allowed=allowed)
        found, _ = collect(archive, unit, ranked, k=k, accepts=accepts)
    hits = [
        (
            explained(
                row,
                query,
                vector_names=names,
                lines=[segments[row.id] for segments in spoken],
                courses=[found[row.id] for found in going_on],
                compared=[
                    reason
                    for like, found in zip(query.likes, compared, strict=True)
                    for reason in reasons(like, found[row.id])
                ],
                looks=[sight_reason(seen, look[row.id]) for seen, look in zip(query.seen, looked, strict=True)],
            ),
            key if sort is not None else 0.0,
        )
        for row, key in found
    ]
    hits.sort(key=lambda pair: (-pair[1], -pair[0].score, pair[0].content_id, pair[0].index))
    return [hit for hit, _ in hits[:k]]


def _meeting(allowed: NDArray[np.int64] | None, found: Iterable[Iterable[int]]) -> NDArray[np.int64] | None:
    """Return the allowed segments that are in everything that was found, ascending."""
    for each in found:
        ids = np.array(sorted(each), dtype=np.int64)
        allowed = ids if allowed is None else np.intersect1d(allowed, ids)
    return allowed


def _within(
    archive: Archive, unit: Unit, films: Collection[str], allowed: NDArray[np.int64] | None
) -> NDArray[np.int64]:
    """Return the segments of these films, ascending."""
    ids = np.array(sorted(span[0] for film in films for span in archive.spans(unit, film)), dtype=np.int64)
    return ids if allowed is None else np.intersect1d(allowed, ids)


def _weighted(archive: Archive, query: Query, allowed: NDArray[np.int64] | None) -> Ranked:
    if not query.terms:
        return ()
    return by_weights(archive, query.unit, query.weights(), k=archive.count(query.unit), allowed=allowed)


def _by_likeness(scores: Sequence[Mapping[int, float]], allowed: NDArray[np.int64] | None) -> Ranked:
    """Return the segments that have every line and course asked for, by how well those fit."""
    ids = [] if allowed is None else allowed.tolist()
    keys = {id: math.fsum(segments[id] for segments in scores) for id in ids}
    return sorted(keys.items(), key=lambda pair: (-pair[1], pair[0]))


def _implied_sort(query: Query) -> Sort | None:
    """Order a query of conditions alone by its first: "longer than 20 s" brings the longest first."""
    if query.terms or query.likes or query.seen or not query.conditions:
        return None
    first = query.conditions[0]
    return Sort(first.measure, descending=first.op in (">", ">="), words=first.words)
