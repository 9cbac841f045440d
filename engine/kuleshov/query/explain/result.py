"""The answer to a query: hits with their reasons, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from kuleshov.cinema.attributes.measures import Unit
from kuleshov.query.spec.query import Query


@dataclass(frozen=True)
class Reason:
    """One term of a hit's score. ``value``: of a quality or cue -1..1, of a condition or order in its own unit.

    ``weight`` is what its part of the query weighs, ``None`` for a cue and for what only lets in. ``percentile`` 0..100
    is where its value stands in the archive, ties half; ``None`` where it counts as it is
    (``query.matching.calibration``).
    """

    cue: str
    value: float
    contribution: float
    text: str
    weight: float | None = None
    percentile: float | None = None


@dataclass(frozen=True)
class Alike:
    """A shot or scene that is all but the same as a hit, and is no hit of its own for that."""

    film: str
    content_id: str
    index: int
    in_seconds: float
    out_seconds: float
    score: float


@dataclass(frozen=True)
class Hit:
    """A shot, scene or film that answers a query. The contributions of its reasons add up to its score, -1..1.

    ``alike`` are those that are all but the same, in the order in which they would have been hits.
    """

    film: str
    content_id: str
    unit: Unit | Literal["film"]
    index: int
    in_seconds: float
    out_seconds: float
    in_frame: int
    out_frame: int
    score: float
    reasons: tuple[Reason, ...]
    alike: tuple[Alike, ...] = ()


@dataclass(frozen=True)
class SearchResult:
    """What a search found, best first. ``empty_because`` says why where there are no hits; ``notes`` by what means
    words were matched that no measure tells, or that they could not be."""

    query: Query
    hits: tuple[Hit, ...]
    empty_because: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the result as ``kuleshov search --json`` prints it; see ``docs/query-language.md``."""
        return {
            "query": self.query.to_json(),
            "hits": [
                {
                    **vars(hit),
                    "reasons": [dict(vars(reason)) for reason in hit.reasons],
                    "alike": [dict(vars(one)) for one in hit.alike],
                }
                for hit in self.hits
            ],
            "empty_because": list(self.empty_because),
            "notes": list(self.notes),
        }
