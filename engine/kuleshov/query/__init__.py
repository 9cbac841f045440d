"""Questions in words, answered from an archive with reasons. Names are loaded at first use."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kuleshov.query.answer import search as search
    from kuleshov.query.describe import described as described
    from kuleshov.query.language import parse as parse
    from kuleshov.query.query import Condition as Condition
    from kuleshov.query.query import Query as Query
    from kuleshov.query.query import Sort as Sort
    from kuleshov.query.query import Term as Term
    from kuleshov.query.result import Hit as Hit
    from kuleshov.query.result import Reason as Reason
    from kuleshov.query.result import SearchResult as SearchResult

_MODULES = {
    "Condition": "query",
    "Hit": "result",
    "Query": "query",
    "Reason": "result",
    "SearchResult": "result",
    "Sort": "query",
    "Term": "query",
    "described": "describe",
    "parse": "language",
    "search": "answer",
}
__all__ = ["Condition", "Hit", "Query", "Reason", "SearchResult", "Sort", "Term", "described", "parse", "search"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
