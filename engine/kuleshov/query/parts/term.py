"""A soft quality that a query asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kuleshov.errors import QueryError


@dataclass(frozen=True)
class Term:
    """A soft quality: an entry of the affect-and-cinema vector, wanted or (``sign`` -1) its opposite wanted.

    A segment qualifies where ``sign * value > minimum`` (``>=`` where ``inclusive``: "not dark" is everything that is
    not dark). It counts ``weight * sign * value`` in the score; the weights of a query add up to 1. A ``hint`` is
    only implied ("chase": movement): it counts where it was measured and lets every segment in.
    """

    name: str
    sign: Literal[-1, 1]
    weight: float
    minimum: float
    words: str
    inclusive: bool = False
    hint: bool = False

    def __post_init__(self) -> None:
        if self.sign not in (-1, 1) or not self.weight > 0:
            raise QueryError(f"term {self.name}: sign {self.sign} must be -1 or 1, weight {self.weight:g} above 0")

    def accepts(self, value: float) -> bool:
        """Whether a segment with this value qualifies; an unmeasured one (NaN) never does, but for a hint."""
        if self.hint:
            return True
        wanted = self.sign * value
        return wanted >= self.minimum if self.inclusive else wanted > self.minimum
