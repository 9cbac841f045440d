"""What a query asks to be said: by its words ("says "never mind"") or by what it means ("where they say goodbye").

So too who speaks ("with ANNA", names in capitals) and what the screenplay's heading says of the scene: its place ("set
in a kitchen"), its time ("set at night"), whether it is an interior. All that is known from the lines of a film.
"""

from __future__ import annotations

from kuleshov.query.language.claims import scan
from kuleshov.query.language.lexicon import Lexicon
from kuleshov.query.language.patterns import Reading
from kuleshov.query.parts.line import LineBy, LineQuery

#: What of a pattern is looked for, by its kind.
_SLOTS: dict[LineBy, tuple[str, ...]] = {
    "words": ("quoted",),
    "speaker": ("capitals",),
    "meaning": ("told", "phrase"),
    "time": ("hour",),
    "place": ("words",),
    "setting": ("setting",),
}


def read_line(reading: Reading, lexicon: Lexicon) -> LineQuery | None:
    """Return the line that a pattern of ``[patterns.line]`` asks for.

    Quotes alone ask for one where they hold several words and not only those of the vocabulary.
    """
    if reading.kind == "quoted":
        text = reading.get("quoted")
        return LineQuery(text, "words", reading.words) if _is_spoken(text, lexicon) else None
    for by, slots in _SLOTS.items():
        if by == reading.kind:
            return LineQuery(reading.get(*slots), by, reading.words)
    return None


def _is_spoken(text: str, lexicon: Lexicon) -> bool:
    if sum(any(map(str.isalnum, part)) for part in text.split()) < 2:
        return False
    return any(one.kind in ("unknown", "unmeasured", "count") for one in scan(lexicon.tokenize(text), lexicon))
