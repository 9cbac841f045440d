"""The protocol of the parts of a query: what is asked (``Part``), and what an archive has of it (``PartMatch``).

A kind of part is a file of ``query.parts``: a frozen dataclass derived from ``Part`` (or ``GradedPart``, if it counts
in the score), and its match. A field of ``Query``, a tuple of the kind, makes it known; searching, explaining, weights
and JSON are loops over the parts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.dialogue_index import words_of
from kuleshov.archive.store import Archive
from kuleshov.errors import QueryError
from kuleshov.query.matching.calibration import Calibration
from kuleshov.query.matching.column_table import Selection
from kuleshov.query.matching.context import SearchContext, View
from kuleshov.records import Unit


@dataclass(frozen=True)
class Reason:
    """One term of a hit's score. ``value``: of a quality or cue -1..1, of a condition or order in its own unit.

    ``weight`` is what its part of the query weighs, ``None`` for a cue and for a part that only filters.
    ``percentile`` 0..100 is where its value lies in the archive, ties half; ``None`` where it counts as it is
    (``query.matching.calibration``).
    """

    cue: str
    value: float
    contribution: float
    text: str
    weight: float | None = None
    percentile: float | None = None

    def calibrated(self, calibration: Calibration, value: float, *, sign: int = 1) -> Reason:
        """Return the reason with where a value lies in the archive, if that counts."""
        if not calibration.blend:
            return self
        text = f"{self.text}, {calibration.in_words(value, sign=sign)}"
        return replace(self, text=text, percentile=calibration.percentile(value, sign=sign).percentile)


@dataclass(frozen=True)
class PartVerdict:
    """One thing that the query asks for, and what a segment has of it."""

    words: str
    fulfilled: bool
    missing: float | None  # how far from fulfilled, in the unit of what is asked; None: not measured, or no number
    text: str


class Part(ABC):
    """One thing that a query asks for. ``words``: the words of the query that ask for it."""

    words: str

    #: Parts are matched in this order; those above 2 look only among what the cheaper parts left.
    cost: ClassVar[int] = 2
    #: All parts of this kind together weigh as much as one part of another kind.
    weighed_together: ClassVar[bool] = False

    @property
    def phrase(self) -> str:
        """What it is called before people: the words that ask for it."""
        return self.words

    @property
    def looks_among_the_rest(self) -> bool:
        """Whether it is looked for only among what the cheaper parts left."""
        return self.cost > 2

    @property
    def hard(self) -> bool:
        """Whether a segment that does not satisfy it is no hit; otherwise it counts in the score only."""
        return True

    @property
    def asks(self) -> bool:
        """Whether it can be searched for."""
        return True

    @property
    def entries(self) -> frozenset[str]:
        """The entries of a segment's own vector that it asks for: near-duplicates agree in them."""
        return frozenset()

    @property
    def moment_entries(self) -> frozenset[str]:
        """The entries of the vectors of a film's moments that it reads when whole films are asked for."""
        return frozenset()

    @property
    def unknown(self) -> tuple[str, ...]:
        """Words of the query that nothing but this part understands."""
        return ()

    @abstractmethod
    def match(self, context: SearchContext, selection: Selection) -> PartMatch[Any]:
        """Return what an archive has of it; ``selection``: what the cheaper parts left."""

    @abstractmethod
    def describe(self) -> list[str]:
        """Return how it was understood, as lines for people."""

    @classmethod
    def together(cls, parts: Sequence[Self]) -> Sequence[Part]:
        """Return parts of this kind as they are matched: those that one phrase asks for may be one."""
        return parts

    def graded(self) -> Iterator[GradedPart]:
        """Yield what counts in the score by how well it is satisfied: itself, or parts of it."""
        yield from ()

    def with_weights(self, weight: Callable[[GradedPart], float]) -> Self:
        """Return the part in which everything that is ``graded`` has another weight."""
        return self

    def resolved(self, archive: Archive, unit: Unit) -> tuple[Self | None, str]:
        """Return the part as the archive can answer it, ``None`` = not at all, and a note for the user, or ""."""
        return self, ""


class GradedPart(Part):
    """A part that counts ``weight`` in the score; the weights of a query add up to 1."""

    weight: float

    def check_weight(self, kind: str) -> None:
        """Raise ``QueryError`` for a weight that is not above 0."""
        if not self.weight > 0:
            raise QueryError(f"{kind} {self.words!r}: weight {self.weight:g} must be above 0")

    def graded(self) -> Iterator[GradedPart]:
        yield self

    def with_weights(self, weight: Callable[[GradedPart], float]) -> Self:
        return self.with_weight(weight(self))

    def with_weight(self, weight: float) -> Self:
        """Return the part with another weight."""
        return cast(Self, replace(cast(Any, self), weight=weight))

    def is_named(self, name: str) -> bool:
        """Whether a user means it by a name: one of its own, one of its words, or all of them."""
        wanted, words = name.casefold().strip(), self.words.casefold()
        return wanted in self.own_names or wanted == words or wanted in words_of(words)

    @property
    def own_names(self) -> frozenset[str]:
        """What it is called besides its words."""
        return frozenset()


P = TypeVar("P", bound=Part)


class PartMatch(ABC, Generic[P]):
    """What an archive has of a part. Made by ``Part.match``; everything is computed when it is first asked for."""

    def __init__(self, part: P, context: SearchContext) -> None:
        self.part = part
        self.context = context

    @abstractmethod
    def narrow(self, selection: Selection) -> Selection:
        """Return those segments of a selection that satisfy the part."""

    def scores(self, rows: NDArray[np.int64]) -> NDArray[np.float64] | float:
        """Return what it counts in the score of rows of the table, float64 ``[len(rows)]``, or 0."""
        return 0.0

    @abstractmethod
    def verdicts(self, view: View) -> list[PartVerdict]:
        """Return whether a segment or film satisfies it, and by how much it does or does not."""

    def reasons(self, view: View) -> list[Reason] | None:
        """Return its reasons for a segment or film, whose contributions add up to what it counts.

        ``None`` where there is nothing that could count. A part that is not graded contributes 0.
        """
        return []

    @abstractmethod
    def why_none(self) -> list[str]:
        """Return why no segment or film at all satisfies it, in sentences; asked only where that is so."""
