"""What a character says next, told from how the archive's characters go on."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kuleshov.archive import Archive
from kuleshov.errors import QueryError
from kuleshov.query.assembled.forecast import speaker_forecast
from kuleshov.records import LINE_EMOTIONS, Line, LineEmotion

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from labelled_archive import add, film_of


def spoken(*pairs: tuple[str, str]) -> list[Line]:
    """Lines of speakers and feelings, one every two seconds."""
    return [
        Line(
            number,
            2.0 * number,
            2.0 * number + 1,
            "speech",
            "...",
            who,
            LineEmotion({name: 0.7 if name == feeling else 0.05 for name in LINE_EMOTIONS}, 0.0, 0.0, 0.0),
        )
        for number, (who, feeling) in enumerate(pairs)
    ]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """In two films those who are angry are sad next, and joyful after that, whoever speaks in between."""
    folder = tmp_path_factory.mktemp("next") / "archive"
    angry = [("ANNA", "anger"), ("Boris", "neutral"), ("Anna", "sadness"), ("Boris", "neutral"), ("ANNA", "joy")]
    with Archive.open(folder, create=True) as store:
        add(store, replace(film_of("Strike", shots=8), lines=spoken(*angry * 5)))
        add(store, replace(film_of("October", shots=8), lines=spoken(("Clara", "anger"), ("Dunya", "neutral"))))
        add(store, replace(film_of("Earth", shots=8), lines=[]))
        store.refresh()
    return folder


def test_a_characters_next_feeling_follows_their_own_last_ones(archive) -> None:
    with Archive.open(archive) as store:
        found = speaker_forecast(store, store.resolve("October"), 1.0, speaker="clara")
        assert found.history == ("anger",)
        assert next(iter(found.probabilities)) == "sadness"  # not neutral, which is the next line of somebody else
        assert found.probabilities["sadness"] > 2 * found.usual["sadness"]
        assert sum(found.probabilities.values()) == pytest.approx(1)
        assert found.actual is None
        assert found.steps == 14 + 9  # of Anna, by any capitals, and of Boris; one of a single line has none


def test_who_is_asked_is_not_learned_from_and_who_is_not_there_is_told(archive) -> None:
    with Archive.open(archive) as store:
        with pytest.raises(QueryError, match="only 9 steps to learn from"):
            speaker_forecast(store, store.resolve("Strike"), 3.0, speaker="Anna")
        with pytest.raises(QueryError, match=r"no line of 'Zoya' with a feeling; those read are Clara, Dunya"):
            speaker_forecast(store, store.resolve("October"), 3.0, speaker="Zoya")
        with pytest.raises(QueryError, match="none of its lines was read for feeling"):
            speaker_forecast(store, store.resolve("Earth"), 3.0, speaker="Anna")
