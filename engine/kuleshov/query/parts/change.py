"""A change over the time of a segment that is asked for: "from despair to hope", "calm just before a shock"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from kuleshov.errors import QueryError
from kuleshov.query.parts.term import Term

ChangeKind = Literal["from_to", "then", "starts", "ends", "turns", "rises", "climax"]
#: A term on this name asks that the stretch ends in a fade to black or white; no vector holds it.
FADE_OUT = "fade_out"

#: "Then" is within so many seconds, "just before" within so few (design values).
THEN_SECONDS, JUST_SECONDS = 30.0, 5.0
#: The least step of what rises or turns (design value).
LEAST_RISE = 0.1


@dataclass(frozen=True)
class ChangeQuery:
    """What holds at first (``before``) and what afterwards (``after``), and how the two follow each other.

    - ``from_to``: the first third of the stretch fulfils ``before``, the last one ``after``
    - ``then``: somewhere a moment fulfils ``before``, and one that begins within ``seconds`` of its end ``after``
    - ``starts``, ``ends``: its first or last five seconds fulfil ``after``
    - ``turns``: its last third fulfils ``after`` and has at least ``LEAST_RISE`` more of it than the first
    - ``rises``: the last third has at least so much more of ``after`` than the first; a sign of -1 makes it a fall
    - ``climax``: the film's climax lies in it

    ``to_climax``: what is asked for holds up to the film's climax, which lies in the stretch or soon after it.
    How well it is fulfilled counts ``weight`` in the score.
    """

    kind: ChangeKind
    before: tuple[Term, ...]
    after: tuple[Term, ...]
    words: str
    seconds: float = THEN_SECONDS
    to_climax: bool = False
    weight: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(ChangeKind):
            raise QueryError(f"change {self.words!r}: {self.kind!r} is none of {', '.join(get_args(ChangeKind))}")
        if self.kind != "climax" and not self.after:
            raise QueryError(f"change {self.words!r}: asks for nothing")
        if not self.weight > 0:
            raise QueryError(f"change {self.words!r}: weight {self.weight:g} must be above 0")

    @property
    def names(self) -> set[str]:
        """The entries of the vector that it is judged by."""
        return {term.name for term in (*self.before, *self.after)} - {FADE_OUT}
