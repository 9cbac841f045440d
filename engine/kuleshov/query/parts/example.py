"""A comparison with a place of a film: "like Cleo@1:02:03 but calmer", "more tense than Cleo@1:02:03"."""

from __future__ import annotations

from dataclasses import dataclass

from kuleshov.errors import QueryError
from kuleshov.query.parts.term import Term


@dataclass(frozen=True)
class ExampleQuery:
    """A wish to be as a place of a film, or (``alike`` False) only to differ from it.

    ``deltas``: what is wanted otherwise: "calmer" is ``sign`` 1 of ``mood_calm``. The likeness counts ``weight`` in
    the score, each delta its own.
    """

    film: str
    seconds: float
    words: str
    alike: bool = True
    deltas: tuple[Term, ...] = ()
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not self.alike and not self.deltas:
            raise QueryError(f"comparison {self.words!r}: asks neither to be alike nor to differ")
