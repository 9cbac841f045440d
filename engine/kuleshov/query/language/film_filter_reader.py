"""Which films a query is about: "1940s films", "before 1950", "directed by Agnes Varda", "French", "in Japanese"."""

from __future__ import annotations

from kuleshov.query.language.lexicon import Lexicon
from kuleshov.query.language.patterns import Reading
from kuleshov.query.language.vocabulary_types import Nation
from kuleshov.query.parts.film_filter import FIELDS, FilmFilter

#: Which years of a decade its parts are.
_PARTS = {"early": (0, 3), "mid": (4, 6), "late": (7, 9), None: (0, 9)}
#: How many years "around 1925" may differ.
_AROUND = 2


def read_film_filter(reading: Reading, lexicon: Lexicon) -> FilmFilter | None:
    """Return what a pattern of ``[patterns.film_filter]`` says of films."""
    if reading.kind == "year":
        low, high = _years(reading)
        return FilmFilter("year", reading.words, low=low, high=high)
    field = next((field for field in FIELDS if field == reading.kind), None)
    values = _values(reading, lexicon)
    if field is None or not any(map(str.isalnum, "".join(values))):
        return None
    return FilmFilter(field, reading.words, values)


def _values(reading: Reading, lexicon: Lexicon) -> tuple[str, ...]:
    nation: Nation | None = reading.get("demonym", "clear_demonym", "tongue", "land")
    if nation is not None:
        return nation.countries if reading.kind == "country" else nation.languages
    new = [*reading.all("new_name"), *reading.all("new_word")]
    if any(lexicon.split(name)[0] in lexicon.words for name in new):
        return ()
    if owner := reading.get("owner"):
        return (owner[: -len("'s")],)
    return (reading.get("quoted", "name") or " ".join(new),)


def _years(reading: Reading) -> tuple[int | None, int | None]:
    """Return the first and last year that a pattern means, ``None`` for an open end."""
    if era := reading.get("era"):
        start, _, end = era.partition("-")
        return int(start) if start else None, int(end)
    years = sorted(map(int, reading.all("year")))
    if len(years) == 2:
        return years[0], years[1]
    decade = reading.get("decade", "short_decade", "decade_word")
    if decade:
        number = int("".join(filter(str.isdigit, decade)))
        begin = number if number > 100 else 1900 + number
        first, last = (begin + year for year in _PARTS[reading.get("part")])
    else:
        around = _AROUND if reading.get("side") == "around" else 0
        first, last = years[0] - around, years[0] + around
    side = "since" if reading.get("onward") else reading.get("side")
    low = {"after": last + 1, "until": None, "before": None}.get(side, first)
    high = {"after": None, "since": None, "before": first - 1}.get(side, last)
    return low, high
