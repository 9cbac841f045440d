"""A hard limit on the film itself, by what the catalogue says of it: its year, director, country, ..."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

from kuleshov.errors import QueryError

if TYPE_CHECKING:
    from kuleshov.archive.film.entries import FilmEntry

FilmField = Literal["title", "year", "director", "country", "language"]
FIELDS: tuple[FilmField, ...] = get_args(FilmField)


@dataclass(frozen=True)
class FilmFilter:
    """A limit on what the catalogue says of a film; one that it says nothing of fulfils none.

    A ``year`` lies in ``low``..``high``, both included, ``None`` = open. A title or director has all words of one of
    ``values``; a country or language is one of them. Case and accents don't count.
    """

    field: FilmField
    words: str
    values: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        if self.field not in FIELDS:
            raise QueryError(f"filter on {self.field!r}: films have {', '.join(FIELDS)}")
        if self.field == "year" and self.low is None and self.high is None:
            raise QueryError(f"filter {self.words!r}: give a year, low or high")
        if self.field != "year" and not any(_words(value) for value in self.values):
            raise QueryError(f"filter {self.words!r} on {self.field}: give values")

    def accepts(self, film: FilmEntry) -> bool:
        """Whether the catalogue says so of a film."""
        stated = getattr(film, self.field)
        return stated is not None and self.fits(stated)

    def fits(self, stated: Any) -> bool:
        """Whether what is stated of a film is what is asked for: its year, or its title, director, ... as text."""
        if self.field == "year":
            return (self.low is None or stated >= self.low) and (self.high is None or stated <= self.high)
        if self.field in ("title", "director"):
            return any(set(_words(value)) <= set(_words(stated)) for value in self.values)
        known = {" ".join(_words(value)) for value in self.values}
        return any(" ".join(_words(one)) in known for one in re.split(r"[,;/|]", stated))


def chosen_films(
    films: Sequence[FilmEntry], filters: Sequence[FilmFilter], within: Collection[str] | None
) -> Collection[str] | None:
    """Return the content ids of the films that fulfil all filters and are ``within``; ``None`` = all."""
    if not filters:
        return within
    left = [film for film in films if within is None or film.content_id in within]
    for one in filters:  # many films state the same
        stated = {getattr(film, one.field) for film in left} - {None}
        fitting = {value for value in stated if one.fits(value)}
        left = [film for film in left if getattr(film, one.field) in fitting]
    return {film.content_id for film in left}


def why_no_film(films: Sequence[FilmEntry], filters: Sequence[FilmFilter]) -> list[str]:
    """Return why no film fulfils the filters, a sentence for each that none does alone."""
    sentences = []
    for one in filters:
        stated = sorted({str(value) for film in films if (value := getattr(film, one.field)) is not None})
        if not stated:
            hint = "say it in film.toml beside the film, then ingest again"
            sentences.append(f'"{one.words}": no film of the archive has a {one.field} ({hint})')
        elif not any(one.accepts(film) for film in films):
            known = ", ".join(stated[:5]) + (", ..." if len(stated) > 5 else "")
            sentences.append(f'no film fulfils "{one.words}"; there are: {known}')
    together = " and ".join(f'"{one.words}"' for one in filters)
    return sentences or [f"no film fulfils {together} together"]


@cache
def _words(text: str) -> tuple[str, ...]:
    """Words without case and accents."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return tuple(re.findall(r"\w+", bare.casefold()))
