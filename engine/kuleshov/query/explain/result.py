"""The answer to a query: hits with their reasons, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from kuleshov.query.matching.part import Reason
from kuleshov.query.spec.query import Query
from kuleshov.records import Unit


@dataclass(frozen=True)
class NearDuplicate:
    """A shot or scene that is nearly the same as a hit, and therefore no hit of its own."""

    film: str
    content_id: str
    index: int
    in_seconds: float
    out_seconds: float
    score: float


@dataclass(frozen=True)
class Hit:
    """A shot, scene or film that answers a query. The contributions of its reasons add up to its score, -1..1.

    ``alike`` are its near-duplicates, in the order in which they would have been hits.
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
    alike: tuple[NearDuplicate, ...] = ()


@dataclass(frozen=True)
class SearchResult:
    """What a search found, best first. ``empty_because`` says why there are no hits; ``notes`` how words were matched
    that no measure answers, or that they could not be."""

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
                    "alike": [dict(vars(duplicate)) for duplicate in hit.alike],
                }
                for hit in self.hits
            ],
            "empty_because": list(self.empty_because),
            "notes": list(self.notes),
        }
