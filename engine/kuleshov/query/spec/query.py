"""A query as it was read: its parts, which words ask for them, and what was not understood."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any, Literal, Self

from kuleshov.errors import QueryError
from kuleshov.query.matching.part import GradedPart, Part
from kuleshov.query.parts.arc import ArcQuery
from kuleshov.query.parts.change import ChangeQuery
from kuleshov.query.parts.condition import Condition
from kuleshov.query.parts.example import ExampleQuery
from kuleshov.query.parts.film_filter import FilmFilter
from kuleshov.query.parts.line import LineQuery
from kuleshov.query.parts.picture import PictureQuery
from kuleshov.query.parts.sort import Sort
from kuleshov.query.parts.term import Term
from kuleshov.records import Unit

Role = Literal[
    "quality", "condition", "order", "unit", "number", "modifier", "ignored", "not understood", "partly understood"
]


@dataclass(frozen=True)
class Piece:
    """A stretch of the query text and what became of it; together the pieces cover every word."""

    words: str
    role: Role


@dataclass(frozen=True)
class Query:
    """What a text asks for. Made by ``language.parse``; can be made by hand as well.

    A field that is a tuple of parts is a kind of part: ``terms`` (qualities), ``conditions`` (limits on numbers),
    ``said`` (lines of dialogue), ``filters`` (which films), ``changes`` and ``arcs`` (the course over time), ``likes``
    (places of films to compare with), ``seen`` (what is in the picture).

    ``unit_given``: the text names the unit; otherwise it was inferred from the qualities. ``of_films``: whole films are
    the answer, not segments. ``limit``: how many are asked for ("the five darkest shots"). ``did_you_mean``: (word,
    known word) for words that were not understood.
    """

    text: str
    terms: tuple[Term, ...] = ()
    conditions: tuple[Condition, ...] = ()
    sort: Sort | None = None
    unit: Unit = "shot"
    unit_given: bool = False
    not_understood: tuple[str, ...] = ()
    limit: int | None = None
    did_you_mean: tuple[tuple[str, str], ...] = ()
    pieces: tuple[Piece, ...] = field(default=(), compare=False)
    said: tuple[LineQuery, ...] = ()
    filters: tuple[FilmFilter, ...] = ()
    changes: tuple[ChangeQuery, ...] = ()
    arcs: tuple[ArcQuery, ...] = ()
    likes: tuple[ExampleQuery, ...] = ()
    seen: tuple[PictureQuery, ...] = ()
    of_films: bool = False

    def kinds(self) -> Mapping[str, tuple[Part, ...]]:
        """Return the parts by the fields that hold them, without what orders the answer; only those that there are."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: value
            for name, value in values.items()
            if isinstance(value, tuple) and value and isinstance(value[0], Part)
        }

    @property
    def parts(self) -> tuple[Part, ...]:
        """Everything that is asked for, what orders the answer last."""
        parts = (part for parts in self.kinds().values() for part in parts)
        return (*parts, self.sort) if self.sort is not None else tuple(parts)

    @property
    def matched_parts(self) -> tuple[Part, ...]:
        """The parts as they are matched: those that one phrase asks for may be one."""
        parts = (part for parts in self.kinds().values() for part in type(parts[0]).together(parts))
        return (*parts, self.sort) if self.sort is not None else tuple(parts)

    @property
    def asks_something(self) -> bool:
        """Whether there is anything to search for."""
        return any(part.asks for part in self.parts)

    @property
    def names_films(self) -> bool:
        """Whether it asks for films by their titles."""
        return any(film.field == "title" for film in self.filters)

    @property
    def order(self) -> Sort | None:
        """What the answer is ordered by, ``None`` = by score. Limits alone are ordered by the first: "longer than
        20 s" brings the longest first."""
        if self.sort is not None or not self.conditions or any(self.graded()):
            return self.sort
        first = self.conditions[0]
        return Sort(first.measure, descending=first.is_lower, words=first.words)

    def graded(self) -> Iterator[GradedPart]:
        """Yield what counts in the score by how well it is satisfied; the steps of a comparison are parts of their
        own."""
        for part in self.parts:
            yield from part.graded()

    def with_parts(self, change: Callable[[Part], Part | None]) -> Self:
        """Return a query of changed parts; ``None`` leaves a part out."""
        kinds: dict[str, Any] = {name: tuple(filter(None, map(change, parts))) for name, parts in self.kinds().items()}
        return replace(self, **kinds)

    def with_weights(self, weight: Callable[[GradedPart], float]) -> Self:
        """Return a query whose graded parts have other weights."""
        return self.with_parts(lambda part: part.with_weights(weight))

    def normalised(self) -> Self:
        """Return a query whose weights add up to 1, in the same proportions."""
        total = math.fsum(part.weight for part in self.graded())
        if not total or abs(total - 1) < 1e-9:
            return self
        return self.with_weights(lambda part: part.weight / total)

    def evened(self) -> Self:
        """Return a query in which every part weighs alike, all qualities together being one part: how they share its
        weight is said by their degrees ("very", "slightly")."""

        def even(part: Part) -> Part:
            if not part.weighed_together:
                return part.with_weights(lambda graded: 1.0)
            same_kind = (one for one in self.parts if isinstance(one, type(part)))
            together = math.fsum(graded.weight for one in same_kind for graded in one.graded())
            return part.with_weights(lambda graded: graded.weight / together)

        return self.with_parts(even).normalised()

    def to_json(self) -> dict[str, Any]:
        """Return ``{text, parsed, not_understood}`` as plain dicts and lists."""
        parsed = {name: _plain(getattr(self, name)) for name in self._parsed_fields()}
        parsed["did_you_mean"] = dict(self.did_you_mean)
        return {"text": self.text, "parsed": parsed, "not_understood": list(self.not_understood)}

    @classmethod
    def from_json(cls, content: object) -> Self:
        """Return the query of what ``to_json`` returned, corrected by hand; of its ``parsed`` alone as well.

        Raises ``QueryError`` naming what is not as it should be. What is left out is as in ``Query()``.
        """
        from pydantic import TypeAdapter, ValidationError

        whole = content if isinstance(content, dict) and "parsed" in content else {"parsed": content}
        parsed = whole["parsed"]
        if not isinstance(parsed, dict):
            raise QueryError(f"a query as JSON is an object, got {type(parsed).__name__}")
        if unknown := sorted(set(parsed) - set(cls._parsed_fields())):
            raise QueryError(f"query: {unknown[0]!r} is unknown; there are: {', '.join(cls._parsed_fields())}")
        slips = parsed.get("did_you_mean", {})
        values = {
            **parsed,
            "did_you_mean": list(slips.items()) if isinstance(slips, dict) else slips,
            "text": whole.get("text", ""),
            "not_understood": whole.get("not_understood", ()),
        }
        try:
            query: Self = TypeAdapter(cls).validate_python(values)
        except ValidationError as error:
            first = error.errors()[0]
            raise QueryError(f"query: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        return query

    @classmethod
    def _parsed_fields(cls) -> tuple[str, ...]:
        return tuple(one.name for one in fields(cls) if one.name not in ("text", "not_understood", "pieces"))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
