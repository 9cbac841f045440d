"""What a description of a film holds beyond what every description does: which is the richer one of two.

A description is *poorer* than another if it lacks a part that the other has. A part counts as held if its model was at
work (``Provenance.models``), whether or not it found anything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

#: Names in a film's models, and what they bring, as people say it.
_PARTS = {
    "faces": "faces",
    "speech_to_text": "a transcript",
    "dialogue": "the feeling of its lines",
    "text": "the meaning of its lines",
    "sight": "what is in the picture",
    "voice_emotion": "the feeling of its voices",
}


def parts_of(models: Mapping[str, str]) -> frozenset[str]:
    """Return the parts that models bring, as words: ``"faces"``, ``"a transcript"``."""
    return frozenset(words for name, words in _PARTS.items() if name in models)


def lost(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return the parts that a description by these models would lose, in a fixed order."""
    gone = parts_of(before) - parts_of(now)
    return [words for words in _PARTS.values() if words in gone]


def listed(parts: Collection[str]) -> str:
    """Return parts as people list them: "faces and a transcript"."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
