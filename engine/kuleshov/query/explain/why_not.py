"""Why a scene that somebody expected is, or is not, among the hits of a query: each part of it, and by how much."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from kuleshov.archive.film.entries import FilmEntry, SegmentRow
from kuleshov.archive.store import Archive
from kuleshov.errors import QueryError
from kuleshov.query.explain.hits import explained, film_hits
from kuleshov.query.explain.result import Hit
from kuleshov.query.match_query import Matches, match_query
from kuleshov.query.matching.context import SegmentView, View
from kuleshov.query.matching.part import PartVerdict
from kuleshov.query.ranking.rank import RankedHit, place_by_score, rank_hits
from kuleshov.query.spec.query import Query
from kuleshov.query.spec.ranking import USUAL, Ranking


@dataclass(frozen=True)
class Verdict:
    """What a query makes of one shot, scene or film.

    ``hit``: it with its score and reasons, which add up, whether or not it was found; ``None`` where it lacks a line
    or picture that the score is made of. ``place``: which hit it is, from 1 on; ``None`` where it is none.
    ``by_score``: which it would be if films were not mixed and near-duplicates not put together. ``alike_to``: the hit
    that represents it.
    """

    unit: str
    index: int
    start_seconds: float
    end_seconds: float
    parts: tuple[PartVerdict, ...]
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
    matches = match_query(archive, query, calibrated=ranking.calibrated)
    if query.of_films:
        return _of_film(matches, film)
    id = archive.at(query.unit, film.content_id, seconds)
    if id is None:
        raise QueryError(
            f"{film.title} has no {query.unit} at {seconds:g} s (it is {film.duration_seconds:.1f} s long)"
        )
    (row,) = archive.segments(query.unit, [id])
    return _of_segment(matches, row, ranking)


def _of_film(matches: Matches, film: FilmEntry) -> Verdict:
    hits = film_hits(matches, k=None)
    here = [(number, hit) for number, hit in enumerate(hits, start=1) if hit.content_id == film.content_id]
    place, hit = here[0] if here else (None, None)
    verdicts = _verdicts(matches, matches.film_view(film))
    best = hits[0].score if hits else None
    return Verdict("film", 0, 0.0, film.duration_seconds, verdicts, hit, place, best)


def _verdicts(matches: Matches, view: View) -> tuple[PartVerdict, ...]:
    return tuple(verdict for match in matches.parts for verdict in match.verdicts(view))


def _of_segment(matches: Matches, row: SegmentRow, ranking: Ranking) -> Verdict:
    columns = matches.context.table.columns
    (here,) = columns.at(np.array([row.id])).tolist()
    by_score = place_by_score(matches, here)
    hits: list[RankedHit] = []
    place = None
    k = by_score or 1
    while place is None:
        hits = rank_hits(matches, k=k, ranking=ranking)
        places = (number for number, hit in enumerate(hits, start=1) if here in (hit.row, *hit.near_duplicates))
        place = next(places, None)
        if by_score is None or len(hits) < k:
            break
        k *= 2
    alike_to = None
    if place is not None and here != hits[place - 1].row:
        (head,) = matches.context.archive.segments(row.unit, columns.ids(np.array([hits[place - 1].row])))
        alike_to = f"{head.film.title}, {head.unit} {head.segment.index}"
    return Verdict(
        unit=row.unit,
        index=row.segment.index,
        start_seconds=row.segment.start_seconds,
        end_seconds=row.segment.end_seconds,
        parts=_verdicts(matches, SegmentView(matches.context, row)),
        hit=explained(row, matches),
        place=place,
        better_than=hits[0].scores[0] if hits else None,
        by_score=by_score,
        alike_to=alike_to,
    )
