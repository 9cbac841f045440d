"""What the answer is ordered by: "longest first". It needs what it orders by, and counts nothing itself."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.entries import SegmentRow
from kuleshov.cinema.attributes.measures import UNITS, measure
from kuleshov.query.matching.column_table import Selection
from kuleshov.query.matching.context import FilmView, SearchContext
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

    def directed(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return numbers so that the largest come first."""
        return values if self.descending else -values


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
        return self.part.directed(column[rows].astype(np.float64))

    def film_key(self, film: FilmView) -> float:
        """Return what a whole film is ordered by, largest first; NaN where it was not measured."""
        value = film.number(self.part.key) if self.part.by_measure else film.quality(self.part.key)
        return value if self.part.descending else -value

    def film_reasons(self, film: FilmView) -> list[Reason] | None:
        return None if math.isnan(self.film_key(film)) else []

    def reasons(self, row: SegmentRow) -> list[Reason]:
        value = self._value(row)
        number = quantity(self.part.key, value) if self.part.by_measure else f"{value:.2f}"
        return [Reason(f"order by {self.part.key}", value, 0.0, f"{self.part.words}: {self.part.name} {number}")]

    def verdicts(self, row: SegmentRow) -> list[PartVerdict]:
        """Return a verdict only where the order leaves the segment out."""
        if not math.isnan(self._value(row)):
            return []
        return [PartVerdict(self.part.words, False, None, f"{self.part.name} was not measured")]

    def why_none(self) -> list[str]:
        return [f"no {self.context.unit} has what the answer is ordered by"]

    def _value(self, row: SegmentRow) -> float:
        key = self.part.key
        return measure(row.segment, key) if self.part.by_measure else self.context.value(row, key)
