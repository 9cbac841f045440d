"""A quality: an entry of the affect-and-cinema vector, wanted or its opposite wanted. "Tense", "not dark"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES
from kuleshov.errors import QueryError
from kuleshov.query.matching.column_table import Selection
from kuleshov.query.matching.context import SearchContext, View
from kuleshov.query.matching.number_text import number_behind
from kuleshov.query.matching.part import GradedPart, PartMatch, PartVerdict, Reason


@dataclass(frozen=True)
class Term(GradedPart):
    """A quality: an entry of the affect-and-cinema vector, wanted or (``sign`` -1) its opposite wanted.

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

    weighed_together: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.sign not in (-1, 1) or not self.weight > 0:
            raise QueryError(f"term {self.name}: sign {self.sign} must be -1 or 1, weight {self.weight:g} above 0")

    @property
    def phrase(self) -> str:
        return self.words or self.name

    @property
    def hard(self) -> bool:
        return not self.hint

    @property
    def entries(self) -> frozenset[str]:
        return frozenset({self.name})

    moment_entries = entries

    def accepts(self, value: float) -> bool:
        """Whether a segment with this value qualifies; an unmeasured one (NaN) never does, but for a hint."""
        return self.hint or bool(self._is_beyond(value))

    def accepted(self, values: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Return which values it accepts, bool ``[n]``; NaN only for a hint."""
        return np.ones(len(values), dtype=bool) if self.hint else self._is_beyond(values)

    def _is_beyond(self, values: Any) -> Any:
        limit = np.float64(self.sign * self.minimum)  # float64, so that values are not compared with a rounded limit
        if self.sign > 0:
            return values >= limit if self.inclusive else values > limit
        return values <= limit if self.inclusive else values < limit

    def match(self, context: SearchContext, selection: Selection) -> TermMatch:
        return TermMatch(self, context)

    @property
    def own_names(self) -> frozenset[str]:
        return frozenset({self.name, self.name.removeprefix("mood_")})

    def describe(self) -> list[str]:
        return [f'"{self.phrase}": {self.wanted()}, weight {self.weight:.2f}']

    def wanted(self) -> str:
        """Return what is wanted: "tension above 0.2"."""
        if self.hint:
            return f"{'' if self.sign > 0 else 'not '}{self.name}, implied"
        if self.inclusive and self.minimum <= -1:
            return f"{self.name}, the {'more' if self.sign > 0 else 'less'} the better"
        return f"{self.name} {self.limit}"

    @property
    def limit(self) -> str:
        """The least that is accepted, in words: "above 0.2"."""
        more, less = ("at least", "at most") if self.inclusive else ("above", "below")
        return f"{more if self.sign > 0 else less} {self.sign * self.minimum + 0.0:g}"  # no "-0"


class TermMatch(PartMatch[Term]):
    """The segments that have the quality: one pass over its column."""

    def narrow(self, selection: Selection) -> Selection:
        name = self.context.check_name(self.part.name)
        if self.part.hint:
            return selection
        return selection.where(lambda block: self.part.accepted(block.value(name)))

    def scores(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        name = self.context.check_name(self.part.name)
        values = self.context.table.column(name)[rows]
        calibrated = self.context.calibration(name).calibrated(values, sign=self.part.sign)
        return self.part.weight * np.where(np.isnan(calibrated), 0, calibrated)

    def verdicts(self, view: View) -> list[PartVerdict]:
        term = self.part
        if term.hint:
            return []
        value = view.value(term.name)
        if math.isnan(value):
            return [PartVerdict(term.phrase, False, None, f"{term.name} was not measured")]
        missing = 0.0 if term.accepts(value) else max(term.minimum - term.sign * value, 0.0)
        number = view.number_behind(term.name)
        text = f"{term.name} is {value:+.2f}, asked {term.limit}" + (f" ({number})" if number else "")
        return [PartVerdict(term.phrase, term.accepts(value), missing, text)]

    def reasons(self, view: View) -> list[Reason]:
        term = self.part
        value = view.value(term.name)
        if math.isnan(value):
            return [] if term.hint else [Reason(term.name, value, 0.0, f"{term.words}: not measured", term.weight)]
        calibration = self.context.calibration(term.name)
        contribution = term.weight * float(calibration.calibrated(value, sign=term.sign))
        cues = self._cues(view)
        if cues is None:
            reason = Reason(term.name, value, contribution, self._text(view, value), term.weight)
            return [reason.calibrated(calibration, value, sign=term.sign)]
        if not calibration.blend:
            return cues
        score = term.name.removeprefix("mood_")
        rest = contribution - math.fsum(cue.contribution for cue in cues)
        text = f"{term.phrase}: {score} {value:+.2f}"
        rarity = Reason(f"{score}: in this archive", value, rest, text, term.weight)
        return [*cues, rarity.calibrated(calibration, value, sign=term.sign)]

    def _cues(self, view: View) -> list[Reason] | None:
        """Return the cues that a score of emotion is made of; ``None`` for an attribute, or a film."""
        if self.part.name in ATTRIBUTE_NAMES or view.emotion is None:
            return None
        score = self.part.name.removeprefix("mood_")
        factor = self.part.sign * self.part.weight
        return [
            Reason(f"{score}: {cue.cue}", cue.value, factor * cue.contributions[score], f"{score}: {cue.text}")
            for cue in view.emotion.reasons
            if score in cue.contributions
        ]

    def _text(self, view: View, value: float) -> str:
        term = self.part
        if self.context.of_films:
            return f"{term.phrase}: {term.name} {value:+.2f} on average"
        return ": ".join(filter(None, (term.phrase, view.number_behind(term.name)))) + view.norm_text(term.name)

    def why_none(self) -> list[str]:
        term, table = self.part, self.context.table
        words = term.phrase
        if self.context.of_films:
            return [f'no film fulfils "{words}" on average']
        wanted = term.sign * table.column(term.name)
        if np.isnan(wanted).all():
            return [f'"{words}" could not be measured on any {table.unit}']
        best = np.flatnonzero(wanted == np.nanmax(wanted))
        best = best[table.columns.order_keys(best).argmin()]
        (row,) = self.context.archive.segments(table.unit, table.columns.ids(best.reshape(1)))
        number = number_behind(term.name, row.segment)
        needed = f"{'at least' if term.inclusive else 'above'} {term.minimum:g}"
        nearest = f"the nearest is at {term.sign * wanted[best]:.2f}" + (f" ({number})" if number else "")
        return [f'no {table.unit} fulfils "{words}" ({needed}): {nearest}']
