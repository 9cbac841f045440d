"""What a query asks to be said: by its words ("says "never mind"") or by what it means ("where they say goodbye").

It is cut out of the text before the rest is read, because what people say is no vocabulary of ours. English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_QUOTED = re.compile(
    r"\b(?:(?:where|when|in which)\s+(?:\w+\s+){1,2})?"
    r"(?:says?|saying|said|with the (?:line|words?)|the (?:line|words?))\s*:?\s*[\"“„«]([^\"”“»]+)[\"”“»]",
    re.IGNORECASE,
)
_MEANT = re.compile(
    r"\b(?:where|when|in which)\s+(?:(?:some(?:one|body)|they|he|she|people|(?:the|a|two) \w+)\s+)"
    r"((?:says?|said|saying|talks?|talking|speaks?|speaking|tells?|asks?|asking|mentions?|threatens?|apologi[sz]es?|confess(?:es)?"
    r"|greets?|argues?|jokes?|promises?|lies?|thanks?|begs?|swears?)\b[^,;]*)",
    re.IGNORECASE,
)
#: What says only that something is said, and not what.
_LEAD = re.compile(
    r"^(?:says?|said|saying|talks?|talking|speaks?|speaking|mentions?)\s+(?:about|of|that|the word)?\s*", re.IGNORECASE
)


@dataclass(frozen=True)
class Said:
    """A wish for lines of dialogue: ``text`` to be found by its ``words`` or its ``meaning``."""

    text: str
    by: Literal["words", "meaning"]
    words: str  # as typed, with what introduces it


def read_said(text: str) -> tuple[tuple[Said, ...], str, tuple[slice, ...]]:
    """Return what is to be said, the text with that blanked out, and where it stood."""
    found: list[tuple[slice, Said]] = []
    rest = text
    for pattern, by in ((_QUOTED, "words"), (_MEANT, "meaning")):
        for match in pattern.finditer(rest):
            wanted = match[1].strip()
            if by == "meaning":
                wanted = _LEAD.sub("", wanted).strip() or wanted
            if wanted:
                end = match.start() + len(match.group().rstrip())
                place = slice(match.start(), end)
                found.append((place, Said(wanted, "words" if by == "words" else "meaning", text[place])))
        for place, _ in found:
            rest = rest[: place.start] + " " * (place.stop - place.start) + rest[place.stop :]
    found.sort(key=lambda pair: pair[0].start)
    return tuple(said for _, said in found), rest, tuple(place for place, _ in found)
