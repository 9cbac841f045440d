"""What the answer is ordered by: "longest first". It needs what it orders by, and counts nothing itself."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.attributes.measures import UNITS
from kuleshov.query.matching.column_table import Selection
from kuleshov.query.matching.context import SearchContext, View
from kuleshov.query.matching.number_text import label, quantity
from kuleshov.query.matching.part import Part, PartMatch, PartVerdict, Reason


@dataclass(frozen=True)
class Sort(Part):
    """The order of the answer: a measure's path, or an entry of the affect-and-cinema vector."""

    key: str
    descending: bool
    words: str

    @property
    def by_measure(self) -> bool:
        return self.key in UNITS

    @property
    def moment_entries(self) -> frozenset[str]:
        return frozenset() if self.by_measure else frozenset({self.key})

    def match(self, context: SearchContext, selection: Selection) -> SortMatch:
        return SortMatch(self, context)

    def describe(self) -> list[str]:
        return [f'"{self.words}": ordered by {self.name}, {"largest" if self.descending else "smallest"} first']

    @property
    def name(self) -> str:
        """The key in plain words."""
        return label(self.key) if self.by_measure else self.key


class SortMatch(PartMatch[Sort]):
    """The segments that have what the answer is ordered by."""

    def narrow(self, selection: Selection) -> Selection:
        key = self.part.key
        if self.part.by_measure:
            return selection.where(lambda block: ~np.isnan(block.measure(key)))
        self.context.check_name(key)
        return selection.where(lambda block: ~np.isnan(block.value(key)))

    def keys(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what rows of the table are ordered by, float64 ``[len(rows)]``, largest first."""
        table = self.context.table
        column = table.measure(self.part.key) if self.part.by_measure else table.column(self.part.key)
        values = column[rows].astype(np.float64)
        return values if self.part.descending else -values

    def key(self, view: View) -> float:
        """Return what a segment or film is ordered by, largest first; NaN where it was not measured."""
        return self._value(view) if self.part.descending else -self._value(view)

    def verdicts(self, view: View) -> list[PartVerdict]:
        """Return a verdict only where the order leaves something out."""
        if not math.isnan(self._value(view)):
            return []
        return [PartVerdict(self.part.words, False, None, f"{self.part.name} was not measured")]

    def reasons(self, view: View) -> list[Reason]:
        if self.context.of_films:
            return []
        value = self._value(view)
        number = quantity(self.part.key, value) if self.part.by_measure else f"{value:.2f}"
        return [Reason(f"order by {self.part.key}", value, 0.0, f"{self.part.words}: {self.part.name} {number}")]

    def why_none(self) -> list[str]:
        return [f"no {self.context.answer} has what the answer is ordered by"]

    def _value(self, view: View) -> float:
        return view.number(self.part.key) if self.part.by_measure else view.value(self.part.key)
