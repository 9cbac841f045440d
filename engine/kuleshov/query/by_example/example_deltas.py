"""What is wanted otherwise than in an example: "but calmer", "without music"."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kuleshov.archive.film.entries import SegmentRow
from kuleshov.errors import QueryError
from kuleshov.query.explain.result import Reason
from kuleshov.query.matching.example_match import LEAST_STEP
from kuleshov.query.parts.term import Term
from kuleshov.query.spec.query import Query
from kuleshov.records import Example

#: A difference that is clear: what differs more counts no more, so that among clear ones the likeness decides. A design
#: value, a third of the way from the middle of a quality's scale to its end.
CLEAR_STEP = 0.3


class Wishes:
    """What is wanted otherwise than in the example. ``share``: what the likeness counts beside it."""

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
        """Whether anything is wished that a segment's description must tell."""
        return bool(self._own or self._terms)

    def fulfilled(self, row: SegmentRow) -> float | None:
        """What the wishes add to a segment's score; ``None`` where it does not fulfil them all."""
        steps = [self._step(row, term) for term in self._like.deltas]
        if not all(step >= LEAST_STEP for step in steps):  # NaN is no step
            return None
        counted = [term.weight * _clear(step) for term, step in zip(self._like.deltas, steps, strict=True)]
        for term in self._terms:
            value = float(row.vector[self._names.index(term.name)])
            if not term.accepts(value):
                return None
            counted.append(0.0 if math.isnan(value) else term.sign * term.weight * value)
        return math.fsum(counted)

    def reasons(self, row: SegmentRow) -> list[Reason]:
        """What each difference from the example counts: all of its weight where it is clear, else a part."""
        found = []
        for term in self._like.deltas:
            step = self._step(row, term)
            values = f"{term.name} {row.vector[self._names.index(term.name)]:+.2f} against {self._own[term.name]:+.2f}"
            found.append(Reason(f"{term.name} than there", step, term.weight * _clear(step), f"{term.words}: {values}"))
        return found

    def _step(self, row: SegmentRow, term: Term) -> float:
        value = float(row.vector[self._names.index(term.name)])
        return float(term.sign * (value - self._own[term.name]))


def _clear(step: float) -> float:
    return min(step / CLEAR_STEP, 1.0)
