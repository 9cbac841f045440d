"""Comparisons as typed: "like Cleo@1:02:03 but calmer", "more tense than Cleo@1:02:03". English.

``query.matching.example_match`` finds what they ask for.
"""

from __future__ import annotations

import re

from kuleshov.query.parts.example import ExampleQuery

_AT = (
    r"(?:[\"“„«](?P<quoted>[^\"”“»]+)[\"”“»]|(?P<film>[^\s\"“@][^\"“@]*?))"
    r"\s*@\s*(?P<time>\d+(?::\d{1,2}){0,2}(?:\.\d+)?)s?\b"
)
_LIKE = re.compile(
    rf"\b(?:(?:the )?(?P<like>like|similar to|same as|resembling|as in)|(?P<than>than))\s+(?:in\s+)?{_AT}",
    re.IGNORECASE,
)


def read_likes(text: str) -> tuple[tuple[tuple[slice, ExampleQuery], ...], str]:
    """Return the comparisons of a text with their places, and the text with them blanked out.

    Those without likeness ("than FILM@TIME") are given out with ``alike`` True: ``language`` adds what differs.
    """
    found = []
    rest = text
    for match in _LIKE.finditer(text):
        parts = [float(part) for part in match["time"].split(":")]
        seconds = sum(part * 60**place for place, part in enumerate(reversed(parts)))
        place = slice(match.start(), match.end())
        found.append((place, ExampleQuery((match["quoted"] or match["film"]).strip(), seconds, text[place])))
        rest = rest[: place.start] + " " * (place.stop - place.start) + rest[place.stop :]
    return tuple(found), rest


def is_only_other(like: ExampleQuery) -> bool:
    """Whether a comparison as typed asks only to differ: "than FILM@TIME"."""
    return like.words.casefold().startswith("than")
