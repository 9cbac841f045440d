"""What a stretch of film reads as, with its reasons."""

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
    """What one cue says: ``contributions`` by score, and those of a score add up to it over all reasons, exactly."""

    cue: str
    value: float  # of the cue, -1..1
    text: str  # "long shot duration (23.4 s)"
    contributions: dict[str, float]  # by dimension and mood; a score that the cue is not part of is left out
    # How unusual the number is, in spreads from what is usual: "reference", "film", "archive", "1940s"; where known
    z: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Emotion:
    """What the cues read as. Evoked, not depicted: what a viewer likely feels, inferred from technique."""

    valence: float  # -1..1
    arousal: float
    tension: float
    moods: dict[str, float]  # the twelve of MOODS, -1..1
    strong: list[str]  # moods that are strong by rule: high, and at least three cues agree; none of a leader or a card
    confidence: float  # 0..1: share of the grammar's weight whose cues could be measured
    reasons: list[Reason]  # one a cue, the largest contributions first
    dominance: float | None = None  # -1 (overpowered) .. 1 (in control); None: described before it was told
    # By dimension and mood, 0..1: share of its weight whose cues could be measured; empty: described before it was told
    confidences: dict[str, float] = field(default_factory=dict)
