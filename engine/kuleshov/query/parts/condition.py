"""A hard limit on a measured number: "longer than 20 s". Limits that one phrase asks for are matched as one."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.attributes.measures import UNITS
from kuleshov.errors import QueryError
from kuleshov.query.matching.column_table import Selection
from kuleshov.query.matching.context import SearchContext, View
from kuleshov.query.matching.number_text import label, quantity
from kuleshov.query.matching.part import Part, PartMatch, PartVerdict, Reason

Comparison = Literal["<", "<=", ">", ">="]
#: Of numbers and of arrays; NaN never compares.
COMPARE: dict[Comparison, Callable[[Any, float], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
#: How a limit on a measure is said: above it, below it, the most, the least.
_COMPARED = {
    "duration_seconds": ("longer", "shorter", "longest", "shortest"),
    "start_seconds": ("later", "earlier", "latest", "earliest"),
    "sound.loudness_lufs": ("louder", "quieter", "loudest", "quietest"),
    "lighting.luma_mean": ("brighter", "darker", "brightest", "darkest"),
}


@dataclass(frozen=True)
class Condition(Part):
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

    @property
    def phrase(self) -> str:
        return self.words or f"{self.measure} {self.op} {self.value:g}"

    @property
    def is_lower(self) -> bool:
        """Whether it is a lower limit."""
        return self.op in (">", ">=")

    def accepts(self, value: float) -> bool:
        """Whether a measured number fulfils the condition; NaN never does."""
        return bool(self.accepted(value))

    def accepted(self, values: Any) -> Any:
        """Return which numbers fulfil the condition, bool of their shape."""
        return COMPARE[self.op](values, self.value)

    @classmethod
    def together(cls, parts: Sequence[Self]) -> Sequence[Part]:
        phrases: dict[str, list[Condition]] = {}
        for part in parts:
            phrases.setdefault(part.phrase, []).append(part)
        return [Limits(words, tuple(limits)) for words, limits in phrases.items()]

    def match(self, context: SearchContext, selection: Selection) -> LimitsMatch:
        return LimitsMatch(Limits(self.phrase, (self,)), context)

    def describe(self) -> list[str]:
        limit = f"{label(self.measure)} {self.op} {quantity(self.measure, self.value)}"
        return [f'"{self.words or self.measure}": {limit}']


@dataclass(frozen=True)
class Limits(Part):
    """The conditions of one phrase, all of them fulfilled: "between two and five seconds"."""

    words: str
    conditions: tuple[Condition, ...]

    def match(self, context: SearchContext, selection: Selection) -> LimitsMatch:
        return LimitsMatch(self, context)

    def describe(self) -> list[str]:
        return [line for condition in self.conditions for line in condition.describe()]


class LimitsMatch(PartMatch[Limits]):
    """The segments within the limits: one pass over the columns of their measures."""

    def narrow(self, selection: Selection) -> Selection:
        for condition in self.part.conditions:
            selection = self._narrow(selection, condition)
        return selection

    def _narrow(self, selection: Selection, condition: Condition) -> Selection:
        return selection.where(lambda block: condition.accepted(block.measure(condition.measure)))

    def verdicts(self, view: View) -> list[PartVerdict]:
        return [self._verdict(condition, view.number(condition.measure)) for condition in self.part.conditions]

    def _verdict(self, condition: Condition, value: float) -> PartVerdict:
        words, name = condition.words or condition.measure, label(condition.measure)
        if math.isnan(value):
            return PartVerdict(words, False, None, f"{name} was not measured")
        fulfilled = condition.accepts(value)
        has, asked = quantity(condition.measure, value), quantity(condition.measure, condition.value)
        missing = 0.0 if fulfilled else abs(value - condition.value)
        return PartVerdict(words, fulfilled, missing, f"{name} is {has}, asked {condition.op} {asked}")

    def reasons(self, view: View) -> list[Reason]:
        found = []
        for path, words in dict.fromkeys((one.measure, one.words) for one in self.part.conditions):  # a range is one
            value = view.number(path)
            text = f"{words or path}: {label(path)} {quantity(path, value)}{view.norm_text(path)}"
            found.append(Reason(path, value, 0.0, text))
        return found

    def why_none(self) -> list[str]:
        """Say how near the nearest segment comes to a limit, or to both ends of a range."""
        if self.context.of_films:
            return [f'no film fulfils "{self.part.words}"']
        unit, near = self.context.unit, []
        for condition in self.part.conditions:
            values = self.context.table.measure(condition.measure)
            values = values[~np.isnan(values)]
            if not len(values):
                return [f'"{self.part.words}": no {unit} has a measured {label(condition.measure)}']
            if not condition.accepted(values).any():
                return [_missed(unit, condition, values)]
            beyond = values <= condition.value if condition.is_lower else values >= condition.value
            nearest = values[beyond].max() if condition.is_lower else values[beyond].min()
            near.append(quantity(condition.measure, float(nearest)))
        return [f'no {unit} fulfils "{self.part.words}": the nearest have {" and ".join(near)}']


def _missed(unit: str, condition: Condition, values: NDArray[np.float64]) -> str:
    """Say "no shot is longer than 20 s: the longest is 7.4 s"."""
    above = condition.is_lower
    limit = quantity(condition.measure, condition.value)
    nearest = quantity(condition.measure, float(values.max() if above else values.min()))
    inclusive = condition.op in (">=", "<=")
    if condition.measure in _COMPARED:
        more, less, most, least = _COMPARED[condition.measure]
        way = more if above else less
        asked = f"{limit} or {way}" if inclusive else f"{way} than {limit}"
        return f"no {unit} is {asked}: the {most if above else least} is {nearest}"
    side = {">": "above", ">=": "of at least", "<": "below", "<=": "of at most"}[condition.op]
    end = "highest" if above else "lowest"
    return f"no {unit} has {label(condition.measure)} {side} {limit}: the {end} is {nearest}"
