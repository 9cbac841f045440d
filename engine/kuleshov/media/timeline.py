"""Time arithmetic of a stream: integer ticks to seconds on the film's time line and back. Rational inside."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Timeline:
    """Converts a stream's ticks; the film's zero is the start time of the container, as players show it."""

    time_base: Fraction  # seconds per tick
    start_seconds: Fraction = Fraction(0)

    def seconds(self, ticks: int) -> float:
        """Return the time of a tick, rounded only at the end."""
        base, start = self.time_base, self.start_seconds
        # The arithmetic of fractions, without creating any: it is called for each frame of a sound track.
        numerator = int(ticks) * base.numerator * start.denominator - start.numerator * base.denominator
        return numerator / (base.denominator * start.denominator)

    def ticks(self, seconds: Fraction | float) -> int:
        """Return the tick nearest to a time."""
        return round((Fraction(seconds) + self.start_seconds) / self.time_base)
