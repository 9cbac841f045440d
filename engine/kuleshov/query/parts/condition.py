"""A hard limit on a measured number: "longer than 20 s"."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from kuleshov.cinema.attributes.measures import UNITS
from kuleshov.errors import QueryError

Comparison = Literal["<", "<=", ">", ">="]
#: Of numbers and of arrays; NaN never compares.
COMPARE: dict[Comparison, Callable[[Any, float], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Condition:
    """A hard limit on one of ``cinema.attributes.measures.MEASURES``, in its unit."""

    measure: str
    op: Comparison
    value: float
    words: str = ""

    def __post_init__(self) -> None:
        if self.measure not in UNITS:
            raise QueryError(f"condition on {self.measure!r}: no such measure (there are: {', '.join(UNITS)})")
        if self.op not in get_args(Comparison):
            raise QueryError(f"condition on {self.measure}: {self.op!r} is none of {' '.join(get_args(Comparison))}")

    def accepts(self, value: float) -> bool:
        """Whether a measured number fulfils the condition; NaN never does."""
        return bool(COMPARE[self.op](value, self.value))
