"""Which shots or scenes go on as a query asks: its changes and arcs judged on the moments of every film."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.store import Archive
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.errors import QueryError
from kuleshov.query.matching.temporal_query import Judged, Stretch, TemporalQuery, judge
from kuleshov.query.parts.arc import ArcQuery
from kuleshov.query.parts.change import FADE_OUT
from kuleshov.query.spec.query import Query
from kuleshov.records import Moments

_FADES = ("fade_black", "fade_white")
#: Mean luma of a picture that shows something, and of black (design values): a last shot goes from one to the other.
_SEEN, _BLACK = 0.1, 0.03


def going_on_so(
    archive: Archive, unit: Unit, wish: TemporalQuery, *, films: Collection[str] | None = None
) -> tuple[dict[int, Judged], list[float]]:
    """Return the shots or scenes that fulfil a wish, by id, and how well every one fulfils it that was judged."""
    found = {}
    scores = []
    for film, moments in _films(archive, wish, films):
        for segment, stretch in stretches(archive, unit, film, wish):
            judged = judge(wish, moments, stretch)
            scores.append(judged.score)
            if judged.fulfilled:
                found[segment] = judged
    return found, scores


def moments_of(archive: Archive, film: FilmEntry, names: Collection[str]) -> Moments:
    """Return a film's moments with these values. Raises ``QueryError`` where it was described before there were any."""
    moments = archive.moments(film.content_id, names)
    if moments is None:
        raise QueryError(f"{film.title}: described before there were moments (ingest {film.source} again)")
    return moments


def stretches(archive: Archive, unit: Unit, film: FilmEntry, wish: TemporalQuery) -> Iterator[tuple[int, Stretch]]:
    """Yield the shots or scenes of a film as stretches of time, with their ids."""
    spans = archive.spans(unit, film.content_id)
    climax = _climax(archive, film, wish)
    fades = _fading(archive, film, wish)
    for segment, start, end in spans:
        yield segment, Stretch(start, end, film.duration_seconds, climax, any(abs(end - at) < 1e-6 for at in fades))


def whole(archive: Archive, film: FilmEntry, wish: TemporalQuery) -> Stretch:
    """Return a whole film as a stretch."""
    end = film.duration_seconds
    return Stretch(0.0, end, end, _climax(archive, film, wish), False)


def nearest_course(
    archive: Archive, query: Query, wish: TemporalQuery, *, films: Collection[str] | None
) -> tuple[str | None, int]:
    """Return where a wish comes nearest to be fulfilled, in words, and how many fulfil it."""
    best: tuple[float, str] | None = None
    number = 0
    for film, moments in _films(archive, wish, films):
        spans = [whole(archive, film, wish)]
        if not query.of_films:
            spans = [stretch for _, stretch in stretches(archive, query.unit, film, wish)]
        for stretch in spans:
            judged = judge(wish, moments, stretch)
            number += judged.fulfilled
            if best is None or judged.score > best[0]:
                best = (judged.score, f"{film.title}: {judged.text}")
    return (None if best is None else best[1]), number


def without_moments(archive: Archive, films: Collection[str] | None = None) -> list[str]:
    """Return the titles of films that can't be searched for changes: described before there were moments."""
    return [
        film.title
        for film in archive.films()
        if (films is None or film.content_id in films) and archive.moments(film.content_id, ()) is None
    ]


def _films(archive: Archive, wish: TemporalQuery, films: Collection[str] | None) -> Iterator[tuple[FilmEntry, Moments]]:
    for film in archive.films():
        if films is None or film.content_id in films:
            moments = archive.moments(film.content_id, wish.names)
            if moments is not None and len(moments):
                yield film, moments


def _climax(archive: Archive, film: FilmEntry, wish: TemporalQuery) -> float | None:
    if isinstance(wish, ArcQuery) or not (wish.to_climax or wish.kind == "climax"):
        return None
    arc = archive.arc(film.content_id)
    return None if arc is None else arc.climax_seconds


def _fading(archive: Archive, film: FilmEntry, wish: TemporalQuery) -> list[float]:
    """When the shots end that fade out, where the wish asks for that."""
    if isinstance(wish, ArcQuery) or all(term.name != FADE_OUT for term in (*wish.before, *wish.after)):
        return []
    shots = archive.analysis(film.content_id).shots
    times = [shot.start_seconds for shot in shots if shot.transition_in.type in _FADES]
    luma = archive.tracks(film.content_id).get("luma_mean")
    if shots and luma is not None:
        last = luma.between(shots[-1].start_seconds, shots[-1].end_seconds)
        if len(last) and last.max() >= _SEEN and last[-1] <= _BLACK:
            times.append(shots[-1].end_seconds)
    return times
