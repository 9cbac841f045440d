"""Queries put together in Python say what the typed ones say, and what can't be asked is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kuleshov.cinema.attributes.measures import UNITS
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.errors import QueryError
from kuleshov.query import Query, parse
from kuleshov.query import build as ask


def reading(query: Query) -> Query:
    """A query without the words that it was asked with: they may differ where the meaning doesn't."""
    return replace(
        query,
        text="",
        pieces=(),
        terms=tuple(sorted((replace(term, words="") for term in query.terms), key=lambda term: term.name)),
        conditions=tuple(
            sorted((replace(one, words="") for one in query.conditions), key=lambda one: (one.measure, one.op))
        ),
        filters=tuple(sorted((replace(one, words="") for one in query.filters), key=lambda one: one.field)),
        said=tuple(replace(one, words="") for one in query.said),
        changes=tuple(
            replace(
                change,
                words="",
                before=tuple(replace(term, words="") for term in change.before),
                after=tuple(replace(term, words="") for term in change.after),
            )
            for change in query.changes
        ),
        likes=tuple(
            replace(like, words="", deltas=tuple(replace(term, words="") for term in like.deltas))
            for like in query.likes
        ),
        sort=None if query.sort is None else replace(query.sort, words=""),
    )


SAME = [
    (
        ask.quality("tense", degree="very") & ask.longer_than(20) & ask.in_decade(1940),
        "very tense and longer than 20 s, from the 1940s",
    ),
    (ask.quality("long take") & ask.quality("tension"), "tense long take"),
    (ask.lacking("dialogue") & ask.quality("sad"), "sad, without dialogue"),
    (ask.lacking("dark") & ask.of("scene"), "scenes that are not dark"),
    (ask.most("dark") & ask.of("shot"), "darkest shots"),
    (ask.lasting(5, 10.5) & ask.quality("loud"), "loud, from 5 to 10.5 seconds"),
    (ask.limit("sound.loudness_lufs", ">", -15), "louder than -15 LUFS"),
    (ask.limit("pace.cuts_per_minute", ">=", 30) & ask.of("scene"), "scenes with at least 30 cuts per minute"),
    (ask.limit("people.count", ">=", 3), "at least three people"),
    (ask.directed_by("Anna Berg") & ask.quality("calm") & ask.of("shot"), "calm shots directed by Anna Berg"),
    (ask.made_in("France") & ask.of("film") & ask.quality("sad"), "sad French films"),
    (ask.in_language("German") & ask.quality("loud"), "loud, in German"),
    (ask.titled("Cleo from 5 to 7") & ask.quality("dark"), 'dark, in "Cleo from 5 to 7"'),
    (ask.in_years(1930, 1944) & ask.quality("red"), "red, between 1930 and 1944"),
    (ask.says("never mind") & ask.quality("dark"), 'where she says "never mind", dark'),
    (ask.from_to(ask.quality("calm"), ask.quality("chaotic")), "goes from calm to chaotic"),
    (ask.then(ask.quality("quiet"), ask.quality("loud burst")) & ask.quality("dark"), "dark, quiet then a loud burst"),
    (ask.starts(ask.quality("dark")) & ask.ends(ask.quality("loud")), "starts dark, ends loud"),
    (ask.turns(ask.quality("sad")), "turns sad"),
    (ask.rises("tension") & ask.of("scene"), "scenes with rising tension"),
    (ask.falls("arousal"), "falling energy"),
    (
        ask.like("Sunrise", 200, more=("calm",), less=("loud",)),
        "like Sunrise@3:20 but calmer and less loud",
    ),
    (ask.sorted_by("duration_seconds") & ask.quality("calm") & ask.of("shot"), "calm shots, longest first"),
    (ask.quality("mood_calm") & ask.shorter_than(90), "calm, shorter than a minute and a half"),
]


@pytest.mark.parametrize(("built", "typed"), SAME, ids=[typed for _, typed in SAME])
def test_it_says_what_the_typed_query_says(built, typed):
    assert reading(built.query) == reading(parse(typed))
    assert built.query == parse(str(built))


def test_every_quality_and_every_measure_can_be_asked_for():
    for name in VECTOR_NAMES:
        asked = [(term.name, term.sign) for term in ask.quality(name).query.terms if not term.hint]
        assert asked == [(name, 1)]
    for measure in UNITS:
        (condition,) = (ask.limit(measure, "<=", 0.25) & ask.quality("calm")).query.conditions
        assert (condition.measure, condition.op, condition.value) == (measure, "<=", 0.25)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: ask.quality("tnse"), "'tnse' is no quality; did you mean 'tense'"),
        (lambda: ask.quality("longer than 5 s"), "is no quality"),
        (lambda: ask.quality("tense", degree="verry"), "'verry' is no degree"),
        (lambda: ask.limit("size", ">", 1), "no such measure"),
        (lambda: ask.limit("color.warmth", "~", 1), "none of < <= > >="),
        (lambda: ask.in_decade(1945), "ends in 0"),
        (lambda: ask.made_in("Narnia"), "Narnia is not understood"),
        (lambda: ask.says('"no"'), "can't stand in quotes"),
        (lambda: ask.from_to(ask.quality("calm"), ask.longer_than(3)), "understood|no change"),
        (lambda: ask.sorted_by("angle.roll_degrees"), "no name for"),
        (lambda: ask.of("reel"), "none of shot, scene, film"),
    ],
)
def test_what_cannot_be_asked_is_refused(make, told):
    with pytest.raises(QueryError, match=told):
        make()
