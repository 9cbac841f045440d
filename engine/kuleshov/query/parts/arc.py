"""The course of one quality over a segment or film that is asked for: a named shape, or a drawn curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kuleshov.emotion.shapes import POINTS, resampled, template
from kuleshov.errors import QueryError
from kuleshov.records import SHAPES, ShapeName


@dataclass(frozen=True)
class ArcQuery:
    """A wish for the course of one quality, ``of``: a named ``shape``, or drawn ``points`` at equal steps."""

    of: str
    sign: Literal[-1, 1]
    shape: ShapeName | None
    points: tuple[float, ...]
    words: str
    weight: float = 1.0

    def __post_init__(self) -> None:
        if (self.shape is None) == (not self.points):
            raise QueryError(f"arc {self.words!r}: give a shape or points")
        if self.shape is not None and self.shape not in SHAPES:
            raise QueryError(f"arc {self.words!r}: {self.shape!r} is none of {', '.join(SHAPES)}")
        if self.points and (len(self.points) < 2 or resampled(np.repeat(self.points, POINTS)) is None):
            raise QueryError(f"arc {self.words!r}: give at least two numbers, from -1 to 1, that differ")
        if not self.weight > 0:
            raise QueryError(f"arc {self.words!r}: weight {self.weight:g} must be above 0")

    @property
    def names(self) -> set[str]:
        """The entries of the vector that it is judged by."""
        return {self.of}

    def drawn(self) -> NDArray[np.float64]:
        """Return the wanted curve, float64 ``[POINTS]``."""
        if self.shape is not None:
            return self.sign * template(self.shape)
        steps = np.linspace(0, len(self.points) - 1, POINTS)
        return self.sign * np.interp(steps, np.arange(len(self.points)), self.points)
