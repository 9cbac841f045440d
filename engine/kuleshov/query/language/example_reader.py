"""Comparisons with a place of a film: "like Cleo@1:02:03 but calmer", "more tense than Cleo@1:02:03".

``query.parts.example`` finds what they ask for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from kuleshov.query.language.claims import Claim
from kuleshov.query.language.lexicon import Lexicon
from kuleshov.query.language.patterns import Reading
from kuleshov.query.language.quality_reader import Wanted, terms_of
from kuleshov.query.parts.example import ExampleQuery


class Example(NamedTuple):
    """A place of a film. ``alike``: it asks for what is like it; otherwise only for what differs from it."""

    film: str
    seconds: float
    alike: bool


def read_example(reading: Reading, lexicon: Lexicon) -> Example:
    """Return the place that the pattern of ``[patterns.example]`` names."""
    return Example(reading.get("quoted", "title"), reading.get("time"), reading.kind == "alike")


def with_deltas(
    examples: Sequence[Claim], wanted: Sequence[Wanted], lexicon: Lexicon
) -> tuple[tuple[ExampleQuery, ...], list[Wanted], list[Claim]]:
    """Return the comparisons with what is to differ, the other qualities, and claims that compare nothing.

    What is to differ are the comparatives after "like FILM@TIME" ("calmer", "less loud"), and the last quality before
    "than FILM@TIME".
    """
    left = list(wanted)
    queries: list[ExampleQuery] = []
    unread: list[Claim] = []
    for number, one in enumerate(examples):
        (example,) = one.parts
        end = examples[number + 1].position if number + 1 < len(examples) else math.inf
        if example.alike:
            mine = [
                quality
                for quality in left
                if one.position < quality.claim.position < end and not quality.negated and _compares(quality, lexicon)
            ]
        else:
            mine = [quality for quality in left if quality.claim.position < one.position][-1:]
        left = [quality for quality in left if quality not in mine]
        deltas = tuple(term for quality in mine for term in terms_of(quality) if not term.hint)
        if example.alike or deltas:
            queries.append(ExampleQuery(example.film, example.seconds, one.words, example.alike, deltas))
        else:
            unread.append(one)
    return tuple(queries), left, unread


def _compares(wanted: Wanted, lexicon: Lexicon) -> bool:
    return wanted.claim.grade == "comparative" or any((word,) in lexicon.comparatives for word in wanted.norms)
