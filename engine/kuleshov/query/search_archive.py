"""Answers: a query searched for in an archive, with reasons. For what a text asks for see ``language.parse``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from kuleshov.archive.film.entries import check_unit
from kuleshov.archive.store import Archive
from kuleshov.errors import QueryError
from kuleshov.query.explain.hits import explained, film_hits
from kuleshov.query.explain.result import Hit, NearDuplicate, SearchResult
from kuleshov.query.explain.why_empty import why_empty
from kuleshov.query.language.parser import parse
from kuleshov.query.match_query import Matches, match_query
from kuleshov.query.ranking.rank import RankedHit, rank_hits
from kuleshov.query.spec.query import Query
from kuleshov.query.spec.ranking import USUAL, Ranking
from kuleshov.records import Unit

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

    A hit satisfies every condition and every term. Hits come by score, films mixed and near-duplicates as one
    (``ranking``), or in the order the query asks for; equal ones by film and index. ``unit`` overrides the query's.
    ``films``: content ids to stay within. Raises ``QueryError`` for a ``k`` below 1, a name that no vector has or a
    comparison with a time that its film does not have, ``ArchiveError`` where the archive can't be read, or does not
    have the film that is compared with.
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
    matches = match_query(archive, query, films=films, calibrated=ranking.calibrated)
    hits: list[Hit] = []
    if matches.query.asks_something and query.of_films:
        hits = film_hits(matches, k=wanted)
    elif matches.query.asks_something:
        hits = _hits(matches, rank_hits(matches, k=wanted, ranking=ranking, mix=films is None))
    because = () if hits else why_empty(matches)
    return SearchResult(matches.query, tuple(hits), because, matches.notes)


def _hits(matches: Matches, ranked: Sequence[RankedHit]) -> list[Hit]:
    """Return the hits with their reasons and near-duplicates. Only the hits' own rows are read."""
    if not ranked:
        return []
    context = matches.context
    heads = context.table.columns.ids(np.array([hit.row for hit in ranked], dtype=np.int64))
    near_duplicates = _near_duplicates(matches, ranked)
    hits = []
    for row, place in zip(context.archive.segments(context.unit, heads), ranked, strict=True):
        hit = explained(row, matches)
        assert hit is not None  # it satisfies every part
        hits.append(replace(hit, alike=tuple(islice(near_duplicates, len(place.near_duplicates)))))
    return hits


def _near_duplicates(matches: Matches, ranked: Sequence[RankedHit]) -> Iterator[NearDuplicate]:
    """Yield the near-duplicates of the hits, hit by hit, as the columns describe them."""
    rows = np.array([row for hit in ranked for row in hit.near_duplicates], dtype=np.int64)
    if not len(rows):
        return
    table = matches.context.table
    titles = {film.content_id: film.title for film in matches.context.films}
    starts, lengths = (table.measure(path)[rows].tolist() for path in ("start_seconds", "duration_seconds"))
    content_ids = [table.content_ids[number] for number in table.film[rows].tolist()]
    scores = [score for hit in ranked for score in hit.scores[1:]]
    for film, index, start, length, score in zip(
        content_ids, table.index(rows).tolist(), starts, lengths, scores, strict=True
    ):
        yield NearDuplicate(titles[film], film, index, start, start + length, score)
