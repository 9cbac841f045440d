"""Questions in words, answered from an archive with reasons. Names are loaded at first use."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kuleshov.query.by_example.examples import example_at as example_at
    from kuleshov.query.by_example.examples import example_of_frame as example_of_frame
    from kuleshov.query.by_example.match_cuts import matches as matches
    from kuleshov.query.by_example.repetitions import repetitions as repetitions
    from kuleshov.query.by_example.similarity import similar as similar
    from kuleshov.query.explain.describe import described as described
    from kuleshov.query.explain.result import Hit as Hit
    from kuleshov.query.explain.result import SearchResult as SearchResult
    from kuleshov.query.language.parser import parse as parse
    from kuleshov.query.language.parser import with_arc as with_arc
    from kuleshov.query.matching.part import Reason as Reason
    from kuleshov.query.parts.condition import Condition as Condition
    from kuleshov.query.parts.sort import Sort as Sort
    from kuleshov.query.parts.term import Term as Term
    from kuleshov.query.search_archive import search as search
    from kuleshov.query.spec.query import Query as Query
    from kuleshov.query.spec.ranking import Ranking as Ranking

_MODULES = {
    "Condition": "parts.condition",
    "Hit": "explain.result",
    "Query": "spec.query",
    "Ranking": "spec.ranking",
    "Reason": "matching.part",
    "SearchResult": "explain.result",
    "Sort": "parts.sort",
    "Term": "parts.term",
    "described": "explain.describe",
    "example_at": "by_example.examples",
    "example_of_frame": "by_example.examples",
    "matches": "by_example.match_cuts",
    "parse": "language.parser",
    "repetitions": "by_example.repetitions",
    "search": "search_archive",
    "similar": "by_example.similarity",
    "with_arc": "language.parser",
}
__all__ = [
    "Condition",
    "Hit",
    "Query",
    "Ranking",
    "Reason",
    "SearchResult",
    "Sort",
    "Term",
    "described",
    "example_at",
    "example_of_frame",
    "matches",
    "parse",
    "repetitions",
    "search",
    "similar",
    "with_arc",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
