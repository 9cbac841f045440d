"""A hard limit on the film, by what the catalogue says of it: "1940s films", "directed by Agnès Varda"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from kuleshov.archive.film.entries import FilmEntry
from kuleshov.errors import QueryError
from kuleshov.query.matching.column_table import Selection
from kuleshov.query.matching.context import SearchContext, View
from kuleshov.query.matching.part import Part, PartMatch, PartVerdict, Reason

FilmField = Literal["title", "year", "director", "country", "language"]
FIELDS: tuple[FilmField, ...] = get_args(FilmField)


@dataclass(frozen=True)
class FilmFilter(Part):
    """A limit on what the catalogue says of a film; a film of which it says nothing fulfils none.

    A ``year`` lies in ``low``..``high``, both included, ``None`` = open. A title or director has all words of one of
    ``values``; a country or language is one of them. Case and accents don't count.
    """

    field: FilmField
    words: str
    values: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None

    cost = 0

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
        return any(" ".join(_words(name)) in known for name in re.split(r"[,;/|]", stated))

    def match(self, context: SearchContext, selection: Selection) -> FilmFilterMatch:
        return FilmFilterMatch(self, context)

    def describe(self) -> list[str]:
        return [f'"{self.words}": {self._wanted()}']

    def _wanted(self) -> str:
        if self.field != "year":
            return f"films whose {self.field} is “{self.values[0]}”"
        if self.low == self.high:
            return f"films of {self.low}"
        ends = (
            f"from {self.low}" if self.low is not None else "",
            f"to {self.high}" if self.high is not None else "",
        )
        return f"films {' '.join(filter(None, ends))}"


class FilmFilterMatch(PartMatch[FilmFilter]):
    """The segments of the films that pass."""

    def narrow(self, selection: Selection) -> Selection:
        films = self.context.films
        stated = {getattr(film, self.part.field) for film in films} - {None}  # many films state the same
        fitting = {value for value in stated if self.part.fits(value)}
        return selection.of_films({film.content_id for film in films if getattr(film, self.part.field) in fitting})

    def verdicts(self, view: View) -> list[PartVerdict]:
        stated = getattr(view.film, self.part.field) or "not known"
        return [PartVerdict(self.part.words, self.part.accepts(view.film), None, f"{self.part.field}: {stated}")]

    def reasons(self, view: View) -> list[Reason]:
        stated = getattr(view.film, self.part.field)
        return [Reason(self.part.field, 1.0, 0.0, f"{self.part.words}: {stated}")]

    def why_none(self) -> list[str]:
        field = self.part.field
        stated = sorted({str(value) for film in self.context.films if (value := getattr(film, field)) is not None})
        if not stated:
            hint = "say it in film.toml beside the film, then ingest again"
            return [f'"{self.part.words}": no film of the archive has a {field} ({hint})']
        known = ", ".join(stated[:5]) + (", ..." if len(stated) > 5 else "")
        return [f'no film fulfils "{self.part.words}"; there are: {known}']


@cache
def _words(text: str) -> tuple[str, ...]:
    """Return the words of a text without case and accents."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return tuple(re.findall(r"\w+", bare.casefold()))
