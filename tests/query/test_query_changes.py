"""Changes over time as they are read: typed wishes with every quality in them, or reported as a whole."""

from __future__ import annotations

import pytest

from kuleshov.errors import QueryError
from kuleshov.query import parse, with_arc
from kuleshov.query.parts.arc import ArcQuery
from kuleshov.query.parts.change import ChangeQuery
from kuleshov.query.parts.term import Term


def signed(terms) -> str:
    return " ".join(f"{'+' if term.sign > 0 else '-'}{term.name}" for term in terms)


#: kind, what holds before, what holds after.
CHANGES = {
    "from despair to hope": ("from_to", "+mood_sadness -valence", "+valence"),
    "goes from calm to chaotic": ("from_to", "+mood_calm", "+mood_chaos"),
    "scenes going from very quiet to loud": ("from_to", "-loud", "+loud"),
    "calm, then loud": ("then", "+mood_calm", "+loud"),
    "sad and slow, followed by joyful": ("then", "+mood_sadness -fast_cutting", "+mood_joy"),
    "sudden quiet after loud noise": ("then", "+loud", "+cut_to_silence"),
    "calm just before a shock": ("then", "+mood_calm", "+loud_burst"),
    "a scream right after silence": ("then", "+silent", "+screaming"),
    "starts bright": ("starts", "", "+bright"),
    "opens on silence": ("starts", "", "+silent"),
    "ends tense": ("ends", "", "+tension"),
    "ending with music": ("ends", "", "+music"),
    "fades to black": ("ends", "", "+fade_out"),
    "grows tense": ("turns", "", "+tension"),
    "slowly becomes chaotic": ("turns", "", "+mood_chaos"),
    "gets more and more joyful": ("turns", "", "+mood_joy"),
    "rising tension": ("rises", "", "+tension"),
    "tension builds": ("rises", "", "+tension"),
    "falling arousal": ("rises", "", "-arousal"),
    "mood sinks": ("rises", "", "-valence"),
    "build-up to the climax": ("rises", "", "+arousal"),
    "build-up of tension": ("rises", "", "+tension"),
    "the climax": ("climax", "", ""),
}


@pytest.mark.parametrize(("text", "expected"), CHANGES.items(), ids=CHANGES)
def test_a_change_is_read(text, expected) -> None:
    query = parse(text)
    (change,) = query.changes
    assert (change.kind, signed(change.before), signed(change.after)) == expected
    assert not query.not_understood
    assert not query.terms
    assert query.unit == "scene"
    assert query.asks_something


ARCS = {
    "falls, then rises at the end": ("valence", "fall-rise"),
    "whole film arc falls then rises": ("valence", "fall-rise"),
    "films whose tension rises and then falls": ("tension", "rise-fall"),
    "the story rises, falls and rises again": ("valence", "rise-fall-rise"),
    "man in a hole": ("valence", "fall-rise"),
    "arousal falls, rises, falls": ("arousal", "fall-rise-fall"),
    "a film where tension rises": ("tension", "rise"),
}


@pytest.mark.parametrize(("text", "expected"), ARCS.items(), ids=ARCS)
def test_an_arc_is_read_over_films(text, expected) -> None:
    query = parse(text)
    (arc,) = query.arcs
    assert (arc.of, arc.shape) == expected
    assert query.of_films
    assert not query.changes
    assert not query.not_understood


def test_an_arc_of_scenes_stays_with_scenes() -> None:
    query = parse("scenes where tension rises then falls")
    assert (query.of_films, query.unit) == (False, "scene")


def test_just_is_sooner_than_then() -> None:
    assert parse("calm just before a scream").changes[0].seconds < parse("calm before a scream").changes[0].seconds


def test_a_change_to_the_climax_says_so() -> None:
    assert parse("build-up to the climax").changes[0].to_climax
    assert not parse("rising arousal").changes[0].to_climax


def test_other_qualities_stand_beside_a_change() -> None:
    query = parse("dark scenes that grow tense, longer than 20 s")
    assert signed(query.terms) == "-bright"
    assert signed(query.changes[0].after) == "+tension"
    assert query.conditions[0].value == 20


def test_both_ends_are_asked_for() -> None:
    assert [change.kind for change in parse("starts calm and ends tense").changes] == ["starts", "ends"]


def test_silence_and_a_fade_at_the_end_are_both_asked_for() -> None:
    query = parse("scene ends on silence and fade to black")
    assert signed(query.terms) == "+ends_on_silence"
    assert signed(query.changes[0].after) == "+fade_out"


@pytest.mark.parametrize(
    "text", ["from despair to zebras", "films", "at the end", "then", "rises", "turns", "until", "again"]
)
def test_what_is_half_understood_is_reported_whole(text) -> None:
    query = parse(text)
    assert not query.asks_something
    assert query.not_understood == (text,)


def test_a_degree_counts_within_a_change() -> None:
    assert parse("calm, then very loud").changes[0].after[0].minimum == 0.5


def test_the_pieces_cover_a_change() -> None:
    pieces = {piece.words: piece.role for piece in parse("dark, rising tension").pieces}
    assert pieces["rising tension"] == "condition"


def test_a_drawn_arc_asks_for_films_or_the_named_unit() -> None:
    query = with_arc(parse(""), "0, 0.2,-0.5,0.8", of="tension")
    assert query.arcs == (ArcQuery("tension", 1, None, (0.0, 0.2, -0.5, 0.8), "arc 0, 0.2,-0.5,0.8"),)
    assert query.of_films
    assert not with_arc(parse("scenes"), "0,1", of="valence").of_films


@pytest.mark.parametrize(
    ("numbers", "of", "complaint"),
    [
        ("0,x", "valence", "give numbers"),
        ("0.5", "valence", "at least two numbers"),
        ("0.3,0.3", "valence", "that differ"),
        ("0,1", "zest", "no such quality"),
    ],
)
def test_a_drawing_that_draws_nothing_is_refused(numbers, of, complaint) -> None:
    with pytest.raises(QueryError, match=complaint):
        with_arc(parse(""), numbers, of=of)


def test_wishes_check_themselves() -> None:
    tense = (Term("tension", 1, 1.0, 0.0, "tense"),)
    with pytest.raises(QueryError, match="is none of"):
        ChangeQuery("sideways", (), tense, "x")  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="asks for nothing"):
        ChangeQuery("ends", (), (), "x")
    with pytest.raises(QueryError, match="give a shape or points"):
        ArcQuery("valence", 1, None, (), "x")
    with pytest.raises(QueryError, match="is none of"):
        ArcQuery("valence", 1, "zigzag", (), "x")  # type: ignore[arg-type]
