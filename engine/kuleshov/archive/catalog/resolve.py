"""Which film is meant by a title or the beginning of an id."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from kuleshov.archive.film.entries import FilmEntry
from kuleshov.errors import ArchiveError

_SHOWN = 5


def resolve_film(archive: Path, films: Sequence[FilmEntry], text: str) -> FilmEntry:
    """Return the film whose content id, title or path ``text`` is, else the only one whose id begins so.

    Titles are compared without regard to case. Raises ``ArchiveError`` if no film or more than one is meant.
    """
    wanted = text.strip()
    title, beginning = wanted.casefold(), wanted.lower()
    ways = (  # each looked for only if the ones before found nothing
        (film for film in films if film.content_id == wanted),
        (film for film in films if film.title.casefold() == title),
        (film for film in films if wanted and film.source == str(Path(wanted).absolute())),
        (film for film in films if beginning and film.content_id.startswith(beginning)),
    )
    for meant in map(list, ways):
        if len(meant) == 1:
            return meant[0]
        if meant:
            listing = ", ".join(_told(film) for film in meant[:_SHOWN])
            raise ArchiveError(f"{archive}: {text!r} means {len(meant)} films: {listing} (give an id or a path)")
    titles = {film.title.casefold(): film.title for film in films}
    close = [titles[key] for key in get_close_matches(wanted.casefold(), titles, n=_SHOWN)]
    hint = f"did you mean {' or '.join(map(repr, close))}?" if close else "see the list of films"
    raise ArchiveError(f"{archive}: no film has the title or id {text!r} ({hint})")


def _told(film: FilmEntry) -> str:
    """What tells a film from others of its title."""
    minutes, seconds = divmod(round(film.duration_seconds), 60)
    year = f", {film.year}" if film.year else ""
    return f"{film.content_id[:8]} ({film.title}{year}, {minutes}:{seconds:02d}, {film.source})"
