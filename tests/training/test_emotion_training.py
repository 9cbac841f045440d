"""The loop: people speak, a grammar is learned that explains itself, is judged on films unseen, hears corrections."""

from __future__ import annotations

import json
import math
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kuleshov.annotations.annotation_store import AnnotationStore
from kuleshov.archive import Archive
from kuleshov.emotion.grammar import load_grammar
from kuleshov.emotion.model import describe_emotion
from kuleshov.errors import AnnotationError
from kuleshov.pipeline.rescore import rescore
from kuleshov.records import DIMENSIONS, MOODS
from kuleshov.training.emotion import gather, train
from kuleshov.training.emotion_fit import Said, fit
from kuleshov.training.emotion_folds import film_folds
from kuleshov.training.emotion_labels import cue_table, prior_weights
from kuleshov.training.emotion_models import next_model, read_card, save
from kuleshov.training.emotion_queue import picks
from kuleshov.training.emotion_report import evaluation, evaluation_text, score_of
from kuleshov.training.emotion_scores import by_group, concordance, f1, groups_of, pearson
from kuleshov.training.emotion_select import choose

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks/quality"))

from labelled_archive import film_of, make_archive, says
from loop import World, run

TITLES = ("Strike", "October", "Earth", "Outskirts")


def taste(cues):
    """What these people see: warm and quiet is pleasant and calm; brightness, which the grammar goes by, is nothing."""
    return 0.8 * cues["warmth"] - 0.6 * cues["loudness"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Four films; two people spoke of every shot of the first three."""
    folder = tmp_path_factory.mktemp("loop") / "archive"
    films = make_archive(folder, *TITLES)
    grammar, rng = load_grammar(), np.random.default_rng(0)
    statements = []
    for film in films[:3]:
        table = cue_table({film.film.content_id: film}, "shot", grammar)
        for index, row in enumerate(table.cues):
            seen = taste(dict(zip(grammar.cue_names, row.tolist(), strict=True)))
            for who, zero in (("anna", 0.2), ("boris", -0.1)):
                value = float(np.clip(round((seen + zero + rng.normal(0, 0.2)) * 4) / 4, -1, 1))
                scores = {"valence": value} | {mood: float(mood == "calm" and seen > 0.35) for mood in MOODS}
                statements.append(says(film, index, who, scores=scores))
    AnnotationStore(folder).extend(statements)
    return folder


@pytest.fixture(scope="module")
def model(archive):
    with Archive.open(archive) as store:
        path = next_model(store.path)
        learned = train(store, name=path.stem)
    save(learned, path)
    return learned, path


def test_without_labels_the_grammar_speaks():
    grammar, film = load_grammar(), film_of("Strike")
    table = cue_table({"f": film}, "shot", grammar)
    nothing = Said(np.empty(0), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    for score in DIMENSIONS:
        posterior = fit(table.cues, table.speaking, nothing, prior_weights(grammar, score))
        own = [score_of(emotion, score) for emotion in describe_emotion(film.shots, grammar=grammar)]
        assert posterior.scores(table.cues, table.speaking) == pytest.approx(own, abs=1e-9)


def test_people_are_learned_and_the_grammar_explains_them(archive, model):
    learned, path = model
    grammar = load_grammar(path)
    figures = learned.card["scores"]["valence"]
    assert figures["learned"]["r"] > 0.8 > figures["grammar"]["r"] + 0.2
    assert figures["learned"]["ccc"] > figures["grammar"]["ccc"] + 0.2
    assert learned.card["scores"]["calm"]["learned"]["f1"] > learned.card["scores"]["calm"]["grammar"]["f1"]
    assert figures["without"]["sound"] < figures["learned"]["r"] - 0.1
    (valence,) = [score for score in grammar.scores if score.name == "valence"]
    assert {term.cue for term in valence.terms[:2]} == {"warmth", "loudness"}  # the largest first
    assert valence.terms[0].source.citation.startswith("fitted: ")
    assert valence.gain > 1
    assert set(learned.card["kept"]) == {"arousal", "tension", "dominance", *MOODS} - {"calm"}


def test_what_is_not_learned_stays_as_it_was(model):
    before, after = load_grammar(), load_grammar(model[1])
    kept = set(model[0].card["kept"])
    for old, new in zip(before.scores, after.scores, strict=True):
        if old.name in kept:
            assert [(term.cue, term.weight, term.source.name) for term in old.terms] == [
                (term.cue, term.weight, term.source.name) for term in new.terms
            ]
    assert before.cues == after.cues


def test_reasons_of_a_learned_grammar_add_up_and_are_the_models_scores(archive, model):
    learned, path = model
    grammar = load_grammar(path)
    film = film_of("Outskirts")
    table = cue_table({"f": film}, "shot", load_grammar())
    expected = learned.posteriors["valence"].scores(table.cues, table.speaking)
    for emotion, score in zip(describe_emotion(film.shots, grammar=grammar), expected, strict=True):
        for name in (*DIMENSIONS, *MOODS):
            total = math.fsum(reason.contributions.get(name, 0.0) for reason in emotion.reasons)
            assert total == pytest.approx(score_of(emotion, name), abs=1e-12)
            assert abs(total) <= 1 + 1e-9
        assert emotion.valence == pytest.approx(score, abs=0.01)


def test_training_again_is_the_same_and_a_new_version(archive, model, tmp_path):
    with Archive.open(archive) as store:
        again = train(store, name="emotion-1")
        assert again.text == model[0].text
        assert next_model(store.path).name == "emotion-2.toml"
        with pytest.raises(AnnotationError, match="was learned itself"):
            train(store, base=model[1], name="emotion-2")
    card = read_card(model[1])
    assert card["data"]["annotators"] == {"anna": 144, "boris": 144}
    assert sorted(card["data"]["films"].values()) == ["Earth", "October", "Strike"]
    assert "Not for judging people" in model[1].with_suffix(".md").read_text()
    json.loads(model[1].with_suffix(".json").read_text(), parse_constant=pytest.fail)


def test_a_correction_changes_the_next_model_towards_it(tmp_path, archive):
    folder = tmp_path / "archive"
    shutil.copytree(archive, folder)
    film = film_of("Outskirts")
    with Archive.open(folder) as store:
        before = train(store, name="emotion-2")
        table = cue_table({"f": film}, "shot", load_grammar())
        said = before.posteriors["valence"].scores(table.cues, table.speaking)
        index = int(said.argmax())
        AnnotationStore(folder).append(says(film, index, kind="correction", scores={"valence": -1.0}))
        after = train(store, name="emotion-3")
        assert after.posteriors["valence"].scores(table.cues, table.speaking)[index] < said[index] - 0.005
        assert "Outskirts" in after.card["data"]["films"].values()


def test_films_are_never_divided_between_learning_and_judging(tmp_path):
    films = np.repeat(np.arange(7), [3, 9, 1, 4, 4, 2, 8])
    folds = film_folds(films, seed=3)
    assert all(len(set(folds[films == film])) == 1 for film in range(7))
    assert len(set(folds)) == 5
    with pytest.raises(AnnotationError, match="of one film"):
        film_folds(np.zeros(30, dtype=np.int64), seed=0)
    (film,) = make_archive(tmp_path / "one", "Strike")
    store = AnnotationStore(tmp_path / "one")
    store.extend([says(film, index, scores={"valence": index / 24}) for index in range(24)])
    with Archive.open(tmp_path / "one") as archive:
        with pytest.raises(AnnotationError, match="valence 1 of 2 films"):
            train(archive, name="x")
        assert gather(archive, load_grammar()).short["arousal"] == "0 of 20 ratings"


def test_a_learned_grammar_is_judged_on_films_that_it_has_not_seen(tmp_path, archive, model):
    folder = tmp_path / "archive"
    shutil.copytree(archive, folder)
    with Archive.open(folder) as store:
        with pytest.raises(AnnotationError, match="every labelled film took part"):
            evaluation(store, grammar=model[1], facts=None)
        film = film_of("Outskirts")
        table = cue_table({"f": film}, "shot", load_grammar())
        for index, row in enumerate(table.cues):
            seen = taste(dict(zip(load_grammar().cue_names, row.tolist(), strict=True)))
            AnnotationStore(folder).append(says(film, index, "clara", scores={"valence": float(np.clip(seen, -1, 1))}))
        facts = tmp_path / "films.csv"
        facts.write_text("film,year,country\noutskirts,1933,SU\nStrike,1925,SU\n")
        found = evaluation(store, grammar=model[1], facts=facts)
        assert list(found["films"].values()) == ["Outskirts"]
        assert found["scores"]["valence"]["r"] > 0.8
        groups = {(each["kind"], each["group"]) for each in found["scores"]["valence"]["groups"]}
        assert {("film", "Outskirts"), ("decade", "1930s"), ("country", "SU"), ("picture", "under 500 lines")} <= groups
        assert "Left out, because it was trained on them: " in evaluation_text(found)
        orphan = tmp_path / "orphan.toml"
        shutil.copy(model[1], orphan)
        with pytest.raises(AnnotationError, match="its card is not beside it"):
            evaluation(store, grammar=orphan, facts=None)


def test_a_group_that_is_scored_higher_is_told_as_bias():
    rng = np.random.default_rng(0)
    true = rng.uniform(-1, 1, 80)
    groups = [{"colour": "black and white" if row < 40 else "colour", "film": str(row % 2)} for row in range(80)]
    said = true * 0.5 + np.where(np.arange(80) < 40, 0.3, 0.0)
    found = {(each["kind"], each["group"]): each for each in by_group(said, true, groups)}
    assert found["colour", "black and white"]["bias"]
    assert found["colour", "black and white"]["gap"] == pytest.approx(0.3, abs=0.2)
    assert not found["film", "0"]["bias"]


def test_what_a_film_is_known_by_groups_its_segments_and_a_users_facts_overrule_it():
    film = film_of("Strike (1999)")
    assert groups_of(film, film.shots[0], {})["decade"] == "1990s"
    film = replace(film, film=replace(film.film, year=1925, country="Soviet Union", language="ru"))
    known = groups_of(film, film.shots[0], {})
    assert (known["decade"], known["country"], known["language"]) == ("1920s", "Soviet Union", "ru")
    assert groups_of(film, film.shots[0], {"country": "SU", "year": "1931"}) == known | {
        "country": "SU",
        "decade": "1930s",
    }


def test_figures_are_what_they_say():
    true = np.array([-1.0, 0.0, 1.0, 0.5])
    assert pearson(0.5 * true + 0.3, true) == pytest.approx(1)
    assert concordance(true, true) == pytest.approx(1)
    # Lin: 2 s_xy / (s_x^2 + s_y^2 + (difference of means)^2)
    assert concordance(0.5 * true, true) == pytest.approx(true.var() / (1.25 * true.var() + (0.5 * true.mean()) ** 2))
    assert f1(np.array([1, 1, 0, 0], bool), np.array([1, 0, 1, 0], bool)) == pytest.approx(0.5)
    assert math.isnan(pearson(np.zeros(4), true))


def test_a_film_reads_anew_without_being_decoded(tmp_path, archive, model):
    folder = tmp_path / "archive"
    shutil.copytree(archive, folder)
    with Archive.open(folder, write=True) as store:
        film_id = film_of("Outskirts").film.content_id
        assert rescore(store, film_id, grammar=model[1])
        assert not rescore(store, film_id, grammar=model[1])
        after = store.analysis(film_id)
        assert after.provenance.models["grammar"] == load_grammar(model[1]).id
        expected = describe_emotion(after.shots, grammar=load_grammar(model[1]))
        assert [shot.emotion.valence for shot in after.shots] == [each.valence for each in expected]
        store.refresh()
        assert store.check() == []


def test_select_leaves_out_what_is_said_and_says_why(archive):
    with Archive.open(archive) as store:
        found = picks(store, count=5)
        assert {pick.film.film.title for pick in found} == {"Outskirts"}  # nobody spoke of it
        assert len({pick.segment.index for pick in found}) == 5
        assert all(pick.why for pick in found)
        assert found == picks(store, count=5)
        assert len(picks(store, count=3, unit="scene")) == 3
        with pytest.raises(AnnotationError, match="no shot is left"):
            picks(store, count=1, film="Strike", annotator="anna")
        assert picks(store, count=1, film="Strike", annotator="clara")


def test_choosing_prefers_what_teaches_over_what_is_known_already():
    grammar = load_grammar()
    table = cue_table({"f": film_of("Strike")}, "shot", grammar)
    nothing = Said(np.empty(0), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    posterior = fit(table.cues, table.speaking, nothing, prior_weights(grammar, "valence"))
    cues = np.vstack([table.cues, table.cues[3:4]])  # the last is the fourth again
    speaking = np.vstack([table.speaking, table.speaking[3:4]])
    rows = np.arange(len(cues))
    order = [
        each.row
        for each in choose(cues, speaking, [posterior] * 3, count=len(cues), candidates=rows[:-1], labelled=rows[-1:])
    ]
    assert order.index(3) > len(order) // 2
    assert sorted(order) == list(range(len(cues) - 1))


def test_in_simulation_200_labels_beat_the_grammar_on_films_unseen():
    curve, labels, _ = run(World(load_grammar(), 0), None)
    assert len(labels[0]) == 200
    assert curve[-1] > curve[0] + 0.1
    assert curve[5] > curve[0]
