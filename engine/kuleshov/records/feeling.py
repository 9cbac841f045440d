"""The emotion of a segment, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass, field

DIMENSIONS = ("valence", "arousal", "tension", "dominance")


MOODS = (
    "suspense",
    "chaos",
    "excitement",
    "joy",
    "tenderness",
    "sadness",
    "anger",
    "fear",
    "awe",
    "calm",
    "loneliness",
    "romance",
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One cue: its ``contributions`` by score. Over all reasons, those to a score add up to it exactly."""

    cue: str
    value: float  # of the cue, -1..1
    text: str  # "long shot duration (23.4 s)"
    contributions: dict[str, float]  # by dimension and mood; scores without this cue are left out
    # How unusual the number is, in spreads from the median of "reference", "film", "archive", "1940s"; if known
    z: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Emotion:
    """The emotion by the cues. Evoked, not depicted: what a viewer likely feels, inferred from technique."""

    valence: float  # -1..1
    arousal: float
    tension: float
    moods: dict[str, float]  # the twelve of MOODS, -1..1
    strong: list[str]  # moods that are strong by rule: high, and at least three cues agree; none for a leader or a card
    confidence: float  # 0..1: share of the grammar's weight whose cues could be measured
    reasons: list[Reason]  # one a cue, the largest contributions first
    dominance: float | None = None  # -1 (overpowered) .. 1 (in control); None in old descriptions
    # By dimension and mood, 0..1: share of its weight whose cues could be measured; empty in old descriptions
    confidences: dict[str, float] = field(default_factory=dict)
