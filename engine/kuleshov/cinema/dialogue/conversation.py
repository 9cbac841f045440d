"""The lines of a shot or scene together: feeling, threats, farewells, turns, interruptions.

Threats and farewells are found by short lists of our own (English), each entry a phrase that is clear by itself; they
are not from a lexicon, because the known ones (NRC) are licensed for research only. Failure cases: "I'll kill you" as a
joke counts, and a threat without any of these words does not.
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
#: After a longer pause another conversation begins: earlier lines are no context for it.
PAUSE_SECONDS = 20.0


@dataclass(frozen=True)
class Conversation:
    """The fields of ``records.Dialogue`` with these names; None: unknown."""

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
    """Describe the lines whose middle lies between two times; all None if nobody speaks there."""
    inside = [
        line
        for line in lines
        if line.kind == "speech" and start_seconds <= (line.start_seconds + line.end_seconds) / 2 < end_seconds
    ]
    if not inside:
        return Conversation()
    english = language == _LANGUAGE
    feeling = mean_feeling(inside)
    emotions = feeling.get("emotions")
    return Conversation(
        **feeling,
        strong_feeling=1.0 - emotions["neutral"] if emotions else None,
        hostility=emotions["anger"] + emotions["disgust"] if emotions else None,
        threats=sum(is_threat(line.text) for line in inside) if english else None,
        farewells=sum(is_farewell(line.text) for line in inside) if english else None,
        turns_per_minute=60.0 * sum(_turn(*pair) for pair in pairwise(inside)) / (end_seconds - start_seconds),
        interruptions=sum(_turn(*pair) and is_interrupted(*pair) for pair in pairwise(inside)),
    )


def is_threat(text: str) -> bool:
    """Whether an English line has words of threat."""
    return bool(_THREAT.search(_plain(text)))


def is_farewell(text: str) -> bool:
    """Whether an English line says farewell."""
    return bool(_FAREWELL.search(_plain(text)))


def mean_feeling(lines: Sequence[Line]) -> dict[str, Any]:
    """Means over the lines with a known feeling, weighted by their words; empty if there are none."""
    known = [(line.emotion, len(line.text.split())) for line in lines if line.emotion is not None]
    words = sum(count for _, count in known)
    if not words:
        return {}

    def mean(values: Sequence[float]) -> float:
        return sum(value * count for value, (_, count) in zip(values, known, strict=True)) / words

    emotions = {name: mean([emotion.probabilities.get(name, 0.0) for emotion, _ in known]) for name in LINE_EMOTIONS}
    dimensions = ("valence", "arousal", "dominance")
    return {
        "emotions": emotions,
        **{name: mean([getattr(emotion, name) for emotion, _ in known]) for name in dimensions},
    }


def _turn(line: Line, after: Line) -> bool:
    """Whether another person speaks the second line: both are named, or the lines share one subtitle."""
    if line.speaker is not None and after.speaker is not None:
        return line.speaker != after.speaker
    return line.end_seconds == after.start_seconds and line.speaker is None


def is_interrupted(line: Line, after: Line) -> bool:
    """Whether a line breaks off where the next begins."""
    return bool(_BROKEN_OFF.search(line.text)) and after.start_seconds - line.end_seconds <= _INTERRUPTION_SECONDS


def _plain(text: str) -> str:
    return text.replace("’", "'")
