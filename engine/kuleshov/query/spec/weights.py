"""What each graded part of a query weighs: qualities, comparisons, lines, courses. The weights add up to 1.

Limits, filters and orders let in or arrange and weigh nothing. As read, every part counts alike, all qualities together
being one part: how they share it is said by the degrees ("very", "slightly").
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from kuleshov.archive.dialogue_index import words_of
from kuleshov.errors import QueryError
from kuleshov.query.matching.temporal_query import TemporalQuery
from kuleshov.query.parts.example import ExampleQuery
from kuleshov.query.parts.line import LineQuery
from kuleshov.query.parts.picture import PictureQuery
from kuleshov.query.parts.term import Term
from kuleshov.query.spec.query import Query

Graded = Term | ExampleQuery | LineQuery | PictureQuery | TemporalQuery


def evened(query: Query) -> Query:
    """Return a query in which every likeness, step, line and course weighs as much as all qualities together."""
    together = math.fsum(term.weight for term in query.terms)
    return normalised(_with_weights(query, lambda part: 1.0, of_term=lambda term: term.weight / together))


def normalised(query: Query) -> Query:
    """Return a query whose weights add up to 1, in the same proportions."""
    total = math.fsum(part.weight for part in graded(query))
    if not total or abs(total - 1) < 1e-9:
        return query
    return _with_weights(query, lambda part: part.weight / total)


def with_seen(query: Query, seen: Sequence[PictureQuery]) -> Query:
    """Return a query that also wishes to see, each wish weighing as a line does; the others keep their proportions."""
    others = sum(not isinstance(part, Term) for part in graded(query)) + bool(query.terms)
    share = 1.0 / (len(seen) + others)
    rest = _with_weights(query, lambda part: part.weight * (1 - share * len(seen)))
    return replace(rest, seen=tuple(replace(one, weight=share) for one in seen))


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
    parts = list(graded(query))
    for name, factor in factors.items():
        if not (factor > 0 and math.isfinite(factor)):
            raise QueryError(f"weight {name}={factor:g}: give a number above 0")
        if not any(_is_named(part, name) for part in parts):
            known = ", ".join(dict.fromkeys(part.words for part in parts)) or "none"
            raise QueryError(f"weight {name}={factor:g}: no part of the query is named so; its parts: {known}")

    def changed(part: Graded) -> float:
        return part.weight * math.prod(factor for name, factor in factors.items() if _is_named(part, name))

    return normalised(_with_weights(query, changed))


def graded(query: Query) -> Iterator[Graded]:
    """Yield the parts that count by how well they are fulfilled; a comparison's steps are parts of their own."""
    yield from query.terms
    for like in query.likes:
        if like.alike:
            yield like
        yield from like.deltas
    yield from query.said
    yield from (one for one in query.seen if one.model)
    yield from query.wishes


def _is_named(part: Graded, name: str) -> bool:
    wanted = name.casefold().strip()
    names = {part.name, part.name.removeprefix("mood_")} if isinstance(part, Term) else set()
    words = part.words.casefold()
    return wanted in names or wanted == words or wanted in words_of(words)


def _with_weights(
    query: Query, weight: Callable[[Graded], float], *, of_term: Callable[[Term], float] | None = None
) -> Query:
    return replace(
        query,
        terms=tuple(replace(part, weight=(of_term or weight)(part)) for part in query.terms),
        likes=tuple(
            replace(
                part,
                weight=weight(part) if part.alike else 0.0,
                deltas=tuple(replace(delta, weight=weight(delta)) for delta in part.deltas),
            )
            for part in query.likes
        ),
        said=tuple(replace(part, weight=weight(part)) for part in query.said),
        seen=tuple(replace(part, weight=weight(part)) for part in query.seen),
        changes=tuple(replace(part, weight=weight(part)) for part in query.changes),
        arcs=tuple(replace(part, weight=weight(part)) for part in query.arcs),
    )
