"""One thing that one person said of one stretch of film, with all that is needed to understand it in ten years.

A statement names the film by its content and the stretch by its seconds, so it holds however the film is divided
later. Nothing is ever changed: who takes a statement back makes another one that names it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, get_args
from uuid import uuid4

from kuleshov.cinema.attributes.measures import Unit
from kuleshov.errors import AnnotationError
from kuleshov.records import DIMENSIONS, MOODS

#: ``label``: asked for; ``correction``: said against what Kuleshov read; ``retraction``: takes another one back.
Kind = Literal["label", "correction", "retraction"]
#: Senses that a person may put words to, beside moods and numbers.
Sense = Literal["face", "light", "sound", "camera"]
SENSES: tuple[Sense, ...] = get_args(Sense)
SCORES = (*DIMENSIONS, *MOODS)


@dataclass(frozen=True)
class Statement:
    """See the module. Raises ``AnnotationError`` for numbers off the scale and names that do not exist.

    - ``scores``: valence, arousal, tension, -1..1; a mood, 0 (not at all) .. 1 (wholly). A score that is left out was
      not asked for; a mood of 0 was looked for and not found.
    - ``senses``: words by ``SENSES``, of the vocabulary's list
    - ``words``: as they were given, before ``vocabulary`` made scores of them
    - ``said``: what Kuleshov had read there, of the scores that are corrected
    """

    id: str  # 32 hex digits
    kind: Kind
    at: str  # UTC, ISO 8601 with microseconds
    annotator: str
    content_id: str
    title: str
    unit: Unit
    start_seconds: float
    end_seconds: float
    kuleshov_version: str
    pipeline_id: str  # of the description that was shown
    scores: dict[str, float] = field(default_factory=dict)
    senses: dict[str, list[str]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    vocabulary: str = ""  # name and hash of the vocabulary that the words are of
    note: str = ""
    said: dict[str, float] = field(default_factory=dict)
    retracts: str | None = None

    def __post_init__(self) -> None:
        if not self.annotator.strip() or not self.annotator.isprintable():
            raise AnnotationError(f"annotator {self.annotator!r}: give a name")
        if not self.end_seconds > self.start_seconds >= 0:
            raise AnnotationError(f"{self.title}: {self.start_seconds} to {self.end_seconds} s is no stretch of film")
        check_scores(self.scores)
        if unknown := [name for name in self.senses if name not in SENSES]:
            raise AnnotationError(f"unknown sense {unknown[0]!r}: known are {', '.join(SENSES)}")
        if (self.kind == "retraction") != (self.retracts is not None):
            raise AnnotationError("a retraction names the statement that it takes back, and nothing else does")


def check_scores(scores: Mapping[str, float]) -> None:
    """Raise ``AnnotationError`` unless all are known scores on their scale."""
    for name, value in scores.items():
        if name not in SCORES:
            raise AnnotationError(f"unknown score {name!r}: known are {', '.join(SCORES)}")
        least = -1.0 if name in DIMENSIONS else 0.0
        if not math.isfinite(value) or not least <= value <= 1:
            raise AnnotationError(f"{name} {value:g}: must be from {least:g} to 1")


def new_id() -> str:
    return uuid4().hex


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
