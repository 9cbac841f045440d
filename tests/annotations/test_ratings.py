"""Statements find their segment however a film is divided; tables, words and keys say what people meant."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import pytest

from kuleshov.annotations.annotation_store import AnnotationStore
from kuleshov.annotations.keys import ask
from kuleshov.annotations.ratings import agreement, place
from kuleshov.annotations.tables import as_csv, import_csv
from kuleshov.annotations.vocabulary import load_vocabulary
from kuleshov.archive import Archive
from kuleshov.errors import AnnotationError, GrammarError

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from labelled_archive import add, film_of, make_archive, says

WORDS = load_vocabulary("film")


@pytest.fixture
def folder(tmp_path):
    make_archive(tmp_path / "archive", "Strike", "October", shots=8)
    return tmp_path / "archive"


def test_the_later_word_counts_and_a_foreign_film_is_adrift(folder):
    film = film_of("Strike", shots=8)
    store = AnnotationStore(folder)
    store.append(says(film, 2, scores={"valence": 0.5, "tension": 0.25}))
    store.append(says(film, 2, scores={"valence": -1.0}))
    store.append(says(film_of("Lost"), 0, scores={"valence": 0.5}))
    with Archive.open(folder) as archive:
        placed = place(archive)
    assert {(each.place.index, each.score, each.value) for each in placed.ratings} == {
        (2, "valence", -1.0),
        (2, "tension", 0.25),
    }
    assert [each.title for each in placed.adrift] == ["Lost"]


def test_statements_follow_a_film_that_is_divided_anew(folder):
    film = film_of("Strike", shots=8, seconds=3.0)
    with Archive.open(folder, write=True) as archive:
        AnnotationStore(archive.path).append(says(film, 2, scores={"valence": 0.5}))  # 6 to 9 s
        finer = film_of("Strike", shots=24, seconds=1.0)  # no third of it is the same stretch
        archive.remove(film.film.content_id)
        add(archive, finer)
        assert len(place(archive).adrift) == 1
        archive.remove(film.film.content_id)
        add(archive, film_of("Strike", shots=6, seconds=4.0))  # 4 to 8 s shares 2 of 5 s, 8 to 12 s 1 of 6 s
        assert len(place(archive).adrift) == 1
        archive.remove(film.film.content_id)
        add(archive, film_of("Strike", shots=7, seconds=3.3))  # 6.6 to 9.9 s shares 2.4 of 3.9 s
        (rating,) = place(archive).ratings
        assert (rating.place.index, rating.value) == (2, 0.5)


def test_agreement_tells_people_who_see_alike_from_people_who_do_not(folder):
    film = film_of("Strike", shots=8)
    store = AnnotationStore(folder)
    for index in range(8):
        value = index / 4 - 1
        store.append(says(film, index, "anna", scores={"valence": value, "joy": float(index > 4)}))
        store.append(says(film, index, "boris", scores={"valence": value, "joy": float(index % 2)}))
        for who in ("anna", "boris"):
            store.append(says(film, index, who, senses={"light": ["low-key"] if index < 3 else ["high-key"]}))
    with Archive.open(folder) as archive:
        found = {each.subject: each for each in agreement(place(archive))}
    assert found["valence"].alpha == pytest.approx(1)
    assert found["valence"].icc_single == pytest.approx(1)
    assert found["valence"].units == 8
    assert found["joy"].alpha < 0.3
    assert found["light: low-key"].alpha == pytest.approx(1)
    assert set(found) == {"valence", "joy", "light: low-key", "light: high-key"}


def test_what_goes_out_as_a_table_comes_in_as_it_was(folder, tmp_path):
    film = film_of("Strike", shots=8)
    store = AnnotationStore(folder)
    said = says(film, 2, scores={"valence": 0.1, "joy": 0.0}, senses={"sound": ["music", "speech"]}, note="a, b\n")
    more = says(film, 1, "boris", kind="correction", scores={"fear": 1.0}, said={"fear": 1 / 3}, unit="scene")
    back = says(film, 2, kind="retraction", retracts=said.id)
    for each in (said, more, back):
        store.append(each)
    table = tmp_path / "labels.csv"
    table.write_text(as_csv(store), encoding="utf-8")
    make_archive(tmp_path / "other", "Strike", shots=8)
    with Archive.open(tmp_path / "other") as archive:
        assert import_csv(table, archive, vocabulary=WORDS, version="0").added == 3
        assert import_csv(table, archive, vocabulary=WORDS, version="0").present == 3
        copied = AnnotationStore(archive.path).everything()
    assert copied == [said.__class__(**vars(each) | {"note": each.note.strip()}) for each in (said, more, back)]


def test_a_list_from_elsewhere_brings_words(folder, tmp_path):
    table = tmp_path / "list.csv"
    table.write_text("annotator,film,start_seconds,end_seconds,words,light\nclara,strike,3,6,bleak; tense,low-key\n")
    with Archive.open(folder) as archive:
        import_csv(table, archive, vocabulary=WORDS, version="0.1.0")
        (said,) = AnnotationStore(archive.path).current()
        assert said.scores == WORDS.scores(["bleak", "tense"])
        assert (said.words, said.senses, said.vocabulary) == (["bleak", "tense"], {"light": ["low-key"]}, WORDS.id)
        assert {each.place.index for each in place(archive).ratings} == {1}
        table.write_text(table.read_text() + "clara,strike,6,9,glum,\n")
        with pytest.raises(AnnotationError, match=r"list.csv: row 3: 'glum' is no word"):
            import_csv(table, archive, vocabulary=WORDS, version="0.1.0")
        assert len(AnnotationStore(archive.path).current()) == 1  # a broken list adds nothing


def test_vocabularies_map_words_to_scores(tmp_path):
    psychology = load_vocabulary("psychology")
    assert psychology.words["happy"]["valence"] > 0.6
    assert psychology.words["afraid"]["arousal"] > 0.6
    assert psychology.words["gloomy"]["valence"] < -0.5
    assert WORDS.scores(["joyful", "bleak"])["valence"] == pytest.approx((0.8 - 0.6) / 2)
    own = tmp_path / "own.toml"
    own.write_text((Path(sys.modules["kuleshov.annotations"].__file__).parent / "vocabulary.toml").read_text())
    own.write_text(own.read_text().replace("tense = { tension = 0.7 }", "tense = { tension = 7 }"))
    with pytest.raises(GrammarError, match=r"film.words.tense: tension 7: must be from -1 to 1"):
        load_vocabulary(path=own)


def pressed(keys):
    stream = io.StringIO(keys)
    told = []
    result = ask(lambda: stream.read(1), lambda: stream.readline().strip(), told.append, WORDS)
    return *result, "".join(told)


def test_keys_say_what_people_meant():
    outcome, answer, _ = pressed("284fk\n")
    scores = answer.scores(WORDS)
    assert outcome == "done"
    assert (scores["valence"], scores["arousal"], scores["tension"]) == (-0.75, 0.75, -0.25)
    assert {name for name, value in scores.items() if value == 1} == {"sadness", "loneliness"}
    assert len(scores) == 15
    outcome, answer, _ = pressed("-5--\n")
    assert answer.scores(WORDS) == {"arousal": 0.0}  # what was not asked is left out
    outcome, answer, _ = pressed("28u999f ff\n")
    assert answer.numbers["valence"] == 1  # undone and begun anew
    assert answer.moods == {"sadness"}  # on, off, on
    outcome, answer, told = pressed("555w bleak light:low-key\nw nonsense\n\n")
    assert (outcome, answer.words, answer.senses) == ("done", ["bleak"], {"light": ["low-key"]})
    assert answer.scores(WORDS)["sadness"] == WORDS.words["bleak"]["sadness"]
    assert "'nonsense' is no word" in told
    assert "'x'?" in pressed("x5")[2]
    assert [pressed(keys)[0] for keys in ("s", "q", "", "u", "---\n", "----\n")] == [
        *("skip", "quit", "quit", "again", "done", "skip")
    ]


def test_the_table_of_statements_has_a_column_for_everything(folder):
    assert list(csv.DictReader(io.StringIO(as_csv(AnnotationStore(folder))))) == []
