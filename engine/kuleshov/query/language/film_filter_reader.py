"""Which films a query is about: "1940s films", "before 1950", "directed by Agnes Varda", "French", "in Japanese".

What films are is known by the catalogue (``media.about``). It is cut out of the text before the rest is read, because
names and years are no vocabulary; the names of countries and languages are (``[nations]``). English.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from kuleshov.query.parts.film_filter import FilmField, FilmFilter

if TYPE_CHECKING:
    from kuleshov.query.language.vocabulary_types import Nation

_FILM = r"(?:films?|movies?|cinema|pictures?|productions?|features?|shorts?)"
_OWN = r"(?:takes?|shots?|scenes?|sequences?|work|close-?ups?|footage)"
_YEAR = r"((?:18[89]|19\d|20\d)\d)(?![\w%]|[.,:]\d|\s*(?:k|kelvin|lufs|s|secs?|seconds?|frames?|words?|cuts?|lines?)\b)"
_TO_FILM = rf"(?=\s+(?:[\w-]+\s+){{0,3}}{_FILM}\b)"
_FILM_NEXT = re.compile(rf"\s+{_FILM}\b", re.IGNORECASE)
_TO_OWN = rf"(?=\s+(?:[\w-]+\s+){{0,2}}{_OWN}\b)"
_TENS = {
    **{"twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60},
    **{"seventies": 70, "eighties": 80, "nineties": 90},
}
_BEFORE = r"before|prior to|earlier than|older than|until|up to|pre-?"
_AFTER = r"after|later than|newer than|since|post-?"
_SIDE = rf"{_BEFORE}|{_AFTER}|from|in|of|during|made in|shot in|released in|around|circa"
_DECADE = re.compile(
    rf"(?:\b({_SIDE})[\s-]*)?(?:\bthe\s+|(?<!\w))(?:(early|mid|late)[\s-]+)?(?:the\s+)?"
    rf"(?:((?:18|19|20)\d0)['’]?s\b|(?:(?<=the )|(?<=early )|(?<=late )|['’])([2-9]0)['’]?s\b(?!\s+(?:mark|point))"
    rf"|([2-9]0)['’]?s\b{_TO_FILM}|({'|'.join(_TENS)})\b)",
    re.IGNORECASE,
)
_SPAN = re.compile(
    rf"\b(?:(?:made |released )?(?:between|from)\s+)?{_YEAR}\s*(?:and|to|-|–|until|through)\s*{_YEAR}", re.IGNORECASE
)
_ONE_YEAR = re.compile(
    rf"\b({_SIDE})\s*(?:the year\s+)?{_YEAR}(\s+(?:on|onwards?|or later)\b)?"
    rf"|\b{_YEAR}{_TO_FILM}|\({_YEAR}\)",
    re.IGNORECASE,
)
_ERA = re.compile(
    r"\b(?:(inter-?war|between the wars)|(pre-?war))(?:[\s-]+(?:years|period|era|time))?\b", re.IGNORECASE
)
_ERAS: tuple[tuple[int | None, int], ...] = ((1918, 1939), (None, 1939))
#: Adjectives of nations that say something else too (angles, shots, languages): they count only before "films".
_AMBIGUOUS = frozenset({"Dutch", "American", "English"})
_SURNAME = r"[^\W\d_a-zß-ÿ][\w'’.-]*[\w.]"
_NAME = rf"{_SURNAME}(?:\s+(?:(?:de|da|del|della|di|du|van|von|der|den|la|le|el|y)\s+)*{_SURNAME})*"
_QUOTE = r"[\"“„«]([^\"”“»]+)[\"”“»]"
_DIRECTOR = re.compile(
    rf"\b(?i:(directed by|director)|(?:{_FILM}\s+(?=by|of)|{_OWN}\s+(?=by))(by|of))"
    rf"\s*:?\s+(?:{_QUOTE}|({_NAME}))"
)
_DIRECTOR_TYPED_LOW = re.compile(
    r"\b(?:directed by|director:)\s*([^\W\d_][\w'’.-]*)(?:\s+([^\W\d_][\w'’.-]*))?", re.IGNORECASE
)
_DIRECTORS_OWN = re.compile(rf"\b({_SURNAME}(?: {_SURNAME})*?)['’]s(?=\s+(?:[\w-]+\s+){{0,3}}(?i:{_FILM}|{_OWN})\b)")
_TITLE = re.compile(
    rf"\b(?:titled|entitled|called|the film|the movie|film|movie|in|from|of|title:?)\s+{_QUOTE}", re.IGNORECASE
)
_PARTS = {"early": (0, 3), "mid": (4, 6), "late": (7, 9), "": (0, 9)}
_NO_NAMES = frozenset(("bird", "worm", "god", "rembrandt", "it", "that", "there", "here", "what", "who"))

Found = tuple[slice, FilmFilter]


def read_filters(
    text: str, nations: Sequence[Nation], *, known: Collection[str] | None = None
) -> tuple[tuple[FilmFilter, ...], str, tuple[slice, ...]]:
    """Return what films a text is about, the text with that blanked out, and where it stood.

    ``known``: words of the vocabulary, which are not taken for names that are typed small.
    """
    found: list[Found] = []
    rest = text
    readers = (_titles, _directors, _spans, _decades, _years, _eras)
    for read in (*readers, lambda left: _of_nations(left, nations), lambda left: _typed_low(left, known or ())):
        new = read(rest)
        for place, _ in new:
            rest = rest[: place.start] + " " * (place.stop - place.start) + rest[place.stop :]
        found += new
    found.sort(key=lambda pair: pair[0].start)
    return tuple(one for _, one in found), rest, tuple(place for place, _ in found)


def _titles(text: str) -> list[Found]:
    return [_made(text, match, "title", match.group(1)) for match in _TITLE.finditer(text)]


def _directors(text: str) -> list[Found]:
    found: list[Found] = []
    for match in _DIRECTOR.finditer(text):
        directed, _, quoted, name = match.groups()
        # "Takes by Ozu": the takes are asked for.
        place = slice(match.start(1 if directed else 2), match.end())
        found.append((place, FilmFilter("director", text[place], (quoted or name,))))
    own = [match for match in _DIRECTORS_OWN.finditer(text) if match.group(1).casefold() not in _NO_NAMES]
    taken = {number for place, _ in found for number in range(place.start, place.stop)}
    return found + [_made(text, match, "director", match.group(1)) for match in own if match.start() not in taken]


def _typed_low(text: str, known: Collection[str]) -> list[Found]:
    found = []
    for match in _DIRECTOR_TYPED_LOW.finditer(text):
        names = [name for name in match.groups() if name]
        while names and names[-1].casefold() in known:
            names.pop()
        if names and names[0].casefold() not in known:
            place = slice(match.start(), match.end(len(names)))
            found.append((place, FilmFilter("director", text[place], (" ".join(names),))))
    return found


def _spans(text: str) -> list[Found]:
    found = []
    for match in _SPAN.finditer(text):
        low, high = sorted(int(year) for year in match.groups())
        place = slice(match.start(), match.end())
        found.append((place, FilmFilter("year", text[place], low=low, high=high)))
    return found


def _decades(text: str) -> list[Found]:
    found = []
    for match in _DECADE.finditer(text):
        side, part, full, short, shorter, word = match.groups()
        if word and not (
            re.search(r"\bthe\s", match.group(), re.IGNORECASE)
            or re.match(f"{_TO_FILM}|{_TO_OWN}", text[match.end() :])
            or side
        ):
            continue
        start = int(full) if full else 1900 + (_TENS[word.casefold()] if word else int(short or shorter))
        first, last = _PARTS[(part or "").casefold()]
        found.append(_dated(text, match, side, start + first, start + last))
    return found


def _years(text: str) -> list[Found]:
    found = []
    for match in _ONE_YEAR.finditer(text):
        side, after, on, before_film, bracketed = match.groups()
        year = int(after or before_film or bracketed)
        room = 2 if side and side.casefold() in ("around", "circa") else 0
        found.append(_dated(text, match, "since" if on else side, year - room, year + room))
    return found


def _eras(text: str) -> list[Found]:
    found = []
    for match in _ERA.finditer(text):
        low, high = _ERAS[0 if match.group(1) else 1]
        place = slice(match.start(), match.end())
        found.append((place, FilmFilter("year", text[place], low=low, high=high)))
    return found


def _dated(text: str, match: re.Match[str], side: str | None, first: int, last: int) -> Found:
    """A stretch of years, or what lies before or after it."""
    way = (side or "").casefold().rstrip("-")
    # "Chiaroscuro in 1940s films": the films are where to look, not what is looked for.
    films = _FILM_NEXT.match(text, match.end()) if way == "in" else None
    end = match.end() if films is None else films.end()
    place = slice(match.start() + len(match.group()) - len(match.group().lstrip()), end)
    low: int | None = first
    high: int | None = last
    if way == "since":
        high = None
    elif re.fullmatch(_AFTER, way):
        low, high = last + 1, None
    elif way in ("until", "up to"):
        low = None
    elif re.fullmatch(_BEFORE, way):
        low, high = None, first - 1
    return place, FilmFilter("year", text[place], low=low, high=high)


def _of_nations(text: str, nations: Sequence[Nation]) -> list[Found]:
    """Languages first: "French-language films" need not be from France."""
    found: list[Found] = []
    for nation in nations:
        tongue = "|".join(map(re.escape, nation.languages))
        named = "|".join(map(re.escape, nation.adjectives))
        place_names = "|".join(map(re.escape, nation.names))
        patterns: list[tuple[str, FilmField]] = []
        if tongue:
            spoken = rf"(?:{tongue})[\s-]+(?:language|speaking|spoken|dialogues?|dialogs?|audio|speech)"
            into = rf"(?:(?:spoken|speak(?:ing|s)?|dialogues?|talking|audio)\s+(?:is\s+)?(?:in\s+)?|in\s+)(?:{tongue})"
            patterns.append((rf"\b(?:(?:in\s+)?{spoken}|{into})\b(?!\s+{_FILM}\b)|\b{spoken}\b", "language"))
        if named:
            patterns.append(
                (
                    rf"\b(?:{named})\b(?!\s+(?:angle|tilt|shot|frame)s?\b)(?=\s+(?:[\w-]+\s+){{0,3}}(?:{_FILM}|director)\b)",
                    "country",
                )
            )
        if plain := "|".join(re.escape(one) for one in nation.adjectives if one not in _AMBIGUOUS):
            # "Japanese long takes"; and by itself: "Italian, in daylight".
            patterns.append((rf"\b(?:{plain})\b{_TO_OWN}", "country"))
            patterns.append((rf"(?:(?<=,)|(?<=, )|^)\s*\b(?:{plain})\b(?=\s*(?:,|$))", "country"))
        patterns.append((rf"\b(?:from|made in|shot in|produced in)\s+(?:the\s+)?(?:{place_names})\b", "country"))
        for pattern, field in patterns:
            for match in re.finditer(pattern, text, re.IGNORECASE):
                if all(match.end() <= place.start or place.stop <= match.start() for place, _ in found):
                    values = nation.language_values if field == "language" else nation.country_values
                    found.append(_made(text, match, field, *values))
    return found


def _made(text: str, match: re.Match[str], field: FilmField, *values: str) -> Found:
    place = slice(match.end() - len(match.group().lstrip()), match.end())
    return place, FilmFilter(field, text[place], tuple(value.strip() for value in values))
