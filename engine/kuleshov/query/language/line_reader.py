"""What a query asks to be said: by its words ("says "never mind"") or by what it means ("where they say goodbye").

So too who speaks ("with ANNA", names in capitals) and what the screenplay's heading says of the scene: its place ("set
in a kitchen"), its time ("set at night"), whether it is an interior. All that is known by the lines of a film. It is
cut out of the text before the rest is read, because what people say is no vocabulary of ours. English.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kuleshov.query.parts.line import LineBy, LineQuery

_QUOTED = re.compile(
    r"\b(?:(?:where|when|in which)\s+(?:\w+\s+){1,2})?"
    r"(?:says?|saying|said|mention(?:s|ed|ing)?|with the (?:line|words?)|the (?:line|words?))\s*:?\s*"
    r"[\"“„«]([^\"”“»]+)[\"”“»]",
    re.IGNORECASE,
)
_BARE = re.compile(r"[\"“„«]([^\"”“»]*\w\s+\w[^\"”“»]*)[\"”“»]")
_MEANT = re.compile(
    r"\b(?:where|when|in which)\s+(?:(?:some(?:one|body)|they|he|she|people|(?:the|a|two) \w+)\s+)"
    r"((?:says?|said|saying|talks?|talking|speaks?|speaking|tells?|asks?|asking|mentions?|threatens?|apologi[sz]es?|confess(?:es)?"
    r"|greets?|argues?|jokes?|promises?|lies?|thanks?|begs?|swears?)\b[^,;]*)",
    re.IGNORECASE,
)
_SPEAKER = re.compile(
    r"\b(?:(?i:with|spoken by|said by|lines? of|in which|where|when))\s+([A-Z][A-Z'’.-]+(?: [A-Z][A-Z'’.-]+)*)"
    r"(?:\s+(?i:speaks?|talks?|is speaking|is talking))?(?![\w-])"
)
_SET = r"\b(?:that (?:are|is|take place|takes place|play|plays) |taking place |set |playing )"
_PLACE = re.compile(
    _SET + r"(?:in|on|at|inside|outside)\s+(?:an?\s+|the\s+)?(?!night|day|dawn|dusk|morning|noon|evening|afternoon)"
    r"([^\W\d_][\w'’ -]*?)(?=\s*(?:[,;.]|$|\b(?:at|with|where|when|then|and|but|that|by)\b))",
    re.IGNORECASE,
)
_TIME = re.compile(
    _SET + r"(?:at|in|during|by) (?:the )?(night|day|dawn|dusk|morning|noon|evening|afternoon)\b", re.IGNORECASE
)
_SETTING = re.compile(
    r"\b((?:int|ext)erior)(?=\s+(?:\w+\s+)?(?:scenes?|shots?)\b)|\b((?:int|ext)eriors)\b|\b((?-i:INT|EXT))\b\.?",
    re.IGNORECASE,
)
#: What says only that something is said, and not what.
_LEAD = re.compile(
    r"^(?:says?|said|saying|talks?|talking|speaks?|speaking|mentions?)\s+(?:about|of|that|the word)?\s*", re.IGNORECASE
)


_WISHES: tuple[tuple[re.Pattern[str], LineBy], ...] = (
    *((_QUOTED, "words"), (_SPEAKER, "speaker"), (_MEANT, "meaning")),
    *((_TIME, "time"), (_PLACE, "place"), (_SETTING, "setting")),
)


def read_said(text: str) -> tuple[tuple[LineQuery, ...], str, tuple[slice, ...]]:
    """Return what is to be said, the text with that blanked out, and where it stood."""
    found: list[tuple[slice, LineQuery]] = []
    rest = text
    for pattern, by in _WISHES:
        for match in pattern.finditer(rest):
            wanted = next(filter(None, match.groups())).strip()
            if by == "setting":
                wanted = "interior" if wanted.casefold().startswith("int") else "exterior"
            if by == "meaning":
                wanted = _LEAD.sub("", wanted).strip() or wanted
            if wanted:
                end = match.start() + len(match.group().rstrip())
                place = slice(match.start(), end)
                found.append((place, LineQuery(wanted, by, text[place])))
        for place, _ in found:
            rest = rest[: place.start] + " " * (place.stop - place.start) + rest[place.stop :]
    found.sort(key=lambda pair: pair[0].start)
    return tuple(said for _, said in found), rest, tuple(place for place, _ in found)


def read_quoted(
    text: str, *, understood: Callable[[str], bool]
) -> tuple[tuple[LineQuery, ...], str, tuple[slice, ...]]:
    """Return what stands in quotes and is no wish in words of the vocabulary (``understood``), as lines to be spoken.

    As ``read_said``, after all else that is written in quotes was read: titles and films to compare with.
    """
    found: list[tuple[slice, LineQuery]] = []
    rest = text
    for match in _BARE.finditer(text):
        if not understood(match.group(1)):
            place = slice(match.start(), match.end())
            found.append((place, LineQuery(match.group(1).strip(), "words", text[place])))
            rest = rest[: place.start] + " " * (place.stop - place.start) + rest[place.stop :]
    return tuple(said for _, said in found), rest, tuple(place for place, _ in found)
