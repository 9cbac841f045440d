"""The course of one quality over a segment or film: a named shape ("rises, then falls"), or a drawn curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kuleshov.emotion.shapes import POINTS, likeness, resampled, template
from kuleshov.errors import QueryError
from kuleshov.query.parts.temporal import Evaluation, SpanMoments, TemporalPart, clock_text, plain_name
from kuleshov.records import SHAPES, ShapeName

#: An arc is found that is at least so like the wanted one.
_LEAST_LIKENESS = 0.5


@dataclass(frozen=True)
class ArcQuery(TemporalPart):
    """Asks for the course of one quality, ``of``: a named ``shape``, or drawn ``points`` at equal steps."""

    of: str
    sign: Literal[-1, 1]
    shape: ShapeName | None
    points: tuple[float, ...]
    words: str
    weight: float = 1.0

    cue = "arc"

    def __post_init__(self) -> None:
        if (self.shape is None) == (not self.points):
            raise QueryError(f"arc {self.words!r}: give a shape or points")
        if self.shape is not None and self.shape not in SHAPES:
            raise QueryError(f"arc {self.words!r}: {self.shape!r} is none of {', '.join(SHAPES)}")
        if self.points and (len(self.points) < 2 or resampled(np.repeat(self.points, POINTS)) is None):
            raise QueryError(f"arc {self.words!r}: give at least two numbers, from -1 to 1, that differ")
        self.check_weight("arc")

    @property
    def moment_entries(self) -> frozenset[str]:
        return frozenset({self.of})

    def describe(self) -> list[str]:
        course = self.shape or ", ".join(f"{point:g}" for point in self.points)
        opposite = "" if self.sign > 0 else "the opposite of "
        return [f'"{self.words}": {opposite}{self.of} goes {course}, weight {self.weight:.2f}']

    def drawn(self) -> NDArray[np.float64]:
        """Return the wanted curve, float64 ``[POINTS]``."""
        if self.shape is not None:
            return self.sign * template(self.shape)
        steps = np.linspace(0, len(self.points) - 1, POINTS)
        return self.sign * np.interp(steps, np.arange(len(self.points)), self.points)

    def evaluate(self, moments: SpanMoments) -> Evaluation:
        course = resampled(moments.curve(self.of))
        if course is None:
            return Evaluation(False, 0.0, f"{plain_name(self.of)} hardly moves")
        like = likeness(course, self.drawn())
        start, end = moments.span.start_seconds, moments.span.end_seconds
        shown = np.linspace(0, POINTS - 1, max(len(self.points), 4)).round().astype(int)
        times = (start + shown / (POINTS - 1) * (end - start)).tolist()
        text = ", ".join(f"{course[point]:+.2f} at {clock_text(at)}" for point, at in zip(shown, times, strict=True))
        return Evaluation(like >= _LEAST_LIKENESS, like, f"{plain_name(self.of)} {text} (likeness {like:.2f})")
