"""What is learned beyond weights of cues: pairs, vectors, missing senses without bias, words that move attributes."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from kuleshov.annotations.annotation_store import AnnotationStore
from kuleshov.annotations.ratings import RatedSegment, place
from kuleshov.annotations.vocabulary import load_vocabulary
from kuleshov.archive import Archive
from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES, packaged_attributes
from kuleshov.emotion.apply_learned_terms import emotions_of
from kuleshov.emotion.grammar import load_grammar
from kuleshov.errors import AnnotationError, GrammarError
from kuleshov.pipeline.rescore import rescore
from kuleshov.pipeline.stages.scores import vectors_of
from kuleshov.records import DIMENSIONS, MOODS, Embeddings
from kuleshov.training import emotion_beyond
from kuleshov.training.emotion import train
from kuleshov.training.emotion_beyond import Beside, fit_beyond
from kuleshov.training.emotion_fit import Said, fit
from kuleshov.training.emotion_folds import film_folds, unseen_scores
from kuleshov.training.emotion_labels import CueTable, cue_table
from kuleshov.training.emotion_models import next_model, read_card, save
from kuleshov.training.emotion_report import evaluation, score_of
from kuleshov.training.emotion_scores import pearson
from kuleshov.training.emotion_words import answers_by_attribute, words_learned

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from labelled_archive import add, film_of, make_archive, says

TITLES = ("Strike", "October", "Earth", "Outskirts")
PAIR = "warmth & loudness"
SENSES = ("light", "light", "sound", "sound", "words", "words")


class Drawn:
    """Cues of six kinds and two spaces of vectors that hold the same; the taste is what the test says."""

    def __init__(self, seed: int, *, count: int = 700) -> None:
        rng = np.random.default_rng(seed)
        self.cues = np.tanh(rng.normal(0, 0.8, (count, 6)))
        self.speaking = np.ones((count, 6), dtype=bool)
        self.content = rng.normal(0, 1, (count, 3))
        spread = rng.normal(0, 1, (3, 12))
        self.vectors = {name: self.content @ spread + rng.normal(0, 0.5, (count, 12)) for name in ("look", "visual")}
        self.prior = np.array([0.4, 0.2, -0.4, 0.0, 0.0, 0.0])
        self.linear = self.cues @ np.array([0.5, 0.0, -0.4, 0.3, 0.0, 0.0])
        self.rows = np.arange(300)
        self.unseen = np.arange(300, count)
        self.noise = rng.normal(0, 0.3, count)

    def beside(self, *spaces: str) -> Beside:
        return Beside.of(self.cues, self.speaking, SENSES, {name: self.vectors[name] for name in spaces})

    def said(self, truth: np.ndarray) -> Said:
        return Said((truth + self.noise)[self.rows], self.rows, np.zeros(len(self.rows), dtype=np.int64))


def test_cues_that_only_together_speak_are_found_by_name() -> None:
    drawn = Drawn(0)
    truth = drawn.linear + 0.9 * drawn.cues[:, 1] * drawn.cues[:, 4]
    posterior, addition = fit_beyond(drawn.cues, drawn.speaking, drawn.beside(), drawn.said(truth), drawn.prior)
    assert addition.pairs.tolist() == [[1, 4]]
    assert addition.pair_weights[0] == pytest.approx(0.9, abs=0.2)
    alone = fit(drawn.cues, drawn.speaking, drawn.said(truth), drawn.prior).scores(drawn.cues, drawn.speaking)
    both = posterior.scores(drawn.cues, drawn.speaking) + addition.scores(drawn.cues, drawn.speaking, drawn.beside())
    assert pearson(both[drawn.unseen], truth[drawn.unseen]) > pearson(alone[drawn.unseen], truth[drawn.unseen]) + 0.1


@pytest.mark.parametrize("seed", range(3))
def test_where_cues_speak_for_themselves_the_model_is_the_additive_one(seed: int) -> None:
    drawn = Drawn(seed)
    posterior, addition = fit_beyond(
        drawn.cues, drawn.speaking, drawn.beside("look"), drawn.said(drawn.linear), drawn.prior
    )
    assert not addition
    additive = fit(drawn.cues, drawn.speaking, drawn.said(drawn.linear), drawn.prior)
    assert np.array_equal(posterior.weights, additive.weights)


def test_without_its_vectors_a_model_falls_back_and_takes_no_side() -> None:
    drawn = Drawn(1)
    truth = drawn.linear + 0.25 * drawn.content[:, 0]
    beside, said = drawn.beside("visual"), drawn.said(truth)
    posterior, addition = fit_beyond(drawn.cues, drawn.speaking, beside, said, drawn.prior)
    base = posterior.scores(drawn.cues, drawn.speaking)
    additive = fit(drawn.cues, drawn.speaking, said, drawn.prior).scores(drawn.cues, drawn.speaking)
    seen = base + addition.scores(drawn.cues, drawn.speaking, beside)
    blind = base + addition.scores(drawn.cues, drawn.speaking, beside, without=["visual"])
    r_seen, r_blind, r_additive = (pearson(each[drawn.unseen], truth[drawn.unseen]) for each in (seen, blind, additive))
    assert r_seen > r_additive + 0.1
    assert r_blind > r_additive - 0.02
    assert blind[drawn.unseen].mean() == pytest.approx(seen[drawn.unseen].mean(), abs=0.03)


def test_without_a_sense_pairs_that_need_it_add_nothing_and_the_mean_stays() -> None:
    drawn = Drawn(2)
    drawn.cues[:, 4] = np.tanh(drawn.cues[:, 1] + 0.5 * drawn.cues[:, 4])  # they go together, so their product is not 0
    truth = drawn.linear + 0.9 * drawn.cues[:, 1] * drawn.cues[:, 4]
    _, addition = fit_beyond(drawn.cues, drawn.speaking, drawn.beside(), drawn.said(truth), drawn.prior)
    assert [1, 4] in addition.pairs.tolist()
    deaf = drawn.speaking & (np.array(SENSES) != "words")
    assert np.all(addition.scores(drawn.cues, deaf, drawn.beside()) == 0)
    added = addition.scores(drawn.cues, drawn.speaking, drawn.beside())[drawn.unseen]
    assert added.std() > 0.1
    assert added.mean() == pytest.approx(0, abs=0.05)


def test_senses_dropped_in_training_share_what_both_hold(monkeypatch) -> None:
    drawn = Drawn(3)
    drawn.vectors["look"] = drawn.content @ np.random.default_rng(0).normal(0, 1, (3, 12))
    drawn.vectors["visual"] = 3 * drawn.vectors["look"]  # louder: without dropping it is believed alone
    truth = drawn.linear + 0.25 * drawn.content[:, 0]
    beside = drawn.beside("look", "visual")

    def without_visual() -> float:
        posterior, addition = fit_beyond(drawn.cues, drawn.speaking, beside, drawn.said(truth), drawn.prior)
        if set(addition.vectors) != {"look", "visual"}:
            addition = replace(addition, vectors={"look": np.zeros(12)} | dict(addition.vectors))
        total = posterior.scores(drawn.cues, drawn.speaking) + addition.scores(
            drawn.cues, drawn.speaking, beside, without=["visual"]
        )
        return float(((total - truth)[drawn.unseen] ** 2).mean())

    monkeypatch.setattr(emotion_beyond, "_vector_taus", lambda *_: {"look": 0.1, "visual": 0.1})
    dropped = without_visual()
    monkeypatch.setattr(emotion_beyond, "_KEEP", 1.0)
    assert dropped < 0.9 * without_visual()


def test_labels_of_a_film_are_never_on_both_sides() -> None:
    drawn = Drawn(4, count=320)
    table = CueTable([RatedSegment(str(row // 50), "shot", row) for row in range(320)], [], drawn.cues, drawn.speaking)
    said = drawn.said(drawn.linear)
    folds = film_folds(table.films[said.rows], seed=0)
    assert np.isfinite(unseen_scores(table, said, drawn.prior, folds, senses={})[""][said.rows]).all()
    folds[0] = (folds[0] + 1) % 5
    with pytest.raises(AnnotationError, match="judged on a film that it has seen"):
        unseen_scores(table, said, drawn.prior, folds, senses={})


def seen_by(film, content) -> np.ndarray:
    """What these people see in each shot of a film."""
    grammar = load_grammar()
    table = cue_table({"f": film}, "shot", grammar).cues
    warmth, loudness = (table[:, grammar.cue_names.index(name)] for name in PAIR.split(" & "))
    return 0.5 * warmth + 1.2 * warmth * loudness + 0.25 * content[:, 0]


def contents(film) -> tuple[np.ndarray, list[Embeddings]]:
    """Something in each shot of a film that only vectors know, and the vectors."""
    rng = np.random.default_rng([7, *film.film.title.encode()])
    content = rng.normal(0, 1, (len(film.shots), 2))
    spread = np.random.default_rng(1).normal(0, 1, (2, 16))
    vectors = content @ spread + rng.normal(0, 0.3, (len(film.shots), 16))
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    scenes = unit[[scene.first_shot for scene in film.scenes]]
    return content, [Embeddings("visual", "drawn-1", {"shot": unit, "scene": scenes})]


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """An archive of four films of 60 shots with vectors, three of them labelled, and the model of it."""
    folder = tmp_path_factory.mktemp("beyond") / "archive"
    rng = np.random.default_rng(0)
    films = [film_of(title, shots=60) for title in TITLES]
    with Archive.open(folder, create=True) as store:
        for film in films:
            add(store, film, embeddings=contents(film)[1])
        store.refresh()
    statements = []
    for film in films[:3]:
        for index, seen in enumerate(seen_by(film, contents(film)[0])):
            value = float(np.clip(round((seen + rng.normal(0, 0.15)) * 8) / 8, -1, 1))
            key = film.shots[index].lighting.key_value
            light = ["high-key"] if key > 0.10 else ["low-key"] if key < 0.08 else []  # Kuleshov's middle: 0.065
            statements.append(says(film, index, scores={"valence": value}, senses={"light": light}))
    AnnotationStore(folder).extend(statements)
    with Archive.open(folder) as store:
        path = next_model(store.path)
        model = train(store, name=path.stem)
    save(model, path)
    return folder, path, model, films


def test_a_learned_model_tells_pairs_and_vectors_as_reasons_that_add_up(learned) -> None:
    _, path, _, films = learned
    grammar, film = load_grammar(path), films[3]
    assert PAIR in {pair.name for pair in grammar.learned_terms.pairs}
    assert [(space.name, space.model) for space in grammar.learned_terms.spaces] == [("visual", "drawn-1")]
    content, embeddings = contents(film)
    seen = emotions_of(film.shots, grammar=grammar, vectors=vectors_of(embeddings, "shot"))
    blind = emotions_of(film.shots, grammar=grammar)
    for emotion in (*seen, *blind):
        for name in (*DIMENSIONS, *MOODS):
            total = math.fsum(reason.contributions.get(name, 0.0) for reason in emotion.reasons)
            assert total == pytest.approx(score_of(emotion, name), abs=1e-12)
            assert abs(total) <= 1 + 1e-9
        (told,) = [reason for reason in emotion.reasons if reason.cue == PAIR]
        assert " together with " in told.text
    assert {reason.cue for reason in seen[0].reasons} - {reason.cue for reason in blind[0].reasons} == {
        "vectors of visual"
    }
    true = seen_by(film, content)
    plain = emotions_of(film.shots, grammar=load_grammar())
    r = [pearson(np.array([each.valence for each in read]), true) for read in (plain, blind, seen)]
    assert r[2] > r[1] + 0.05
    assert r[1] > r[0]
    other = {("visual", "another model"): embeddings[0].vectors["shot"]}
    assert emotions_of(film.shots, grammar=grammar, vectors=other) == blind


def test_its_card_tells_what_was_learned_and_what_each_sense_is_worth(learned) -> None:
    _, path, _, _ = learned
    card = read_card(path)
    figures = card["scores"]["valence"]
    assert figures["learned"]["r"] > figures["additive"]["r"] + 0.05 > figures["grammar"]["r"]
    assert PAIR in figures["pairs"]
    assert figures["vectors"] == ["visual"]
    assert figures["without"]["vectors of visual"] < figures["learned"]["r"] - 0.05
    assert figures["without"]["sound"] < figures["learned"]["r"] - 0.05
    text = path.with_suffix(".md").read_text()
    assert f"- valence: {PAIR}" in text
    assert "| high_key | 180 |" in text


def test_reading_anew_uses_the_vectors_and_says_so(learned) -> None:
    folder, path, _, films = learned
    film_id = films[3].film.content_id
    with Archive.open(folder, write=True) as store:
        before = store.provenance(film_id)
        assert rescore(store, film_id, grammar=path)
        assert not rescore(store, film_id, grammar=path)
        after = store.analysis(film_id)
        assert after.provenance.models["grammar"] == load_grammar(path).id
        assert after.provenance.models["emotion_vectors"] == "visual: drawn-1"
        expected = emotions_of(
            films[3].shots, grammar=load_grammar(path), vectors=vectors_of(store.embeddings(film_id), "shot")
        )
        assert [shot.emotion for shot in after.shots] == expected
        found = evaluation(store, grammar=None, facts=None)
        assert found["scores"]["valence"]["segments"] == 180
        assert rescore(store, film_id, grammar=None)
        assert "emotion_vectors" not in store.provenance(film_id).models
        assert store.provenance(film_id).models == before.models


def test_words_of_light_move_the_attribute_that_search_goes_by(learned) -> None:
    folder, path, model, films = learned
    (attribute,) = load_grammar(path).learned_terms.attributes
    packaged = packaged_attributes()[ATTRIBUTE_NAMES.index("high_key")]
    assert attribute.name == "high_key"
    assert attribute.centre == pytest.approx(0.09, abs=0.012)
    assert packaged.centre == pytest.approx(0.065)
    f1_before, f1_after = model.card["words"]["high_key"]["f1"]
    assert f1_after > f1_before
    assert model.card["words"]["warm"] == {"kept": "0 of 8 yes and no"}
    film_id, column = films[0].film.content_id, ATTRIBUTE_NAMES.index("high_key")
    with Archive.open(folder, write=True) as store:
        shots = store.ids("shot")
        before = store.segments("shot", shots[:60])
        rescore(store, film_id, grammar=path)
        after = store.segments("shot", store.ids("shot"))
        (moved,) = [row for row in after if row.film.content_id == film_id and row.segment.index == 5]
        key = moved.segment.lighting.key_value
        assert moved.vector[column] == pytest.approx(attribute.value(moved.segment), abs=1e-5)
        assert moved.vector[column] != pytest.approx(packaged.value(moved.segment), abs=0.05), key
        assert before[5].vector[column] == pytest.approx(packaged.value(before[5].segment), abs=1e-5)


def test_one_more_word_changes_the_next_model(learned) -> None:
    folder, _, _, films = learned
    with Archive.open(folder) as store:
        placed = place(store)
    before = words_learned(placed, seed=0).moved[0].centre
    undecided = int((answers_by_attribute(placed)["high_key"].holds == 0.5).sum())
    brightest = max(films[0].shots, key=lambda shot: shot.lighting.key_value).index
    where = RatedSegment(films[0].film.content_id, "shot", brightest)
    placed.senses[where, "clara", "light"] = frozenset(["low-key"])
    assert words_learned(placed, seed=0).moved[0].centre > before
    placed.senses[where, "clara", "light"] = frozenset(["warm"])  # neither of its words: it lies in the middle
    assert (answers_by_attribute(placed)["high_key"].holds == 0.5).sum() == undecided + 1


def test_words_alone_are_enough_to_learn_from(tmp_path) -> None:
    films = make_archive(tmp_path / "archive", *TITLES[:2])
    said = [
        says(film, shot.index, senses={"light": ["high-key" if shot.lighting.key_value > 0.09 else "low-key"]})
        for film in films
        for shot in film.shots
    ]
    AnnotationStore(tmp_path / "archive").extend(said)
    with Archive.open(tmp_path / "archive") as store:
        path = next_model(store.path)
        model = train(store, name=path.stem)
    save(model, path)
    assert (model.card["scores"], model.card["data"]["words"]) == ({}, 48)
    assert load_grammar(path).learned_terms.attributes[0].centre > 0.07
    plain, read = (emotions_of(films[0].shots, grammar=load_grammar(which)) for which in (None, path))
    assert read == plain


def test_every_word_of_a_sense_that_is_measured_has_its_attribute() -> None:
    vocabulary = load_vocabulary()
    silent = {
        (sense, word)
        for sense, words in vocabulary.senses.items()
        for word in words
        if word not in vocabulary.attributes[sense]
    }
    assert silent == {("face", "neutral"), ("sound", "effects"), ("sound", "ambience"), ("camera", "steadicam")}


def test_a_pair_that_somebody_states_in_a_grammar_counts(learned, tmp_path) -> None:
    folder, _, _, films = learned
    own = tmp_path / "own.toml"
    packaged = resources.files("kuleshov.emotion").joinpath("grammar.toml").read_text()
    weights = "weights.anger = { weight = 3.0, source = 'design' }"
    own.write_text(f'{packaged}\n[together."{PAIR}"]\n{weights}\n')
    shots = films[0].shots
    plain, stated = (emotions_of(shots, grammar=load_grammar(path)) for path in (None, own))
    for before, after in zip(plain, stated, strict=True):
        value = math.prod(reason.value for reason in before.reasons if reason.cue in PAIR.split(" & "))
        (told,) = [reason for reason in after.reasons if reason.cue == PAIR]
        assert told.value == pytest.approx(value)
        assert after.moods["anger"] == pytest.approx(max(-1, min(1, before.moods["anger"] + 3 * value)))
        assert after.valence == before.valence
    assert max(abs(emotion.moods["anger"]) for emotion in stated) == pytest.approx(1)  # some were beyond
    with Archive.open(folder) as store, pytest.raises(AnnotationError, match="says more than weights"):
        train(store, base=own, name="x")


def test_a_file_that_does_not_belong_to_its_grammar_is_refused(learned, tmp_path) -> None:
    _, path, _, _ = learned
    text = path.read_text()
    copy = tmp_path / path.name
    copy.write_text(text)
    with pytest.raises(GrammarError, match=r"vectors\.file: .*emotion-1\.npz can't be read"):
        load_grammar(copy)
    (tmp_path / "emotion-1.npz").write_bytes(path.with_suffix(".npz").read_bytes() + b"?")
    with pytest.raises(GrammarError, match=r"vectors\.hash: .* is another file"):
        load_grammar(copy)
    copy.write_text(text[: text.index("[vectors]")].replace(PAIR, "warmth & noise"))
    with pytest.raises(GrammarError, match=r"warmth & noise: must be two cues of the grammar"):
        load_grammar(copy)
