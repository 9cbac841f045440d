"""A comparison with a place of a film: "like Cleo@1:02:03 but calmer", "more tense than Cleo@1:02:03".

The example is the shot or scene at that time. Likeness is that of the affect-and-cinema vectors, over the entries that
both have measured, except those that should differ: 1 less their mean distance, 1 where they are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import QueryError
from kuleshov.query.matching.calibration import Calibration
from kuleshov.query.matching.column_table import Selection
from kuleshov.query.matching.context import SearchContext, View
from kuleshov.query.matching.part import GradedPart, PartMatch, PartVerdict, Reason
from kuleshov.query.parts.term import Term

#: What should differ differs by at least this (design value: half of what rises, ``parts.change.LEAST_RISE``).
LEAST_STEP = 0.05
#: So many segments with the greatest inner product with the example are compared with it exactly.
_CANDIDATES = 1000
#: Vectors are compared that share at least this part of the example's measured entries.
_LEAST_SHARED = 0.5
#: So many segments of the archive tell how like the example others are.
_SAMPLE = 2000


@dataclass(frozen=True)
class ExampleQuery(GradedPart):
    """Asks for what is like a place of a film, or (``alike`` False) only differs from it.

    ``deltas``: what should differ: "calmer" is ``sign`` 1 of ``mood_calm``. The likeness counts ``weight`` in the
    score, each delta its own.
    """

    film: str
    seconds: float
    words: str
    alike: bool = True
    deltas: tuple[Term, ...] = ()
    weight: float = 1.0

    cost = 3

    def __post_init__(self) -> None:
        if not self.alike and not self.deltas:
            raise QueryError(f"comparison {self.words!r}: asks neither to be alike nor to differ")

    @property
    def entries(self) -> frozenset[str]:
        return frozenset(term.name for term in self.deltas)

    def graded(self) -> Iterator[GradedPart]:
        if self.alike:
            yield self
        yield from self.deltas

    def with_weights(self, weight: Callable[[GradedPart], float]) -> Self:
        deltas = tuple(replace(delta, weight=weight(delta)) for delta in self.deltas)
        return replace(self, weight=weight(self) if self.alike else 0.0, deltas=deltas)

    def match(self, context: SearchContext, selection: Selection) -> ExampleMatch:
        return ExampleMatch(self, context, selection)

    def describe(self) -> list[str]:
        place = f"{self.film} at {self.seconds:g} s"
        lines = [f'"{self.words}": like {place}, weight {self.weight:.2f}'] if self.alike else []
        ways = ((term, "more" if term.sign > 0 else "less") for term in self.deltas)
        return lines + [f'"{one.words}": {one.name} {way} than {place}, weight {one.weight:.2f}' for one, way in ways]


class _Example(NamedTuple):
    """The segment that is compared with: its id, and its vector float32 ``[D]``."""

    id: int
    vector: NDArray[np.float32]


class _Compared(NamedTuple):
    """Segments against the example: ``satisfies`` bool ``[n]``, ``likeness`` float64 ``[n]`` -1..1, ``steps`` float64
    ``[n, deltas]``, how much more there is of what is wanted, and ``least`` int64 ``[n]``, the entry least alike."""

    satisfies: NDArray[np.bool_]
    likeness: NDArray[np.float64]
    steps: NDArray[np.float64]
    least: NDArray[np.int64]


class ExampleMatch(PartMatch[ExampleQuery]):
    """The segments that differ from the example as wanted, among those nearest to it of what the other parts left.

    Raises ``ArchiveError`` where there is no such film, ``QueryError`` where it has nothing at that time.
    """

    def __init__(self, part: ExampleQuery, context: SearchContext, selection: Selection) -> None:
        super().__init__(part, context)
        self._selection = selection

    def narrow(self, selection: Selection) -> Selection:
        return selection.among(self._satisfying(self._selection.allowed()))

    def scores(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        compared = self._compare(rows)
        total = self.part.weight * self._calibration.calibrated(compared.likeness)
        for term, steps in zip(self.part.deltas, compared.steps.T, strict=True):
            values = self.context.table.column(term.name)[rows]
            calibration = self.context.calibration(term.name)
            total += term.weight * calibration.calibrated(values, sign=term.sign, amounts=steps / 2)
        return total

    def verdicts(self, view: View) -> list[PartVerdict]:
        if isinstance(view.key, str):
            return []  # films are not compared
        compared = self._compare_one(view.key)
        differs = "it does not differ as is wanted, or is the place itself"
        text = differs if compared is None else self._text(view.key, compared)
        return [PartVerdict(self.part.words, compared is not None, None, text)]

    def reasons(self, view: View) -> list[Reason]:
        """Return what the comparison counts: the likeness, and half of each step (which goes up to 2)."""
        id = view.key
        if isinstance(id, str) or (compared := self._compare_one(id)) is None:
            return []
        part = self.part
        found = []
        likeness = float(compared.likeness[0])
        if part.alike:
            contribution = part.weight * float(self._calibration.calibrated(likeness))
            reason = Reason("like", likeness, contribution, self._text(id, compared), part.weight)
            found.append(reason.calibrated(self._calibration, likeness))
        for term, step in zip(part.deltas, compared.steps[0].tolist(), strict=True):
            value = view.value(term.name)
            calibration = self.context.calibration(term.name)
            contribution = term.weight * float(calibration.calibrated(value, sign=term.sign, amounts=step / 2))
            text = f"{term.words}: {self._pair(id, self._names.index(term.name))}"
            reason = Reason(f"{term.name} than there", step, contribution, text, term.weight)
            found.append(reason.calibrated(calibration, value, sign=term.sign))
        return found

    def why_none(self) -> list[str]:
        part = self.part
        unmeasured = [term.name for term in part.deltas if np.isnan(self._example.vector[self._names.index(term.name)])]
        if unmeasured:
            return [f'"{part.words}": {unmeasured[0]} was not measured there']
        wanted = ", ".join(term.words for term in part.deltas) or "alike"
        return [f'no {self.context.unit} is "{wanted}" beside {part.film} at {part.seconds:g} s']

    @property
    def _names(self) -> tuple[str, ...]:
        return self.context.table.names

    @cached_property
    def _example(self) -> _Example:
        archive, unit = self.context.archive, self.context.unit
        film = archive.resolve(self.part.film)
        id = archive.at(unit, film.content_id, self.part.seconds)
        if id is None:
            raise QueryError(
                f"{self.part.words!r}: {film.title} has no {unit} at {self.part.seconds:g} s "
                f"(it lasts {film.duration_seconds:g} s)"
            )
        columns = self.context.table.columns
        return _Example(id, columns.vectors(columns.at(np.array([id])))[0])

    @cached_property
    def _changed(self) -> list[int]:
        """The entries that should differ, as numbers."""
        return [self._names.index(self.context.check_name(term.name)) for term in self.part.deltas]

    @cached_property
    def _calibration(self) -> Calibration:
        """How like the example the archive's segments are, told from a sample that adding films hardly changes."""
        there = self._example.vector
        kept = ~np.isnan(there)
        kept[self._changed] = False
        table = self.context.table
        distances = np.abs(table.columns.vectors(table.sample(_SAMPLE))[:, kept] - there[kept])
        shared = (~np.isnan(distances)).sum(axis=1)
        enough = shared >= max(_LEAST_SHARED * kept.sum(), 1)
        likeness = 1 - np.nansum(distances[enough], axis=1, dtype=np.float64) / shared[enough]
        return self.context.calibration_among(likeness)

    def _satisfying(self, allowed: NDArray[np.int64] | None) -> NDArray[np.int64]:
        """Return the ids of the segments that satisfy the part, of the nearest to the example among those allowed."""
        weights = np.nan_to_num(self._example.vector)
        if self.part.alike:
            weights[self._changed] = 0.0
        for term, number in zip(self.part.deltas, self._changed, strict=True):
            weights[number] = term.sign * (1.0 if self.part.alike else len(weights))
        ranked = self.context.archive.nearest(self.context.unit, weights, k=_CANDIDATES, allowed=allowed)
        ids = np.array([id for id, _ in ranked if id != self._example.id], dtype=np.int64)
        return ids[self._compare(self.context.table.columns.at(ids)).satisfies]

    def _compare(self, rows: NDArray[np.int64]) -> _Compared:
        part, there = self.part, self._example.vector
        vectors = self.context.table.columns.vectors(rows)
        differences = vectors - there
        signs = [term.sign for term in part.deltas]
        steps = differences[:, self._changed].astype(np.float64) * signs
        measured = ~np.isnan(there)
        measured[self._changed] = False
        both = measured & ~np.isnan(vectors)
        shared = both.sum(axis=1)
        satisfies = np.logical_and.reduce(steps >= LEAST_STEP, axis=1)  # NaN is no step
        if part.alike:
            satisfies &= shared >= max(_LEAST_SHARED * measured.sum(), 1)
        distances = np.where(both, np.abs(differences), np.float32(0))
        likeness = 1.0 - distances.sum(axis=1, dtype=np.float64) / np.maximum(shared, 1)
        likeness[shared == 0] = 0.0
        return _Compared(satisfies, likeness, steps, distances.argmax(axis=1))

    def _compare_one(self, id: int) -> _Compared | None:
        """Return a segment against the example; ``None`` where it does not satisfy the part."""
        compared = self._compare(self.context.table.columns.at(np.array([id])))
        return compared if compared.satisfies[0] and id != self._example.id else None

    def _text(self, id: int, compared: _Compared) -> str:
        least = self._pair(id, int(compared.least[0]))
        return f"{self.part.words}: likeness {float(compared.likeness[0]):.2f}, least in {least}"

    def _pair(self, id: int, number: int) -> str:
        columns = self.context.table.columns
        here = columns.vectors(columns.at(np.array([id])))[0, number]
        return f"{self._names[number]} {here:+.2f} against {self._example.vector[number]:+.2f}"
