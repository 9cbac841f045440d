"""What the lines of a shot or scene say together: feeling, threats, farewells, turns, interruptions.

Threats and farewells are found by short lists of our own (English), each entry a phrase that says so by itself; they
were not taken from a lexicon, because the known ones (NRC) may be used for research only. Failure cases: "I'll kill
you" as a joke counts, and a threat without any of these words does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kuleshov.records import LINE_EMOTIONS, Line

_LANGUAGE = "en"
_THREAT = re.compile(
    r"\b(?:i(?:'ll| will| am going to|'m going to|'m gonna)|we(?:'ll| will|'re going to|'re gonna)|gonna)\s+"
    r"(?:\w+\s+)?"
    r"(?:kill|shoot|hurt|destroy|break|cut|burn|hunt|find|end|bury|crush|murder)\s+(?:you|him|her|them|your|every)"
    r"|\b(?:you(?:'ll| will|'re going to|'re gonna)\s+(?:die|regret|pay|be sorry))|\byou(?:'re| are) (?:a )?dead\b"
    r"|\bor (?:i(?:'ll)?|you(?:'ll)?|she|he) (?:will )?(?:shoot|die|dies|kill|be sorry)\b|\bdon't move\b|\bhands up\b"
    r"|\b(?:put|drop) (?:down )?(?:the|your) (?:gun|knife|weapon)|\bi swear i(?:'ll| will)\b|\byour last chance\b"
    r"|\bnobody moves?\b|\bwatch your back\b|\bover my dead body\b",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"\bgood-?\s?bye\b|\bbye(?:-bye)?\b|\bfarewell\b|\bsee (?:you|ya)\b(?! (?:are|have|can|'?ve|know|want))"
    r"|\bso long\b(?=[.,!]|$)|\bgood ?night\b|\btake care\b(?! of)|\buntil we meet\b"
    r"|\bi(?:'ll| will) miss you\b|\badieu\b",
    re.IGNORECASE,
)
_BROKEN_OFF = re.compile(r"(?:--|[-‐‑–—])[\"'”’]?$")
_INTERRUPTION_SECONDS = 0.5
#: After a longer pause another conversation begins: what was said before is no context.
PAUSE_SECONDS = 20.0


@dataclass(frozen=True)
class Conversation:
    """What stands in ``records.Dialogue`` under the same names; None where it was not read."""

    emotions: dict[str, float] | None = None
    valence: float | None = None
    arousal: float | None = None
    dominance: float | None = None
    strong_feeling: float | None = None
    hostility: float | None = None
    threats: int | None = None
    farewells: int | None = None
    turns_per_minute: float | None = None
    interruptions: int | None = None


def describe_conversation(
    lines: Sequence[Line], *, start_seconds: float, end_seconds: float, language: str | None
) -> Conversation:
    """Describe the lines whose middle lies between two times; nothing of it where nobody speaks there."""
    here = [
        line
        for line in lines
        if line.kind == "speech" and start_seconds <= (line.start_seconds + line.end_seconds) / 2 < end_seconds
    ]
    if not here:
        return Conversation()
    english = language == _LANGUAGE
    feeling = mean_feeling(here)
    emotions = feeling.get("emotions")
    return Conversation(
        **feeling,
        strong_feeling=1.0 - emotions["neutral"] if emotions else None,
        hostility=emotions["anger"] + emotions["disgust"] if emotions else None,
        threats=sum(is_threat(line.text) for line in here) if english else None,
        farewells=sum(is_farewell(line.text) for line in here) if english else None,
        turns_per_minute=60.0 * sum(_turn(*pair) for pair in pairwise(here)) / (end_seconds - start_seconds),
        interruptions=sum(_turn(*pair) and is_interrupted(*pair) for pair in pairwise(here)),
    )


def is_threat(text: str) -> bool:
    """Whether an English line holds words of threat."""
    return bool(_THREAT.search(_plain(text)))


def is_farewell(text: str) -> bool:
    """Whether an English line takes leave."""
    return bool(_FAREWELL.search(_plain(text)))


def mean_feeling(lines: Sequence[Line]) -> dict[str, Any]:
    """Means over the lines whose feeling was read, each weighted by its words; nothing where none was."""
    felt = [(line.emotion, len(line.text.split())) for line in lines if line.emotion is not None]
    words = sum(count for _, count in felt)
    if not words:
        return {}

    def mean(values: Sequence[float]) -> float:
        return sum(value * count for value, (_, count) in zip(values, felt, strict=True)) / words

    emotions = {name: mean([emotion.probabilities.get(name, 0.0) for emotion, _ in felt]) for name in LINE_EMOTIONS}
    return {
        "emotions": emotions,
        "valence": mean([emotion.valence for emotion, _ in felt]),
        "arousal": mean([emotion.arousal for emotion, _ in felt]),
        "dominance": mean([emotion.dominance for emotion, _ in felt]),
    }


def _turn(line: Line, after: Line) -> bool:
    """Whether another speaks the second line: they are named, or share one subtitle."""
    if line.speaker is not None and after.speaker is not None:
        return line.speaker != after.speaker
    return line.end_seconds == after.start_seconds and line.speaker is None


def is_interrupted(line: Line, after: Line) -> bool:
    """Whether a line breaks off where the next begins."""
    return bool(_BROKEN_OFF.search(line.text)) and after.start_seconds - line.end_seconds <= _INTERRUPTION_SECONDS


def _plain(text: str) -> str:
    return text.replace("’", "'")
