"""A query's reading in plain lines: what was understood, by which words, and what was not."""

from __future__ import annotations

from kuleshov.query.spec.query import Query


def described(query: Query) -> tuple[str, ...]:
    """Return how a query was read, a line for each thing it asks for: for people who wonder about an answer."""
    lines = [line for part in query.parts for line in part.describe()]
    limit = "" if query.limit is None else f", at most {query.limit}"
    unit = "film" if query.of_films else query.unit
    lines.append(f"{unit}s ({'asked for' if query.unit_given else 'inferred'}){limit}")
    if query.not_understood:
        lines.append(f"not understood: {', '.join(query.not_understood)}")
    lines += [f'"{word}": did you mean "{known}"?' for word, known in query.did_you_mean]
    return tuple(lines)
