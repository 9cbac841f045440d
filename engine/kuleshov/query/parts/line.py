"""A line of dialogue that is asked for: by its words, its meaning, its speaker or its scene heading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kuleshov.errors import QueryError

LineBy = Literal["words", "meaning", "speaker", "place", "time", "setting"]


@dataclass(frozen=True)
class LineQuery:
    """A wish for lines of dialogue: ``text`` to be found by its ``words`` or its ``meaning``; or by who speaks them,
    or by the heading that the screenplay sets over them. It counts ``weight`` in the score.
    """

    text: str
    by: LineBy
    words: str  # as typed, with what introduces it
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not self.weight > 0:
            raise QueryError(f"line {self.words!r}: weight {self.weight:g} must be above 0")
