"""A query as it was read: what is asked for, by which words, and what was not understood."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from kuleshov.cinema.attributes.measures import UNITS, Unit
from kuleshov.errors import QueryError
from kuleshov.query.parts.arc import ArcQuery
from kuleshov.query.parts.change import ChangeQuery
from kuleshov.query.parts.condition import Condition
from kuleshov.query.parts.example import ExampleQuery
from kuleshov.query.parts.film_filter import FilmFilter
from kuleshov.query.parts.line import LineQuery
from kuleshov.query.parts.picture import PictureQuery
from kuleshov.query.parts.term import Term

Role = Literal[
    "quality", "condition", "order", "unit", "number", "modifier", "ignored", "not understood", "partly understood"
]


@dataclass(frozen=True)
class Sort:
    """The order of the answer: a measure's path, or an entry of the affect-and-cinema vector."""

    key: str
    descending: bool
    words: str

    @property
    def by_measure(self) -> bool:
        return self.key in UNITS


@dataclass(frozen=True)
class Piece:
    """A stretch of the query text and what became of it; together the pieces cover every word."""

    words: str
    role: Role


@dataclass(frozen=True)
class Query:
    """What a text asks for. Made by ``language.parse``; can be made by hand as well.

    ``unit_given``: the text names the unit; otherwise it was inferred from the qualities. ``limit``: how many are asked
    for ("the five darkest shots").
    ``did_you_mean``: (word, known word) for words that were not understood. ``said``: lines that must be spoken.
    ``filters``: which films it is about; ``likes``: places of films that it is compared with.
    ``seen``: what is to be seen in the picture that no measure tells.
    ``changes`` and ``arcs``: how it must go on over its time; ``of_films``: whole films are the answer, not segments.
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
    changes: tuple[ChangeQuery, ...] = ()
    arcs: tuple[ArcQuery, ...] = ()
    of_films: bool = False
    filters: tuple[FilmFilter, ...] = ()
    likes: tuple[ExampleQuery, ...] = ()
    seen: tuple[PictureQuery, ...] = ()

    @property
    def asks_something(self) -> bool:
        """Whether there is anything to search for."""
        parts = (self.terms, self.conditions, self.sort, self.said, self.changes, self.arcs, self.filters, self.likes)
        return any(parts) or any(one.model for one in self.seen)

    @property
    def wishes(self) -> tuple[ChangeQuery | ArcQuery, ...]:
        """All that is asked of the course over time: changes, then arcs."""
        return (*self.changes, *self.arcs)

    def weights(self) -> dict[str, float]:
        """Return the signed weight of every vector entry that the terms name."""
        weights: dict[str, float] = {}
        for term in self.terms:
            weights[term.name] = weights.get(term.name, 0.0) + term.sign * term.weight
        return weights

    def to_json(self) -> dict[str, Any]:
        """Return ``{text, parsed, not_understood}`` as plain dicts and lists."""
        sort = None if self.sort is None else vars(self.sort)
        return {
            "text": self.text,
            "parsed": {
                "terms": [dict(vars(term)) for term in self.terms],
                "conditions": [dict(vars(condition)) for condition in self.conditions],
                "sort": None if sort is None else dict(sort),
                "unit": self.unit,
                "unit_given": self.unit_given,
                "limit": self.limit,
                "did_you_mean": dict(self.did_you_mean),
                "said": [dict(vars(said)) for said in self.said],
                "changes": [asdict(change) for change in self.changes],
                "arcs": [asdict(arc) for arc in self.arcs],
                "of_films": self.of_films,
                "filters": [asdict(one) for one in self.filters],
                "likes": [asdict(one) for one in self.likes],
                "seen": [asdict(one) for one in self.seen],
            },
            "not_understood": list(self.not_understood),
        }

    @classmethod
    def from_json(cls, content: object) -> Query:
        """Return the query of what ``to_json`` returned, corrected by hand; of its ``parsed`` alone as well.

        Raises ``QueryError`` naming what is not as it should be. What is left out is as in ``Query()``.
        """
        from pydantic import TypeAdapter, ValidationError

        whole = content if isinstance(content, dict) and "parsed" in content else {"parsed": content}
        parsed = whole["parsed"]
        if not isinstance(parsed, dict):
            raise QueryError(f"a query as JSON is an object, got {type(parsed).__name__}")
        if unknown := sorted(set(parsed) - set(_PARSED)):
            raise QueryError(f"query: {unknown[0]!r} is unknown; there are: {', '.join(_PARSED)}")
        slips = parsed.get("did_you_mean", {})
        values = {
            **parsed,
            "did_you_mean": list(slips.items()) if isinstance(slips, dict) else slips,
            "text": whole.get("text", ""),
            "not_understood": whole.get("not_understood", ()),
        }
        try:
            query: Query = TypeAdapter(cls).validate_python(values)
        except ValidationError as error:
            first = error.errors()[0]
            raise QueryError(f"query: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        return query


_PARSED = tuple(name for name in Query.__dataclass_fields__ if name not in ("text", "not_understood", "pieces"))
