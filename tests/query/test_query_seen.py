"""Which words of a query are for an image-text model, and that nobody looks for them where there is none."""

from __future__ import annotations

import pytest

from kuleshov.query import Query, described, parse, search


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a train at dusk", ["a train at dusk"]),
        ("melancholic wide shot of a train at dusk", ["a train at dusk"]),
        ("tense scenes with a woman crying in the rain", ["a woman crying in the rain"]),
        ("dark kitchen with a red car", ["dark kitchen with a red car"]),
        ("tense scenes with two men on a roof", ["two men on a roof"]),
        ("long take, a boat on the water, slow", ["a boat on the water"]),
        ('calm shots that show "two men on a roof"', ["two men on a roof"]),
        ("scenes showing fear", []),  # a mood, which is measured
        ("tense scenes without a train", []),
        ("voice-over in the first half", []),  # no picture shows it
        ("tense long take", []),
    ],
)
def test_words_that_nothing_else_understands_are_to_be_seen(text, seen):
    query = parse(text)
    assert [one.text for one in query.seen] == seen
    # The vocabulary still tells what it does not know, and reads what it does.
    assert {word for one in query.seen for word in one.unknown} <= set(query.not_understood)
    assert not any(word.startswith("show") for word in query.not_understood)
    assert Query.from_json(query.to_json()).seen == query.seen


def test_what_is_known_of_a_phrase_is_read_as_well():
    assert [term.name for term in parse("showing a train at dusk").terms] == ["dusk"]
    assert "not understood: train" in described(parse("a train at dusk"))


def test_without_a_model_the_answer_says_so_and_all_else_is_found(archive, shot):
    archive.add("Cleo", [shot(0, luma_mean=0.02), shot(1)])
    result = search(archive, "dark shot of a train")
    assert [hit.index for hit in result.hits] == [0]
    assert result.query.not_understood == ("train",)
    (note,) = result.notes
    assert note.startswith("“a train” could not be matched by sight: no film of the archive was looked at")
    assert "only dialogue (says “...”), titles and the cues of known words can find it" in note
    assert result.to_json()["notes"] == [note]
    nothing = search(archive, "a train")
    assert not nothing.hits
    assert nothing.empty_because[0] == "nothing to search for was understood; not understood: train"
