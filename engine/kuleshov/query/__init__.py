"""Questions in words, answered from an archive with reasons. Names are loaded at first use."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kuleshov.query.answer import search as search
    from kuleshov.query.describe import described as described
    from kuleshov.query.examples import example_at as example_at
    from kuleshov.query.examples import example_of_frame as example_of_frame
    from kuleshov.query.language import parse as parse
    from kuleshov.query.language import with_arc as with_arc
    from kuleshov.query.match_cuts import matches as matches
    from kuleshov.query.query import Condition as Condition
    from kuleshov.query.query import Query as Query
    from kuleshov.query.query import Sort as Sort
    from kuleshov.query.ranking import Ranking as Ranking
    from kuleshov.query.repeated import repetitions as repetitions
    from kuleshov.query.result import Hit as Hit
    from kuleshov.query.result import Reason as Reason
    from kuleshov.query.result import SearchResult as SearchResult
    from kuleshov.query.similarity import similar as similar
    from kuleshov.query.term import Term as Term

_MODULES = {
    "Condition": "query",
    "Hit": "result",
    "Query": "query",
    "Ranking": "ranking",
    "Reason": "result",
    "SearchResult": "result",
    "Sort": "query",
    "Term": "term",
    "described": "describe",
    "example_at": "examples",
    "example_of_frame": "examples",
    "matches": "match_cuts",
    "parse": "language",
    "repetitions": "repeated",
    "search": "answer",
    "similar": "similarity",
    "with_arc": "language",
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
