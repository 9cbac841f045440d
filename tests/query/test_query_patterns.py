"""Patterns of the vocabulary and who reads them: a new kind of reading, what wins, and what is no pattern."""

from __future__ import annotations

import sys
from importlib import resources

import pytest

from kuleshov.errors import GrammarError
from kuleshov.query import parse
from kuleshov.query.language import parser
from kuleshov.query.language.lexicon import languages, load_lexicon, packaged_lexicon
from kuleshov.query.parts.condition import Condition

TEXT = resources.files("kuleshov.query.language.vocabulary").joinpath("en.toml").read_text(encoding="utf-8")
REEL_SECONDS = 600.0


def read_reels(reading, lexicon):
    """The length of a scene in reels: "at least two reels"."""
    reels = {"one": 1, "two": 2, "three": 3}.get(reading.get("word"))
    op = ">=" if reading.kind == "least" else "<="
    return None if reels is None else Condition("duration_seconds", op, reels * REEL_SECONDS, reading.words)


def test_a_new_kind_of_reading_is_a_function_and_a_line(tmp_path, monkeypatch):
    file = tmp_path / "mine.toml"
    reels = '[patterns.reels]\nleast = ["at least {word} (reel|reels)"]\nmost = ["at most {word} (reel|reels)"]\n'
    file.write_text(f"{TEXT}\n{reels}", encoding="utf-8")
    lexicon = load_lexicon(file)
    asked = "dark scenes by Ozu, at least two reels"
    assert "reels" in parse(asked, lexicon=lexicon).not_understood
    monkeypatch.setitem(parser.PATTERN_READERS, "reels", read_reels)
    query = parse(asked, lexicon=lexicon)
    assert query.conditions == (Condition("duration_seconds", ">=", 1200.0, "at least two reels"),)
    assert ("at least two reels", "condition") in [(piece.words, piece.role) for piece in query.pieces]
    assert [term.name for term in query.terms] == ["bright"]
    assert not query.not_understood
    assert "reels" in parse("dark, at least zebra reels", lexicon=lexicon).not_understood


def test_all_patterns_are_read():
    for language in languages():
        assert set(packaged_lexicon(language).patterns) == set(parser.PATTERN_READERS)


def readings(text):
    query = parse(text)
    return [
        *((one.by, one.text) for one in query.said),
        *((one.field, one.words) for one in query.filters),
        *(("like", one.film) for one in query.likes),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what is in quotes or capitals, or a time, before all else
        ('where she says "never mind" and it is dark', [("words", "never mind")]),
        ("where they say goodbye with ANNA", [("meaning", "goodbye"), ("speaker", "ANNA")]),
        ('as in "M"@3', [("like", "M")]),
        ('in "directed by Ozu"', [("title", 'in "directed by Ozu"')]),
        # then the longest
        ("where they talk about films by Ozu", [("meaning", "films by Ozu")]),
        ("in 1940-1950", [("year", "1940-1950")]),
        ("French-language films", [("language", "French-language")]),
        ("made in the Soviet Union, dark scenes", [("country", "made in the Soviet Union")]),
        # at last what is left
        ("Italian 1940s", [("country", "Italian"), ("year", "1940s")]),
        ('"open the door"', [("words", "open the door")]),
    ],
)
def test_what_wins(text, expected):
    assert readings(text) == expected


def test_quotes_are_paired_from_the_start():
    assert readings('"open the door" and then "close the door"') == [
        ("words", "open the door"),
        ("words", "close the door"),
    ]


def test_what_was_taken_out_leaves_its_own_pieces():
    pieces = [(piece.words, piece.role) for piece in parse('calm, then "never mind again", then very loud').pieces]
    assert ('"never mind again"', "condition") in pieces
    query = parse("calm scenes, then loud")
    assert [(piece.words, piece.role) for piece in query.pieces] == [
        ("calm", "condition"),
        ("scenes", "unit"),
        (", then loud", "condition"),
    ]


def test_a_comparison_without_a_quality_is_reported_where_it_is():
    query = parse("than Sunrise@3:20, dark zebra")
    assert query.not_understood == ("than Sunrise@3:20", "zebra")
    assert (query.pieces[0].words, query.pieces[0].role) == ("than Sunrise@3:20", "not understood")


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("by {nobody}", "'?{nobody}'? is no slot, list or rule"),
        ("(by {name}", "is not closed"),
        ("by {name})", "closes nothing"),
    ],
)
def test_what_is_no_pattern_is_refused(tmp_path, pattern, complaint):
    file = tmp_path / "mine.toml"
    file.write_text(f'{TEXT}\n[patterns.more]\nx = ["{pattern}"]\n', encoding="utf-8")
    with pytest.raises(GrammarError, match=rf"mine\.toml: patterns\.more: .*{complaint}"):
        load_lexicon(file)


def test_reading_a_plain_query_crosses_few_modules():
    parse("tense long take")
    crossed = set()

    def note(frame, event, _):
        if event == "call":
            crossed.add(frame.f_globals.get("__name__", ""))

    sys.setprofile(note)
    try:
        parse("tense long take")
    finally:
        sys.setprofile(None)
    assert len({name for name in crossed if name.startswith("kuleshov.")}) <= 8
