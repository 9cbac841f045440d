"""How a stage says what its result should be read with: ``(result, notes)``, gathered into a film's provenance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, TypeVar

Result = TypeVar("Result")

#: What a stage returns: its result, and sentences for the film's provenance.
Noted: TypeAlias = tuple[Result, Sequence[str]]


class Notes(list[str]):
    """The notes of a film, in the order of the stages."""

    def take(self, outcome: Noted[Result]) -> Result:
        """Keep the notes of a stage and return its result."""
        result, notes = outcome
        self += notes
        return result
