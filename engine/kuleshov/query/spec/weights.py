"""Weights as a user gives them: "tense=2"."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from kuleshov.errors import QueryError
from kuleshov.query.matching.part import GradedPart
from kuleshov.query.spec.query import Query


def read_factors(texts: Iterable[str]) -> dict[str, float]:
    """Return factors as typed: "tense=2". Raises ``QueryError``."""
    factors = {}
    for text in texts:
        name, _, factor = text.rpartition("=")
        try:
            factors[name] = float(factor)
        except ValueError as error:
            raise QueryError(f"weight {text!r}: give a name and a factor: tense=2") from error
    return factors


def reweighted(query: Query, factors: Mapping[str, float]) -> Query:
    """Return a query in which parts weigh so many times as much: ``{"tense": 2}``.

    A part is named by a word of the query that asks for it, or a quality by its own name ("tension"). Raises
    ``QueryError`` for a name that no part has, or a factor that is not above 0.
    """
    parts = list(query.graded())
    for name, factor in factors.items():
        if not (factor > 0 and math.isfinite(factor)):
            raise QueryError(f"weight {name}={factor:g}: give a number above 0")
        if not any(part.is_named(name) for part in parts):
            known = ", ".join(dict.fromkeys(part.words for part in parts)) or "none"
            raise QueryError(f"weight {name}={factor:g}: no part of the query is named so; its parts: {known}")

    def factor_of(part: GradedPart) -> float:
        return math.prod(factor for name, factor in factors.items() if part.is_named(name))

    return query.with_weights(lambda part: part.weight * factor_of(part)).normalised()
