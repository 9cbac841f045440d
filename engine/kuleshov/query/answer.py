"""Answers: a query searched for in an archive, with reasons. For what a text asks for see ``language.parse``."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.entries import check_unit
from kuleshov.archive.store import Archive
from kuleshov.cinema.attributes import ATTRIBUTE_NAMES
from kuleshov.cinema.measures import Unit
from kuleshov.errors import QueryError
from kuleshov.query.candidates import Candidates
from kuleshov.query.catalogue import chosen_films, why_no_film
from kuleshov.query.compared import Compared, by_comparison, compared_to, reasons
from kuleshov.query.courses import going_on_so
from kuleshov.query.empty import why_empty
from kuleshov.query.explain import explained
from kuleshov.query.films import film_hits
from kuleshov.query.language import parse
from kuleshov.query.query import Query, Sort
from kuleshov.query.result import Hit, SearchResult
from kuleshov.query.spoken import matches

_DEFAULT_HITS = 10
#: Scores of the vectors (float32) are right to this; so many that tie with the last place are looked at.
_PRECISION = 1e-6
_MOST_TIES = 64


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
    if query.of_films:
        hits = film_hits(archive, query, wanted, films)
    elif query.asks_something and len(archive.columns(query.unit)):
        hits = _hits(archive, query, wanted, films)
    return SearchResult(query, tuple(hits), () if hits else why_empty(archive, query, films=films))


def _hits(archive: Archive, query: Query, k: int, films: Collection[str] | None) -> Sequence[Hit]:
    unit, columns = query.unit, archive.columns(query.unit)
    names = columns.names
    ordered_by = [query.sort.key] if query.sort is not None and not query.sort.by_measure else []
    if unknown := [name for name in (*(term.name for term in query.terms), *ordered_by) if name not in names]:
        raise QueryError(f"{unknown[0]!r} is in no vector of this archive; there are: {', '.join(names)}")

    sort = query.sort or _implied_sort(query)
    candidates = Candidates(columns, query, sort, films=films)
    spoken = [matches(archive, unit, said) for said in query.said]
    going_on = [going_on_so(archive, unit, wish, films=films) for wish in query.wishes]
    for segments in (*map(set, spoken), *map(set, going_on)):
        candidates.keep(segments)
    compared = _compared(archive, query, candidates)
    for found in compared:
        candidates.keep(found)
    scores = None
    if compared:
        scores = dict(by_comparison(query, compared, candidates.ids(), weighted=candidates.weighted()))
    elif not query.terms and (spoken or going_on):
        fits = [{id: match.found.score for id, match in lines.items()} for lines in spoken]
        fits += [{id: judged.score for id, judged in found.items()} for found in going_on]
        scores = {id: math.fsum(fit[id] for fit in fits) for id in candidates.ids().tolist()}
    ids, keys = _first(candidates, query, k, scores)
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
            ),
            key,
        )
        for row, key in zip(archive.segments(unit, ids), keys, strict=True)
    ]
    hits.sort(key=lambda pair: (-pair[1], -pair[0].score, pair[0].content_id, pair[0].index))
    return [hit for hit, _ in hits[:k]]


def _compared(archive: Archive, query: Query, candidates: Candidates) -> list[dict[int, Compared]]:
    """Return the candidates that fulfil each of the query's comparisons."""
    if not query.likes:
        return []
    allowed = None if candidates.all_are else candidates.ids()
    return [compared_to(archive, query.unit, like, allowed=allowed) for like in query.likes]


def _first(
    candidates: Candidates, query: Query, k: int, scores: Mapping[int, float] | None
) -> tuple[NDArray[np.int64], list[float]]:
    """Return the ids of the ``k`` that come first, with what they are ordered by, and some that are as good.

    A feeling's score is that of its cues, float64; in the vectors it is float32. So those that tie with the last to
    that precision are looked at too, but not without end: beyond, the vectors decide.
    """
    unfolded = any(term.name not in ATTRIBUTE_NAMES for term in query.terms)
    ids, keys, sums = candidates.first(k + _MOST_TIES * unfolded, scores=scores)
    if len(ids) > k:
        as_good = (keys == keys[k - 1]) & (sums >= sums[k - 1] - _PRECISION)
        as_good[:k] = True
        ids, keys = ids[as_good], keys[as_good]
    return ids, keys.tolist()


def _implied_sort(query: Query) -> Sort | None:
    """Order a query of conditions alone by its first: "longer than 20 s" brings the longest first."""
    if query.terms or query.likes or not query.conditions:
        return None
    first = query.conditions[0]
    return Sort(first.measure, descending=first.op in (">", ">="), words=first.words)
