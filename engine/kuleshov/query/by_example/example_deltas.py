"""What should differ from an example: "but calmer", "without music"."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kuleshov.archive.film.entries import SegmentRow
from kuleshov.errors import QueryError
from kuleshov.query.matching.part import Reason
from kuleshov.query.parts.example import LEAST_STEP
from kuleshov.query.parts.term import Term
from kuleshov.query.spec.query import Query
from kuleshov.records import Example

#: A difference that is clear: more than this counts no more, so that among clear ones the likeness decides. A design
#: value, a third of the way from the middle of a quality's scale to its end.
CLEAR_STEP = 0.3


class ExampleDeltas:
    """What should differ from the example, and the qualities asked for besides. ``share``: what the likeness counts."""

    def __init__(self, query: Query, example: Example, names: Sequence[str]) -> None:
        (self._like,) = query.likes
        self.share = self._like.weight
        self._terms, self._names = query.terms, names
        asked = [term.name for term in (*self._like.deltas, *query.terms)]
        if unknown := [name for name in asked if name not in names]:
            raise QueryError(f"{unknown[0]!r} is in no vector of this archive")
        own = {} if example.affect is None else dict(zip(example.affect_names, example.affect.tolist(), strict=True))
        self._own = {term.name: own.get(term.name, math.nan) for term in self._like.deltas}
        for term in self._like.deltas:
            if math.isnan(self._own[term.name]):
                raise QueryError(f"but {term.words}: {term.name} was not measured in {example.words}")

    @property
    def any(self) -> bool:
        """Whether a segment's description must be read to answer."""
        return bool(self._own or self._terms)

    def score(self, row: SegmentRow) -> float | None:
        """Return what the differences and qualities add to a segment's score; ``None`` where it lacks one of them."""
        steps = [self._step(row, term) for term in self._like.deltas]
        if not all(step >= LEAST_STEP for step in steps):  # NaN is no step
            return None
        counted = [term.weight * _clear(step) for term, step in zip(self._like.deltas, steps, strict=True)]
        for term in self._terms:
            value = self._value(row, term)
            if not term.accepts(value):
                return None
            counted.append(0.0 if math.isnan(value) else term.sign * term.weight * value)
        return math.fsum(counted)

    def reasons(self, row: SegmentRow) -> list[Reason]:
        """Return what each difference from the example counts: all of its weight where it is clear, else a part."""
        reasons = []
        for term in self._like.deltas:
            step = self._step(row, term)
            values = f"{term.name} {self._value(row, term):+.2f} against {self._own[term.name]:+.2f}"
            contribution = term.weight * _clear(step)
            reasons.append(Reason(f"{term.name} than there", step, contribution, f"{term.words}: {values}"))
        return reasons

    def _value(self, row: SegmentRow, term: Term) -> float:
        return float(row.vector[self._names.index(term.name)])

    def _step(self, row: SegmentRow, term: Term) -> float:
        return float(term.sign * (self._value(row, term) - self._own[term.name]))


def _clear(step: float) -> float:
    return min(step / CLEAR_STEP, 1.0)
