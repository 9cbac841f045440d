"""The feeling of a film over time: curves, their shapes, and where and why they change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ShapeName = Literal["rise", "fall", "fall-rise", "rise-fall", "rise-fall-rise", "fall-rise-fall"]
TurnKind = Literal["peak", "valley"]
SHAPES: tuple[ShapeName, ...] = ("rise", "fall", "fall-rise", "rise-fall", "rise-fall-rise", "fall-rise-fall")


@dataclass(frozen=True)
class ArcShape:
    """The most similar of the six shapes. ``name`` is ``None`` if the curve hardly moves."""

    name: ShapeName | None
    confidence: float  # 0..1


@dataclass(frozen=True)
class Curve:
    """One dimension over the film, at ``Arc.seconds``; the film's track of that name has every second."""

    values: list[float]  # -1..1
    mood: list[float]  # its slow part, -1..1
    shape: ArcShape


@dataclass(frozen=True)
class Turn:
    """Where a curve begins to fall (a peak) or to rise (a valley)."""

    dimension: str
    seconds: float
    kind: TurnKind
    value: float


@dataclass(frozen=True)
class Cause:
    """An event shortly before a change, whose cues make a ``share`` of that change."""

    kind: str  # "cut to silence", "light", "line of dialogue", ...
    seconds: float
    text: str
    share: float  # of the change; above 1 if others work against it


@dataclass(frozen=True)
class Change:
    """A marked step of a curve. The ``contributions`` add up to ``after - before``, exactly."""

    dimension: str
    seconds: float
    before: float  # mean of the seconds before
    after: float  # mean of the seconds after
    contributions: dict[str, float]  # what each cue adds to the step
    causes: list[Cause]  # the largest share first; empty: no event within 10 s explains it


@dataclass(frozen=True)
class Burst:
    """A short time in which a curve is far from the mood."""

    dimension: str
    start_seconds: float
    end_seconds: float
    peak_seconds: float
    value: float  # curve less mood at the peak
    causes: list[Cause]  # those of the change that begins it


@dataclass(frozen=True)
class Arc:
    """A summary of the film's feeling over time; evoked, inferred from technique, like ``Emotion``."""

    seconds: list[float]  # of the values of the curves
    curves: dict[str, Curve]  # by dimension
    climax_seconds: float | None  # when smoothed arousal is highest; None: it hardly moves
    turns: list[Turn]
    changes: list[Change]
    bursts: list[Burst]
