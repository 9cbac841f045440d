"""Labelled texts as they are published: MELD, GoEmotions, EmoBank. One folder holds them, each in its own.

::

    DIR/meld/{train,dev,test}_sent_emo.csv      https://github.com/declare-lab/MELD
    DIR/goemotions/{train,dev,test}.tsv, labels.txt   https://github.com/google-research/google-research/tree/master/goemotions
    DIR/emobank/emobank.csv                      https://github.com/JULIELab/EmoBank

EmoryNLP is left out on purpose: it is made of the same television series as MELD, and 7 % of the longer lines of MELD's
dev split are in EmoryNLP's train split word for word, so a network trained on it was trained on its test data.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import MediaError
from kuleshov.models.dialogue_emotion import DIMENSION_CENTRE, Head, Turn
from kuleshov.records import LINE_EMOTIONS

#: GoEmotions' 27 feelings by Ekman's six, as its authors group them (Demszky et al., ACL 2020, ``ekman_mapping.json``).
EKMAN = {
    "anger": ("anger", "annoyance", "disapproval"),
    "disgust": ("disgust",),
    "fear": ("fear", "nervousness"),
    "joy": (
        *("joy", "amusement", "approval", "excitement", "gratitude", "love"),
        *("optimism", "relief", "pride", "admiration", "desire", "caring"),
    ),
    "neutral": ("neutral",),
    "sadness": ("sadness", "disappointment", "embarrassment", "grief", "remorse"),
    "surprise": ("surprise", "realization", "confusion", "curiosity"),
}
#: Name, the head that learns it, and under which terms it is published (as its own pages say).
CORPORA: dict[Head, tuple[str, str]] = {
    "dialogue": ("MELD", "GPL-3.0 (repository); dialogue of a television series"),
    "text": ("GoEmotions", "CC BY 4.0"),
    "dimensions": ("EmoBank", "CC BY-SA 4.0"),
}
_ODD = str.maketrans(
    {"\x91": "'", "\x92": "'", "\x93": '"', "\x94": '"', "\x85": "...", "\x96": "-", "\x97": "-", "’": "'"}
)


@dataclass(frozen=True, eq=False)
class Corpus:
    """Conversations and the labels of their lines, in order.

    ``labels``: for ``dialogue`` the class number int64 ``[N]``, for ``text`` float32 ``[N, 7]`` of 0 and 1, for
    ``dimensions`` float32 ``[N, 3]`` valence, arousal, dominance around 0 (EmoBank's scale less its middle).
    """

    head: Head
    conversations: tuple[tuple[Turn, ...], ...]
    labels: NDArray[np.float32] | NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


def read_corpus(folder: Path, head: Head, split: str) -> Corpus:
    """Return one corpus's split: ``"train"``, ``"dev"`` or ``"test"``. Raises ``MediaError`` where it is not there."""
    file = {
        "dialogue": f"meld/{split}_sent_emo.csv",
        "text": f"goemotions/{split}.tsv",
        "dimensions": "emobank/emobank.csv",
    }[head]
    return _read(folder / file, head, split)


def read_corpus_file(path: Path) -> Corpus:
    """Return the content of a file in the published form of one of the corpora, recognised by its ending and columns.

    GoEmotions' ``labels.txt`` must be in the same folder. Raises ``MediaError``.
    """
    head: Head = "text"
    if path.suffix.lower() != ".tsv":
        try:
            columns = set(_rows(path)[0])
        except OSError as error:
            raise MediaError(path, f"can't be read: {error.strerror}") from error
        except IndexError:
            columns = set()
        if not columns & {"Utterance", "V"}:
            raise MediaError(path, "neither MELD's columns nor EmoBank's", remedy="see kuleshov train dialogue --help")
        head = "dialogue" if "Utterance" in columns else "dimensions"
    return _read(path, head, None)


def _read(path: Path, head: Head, split: str | None) -> Corpus:
    """``split`` None takes all rows of a file that holds several."""
    name = CORPORA[head][0]
    try:
        corpus = _meld(path) if head == "dialogue" else _goemotions(path) if head == "text" else _emobank(path, split)
    except OSError as error:
        raise MediaError(
            error.filename or path, f"can't be read: {error.strerror}", remedy="see kuleshov train dialogue --help"
        ) from error
    except (KeyError, ValueError, IndexError) as error:
        of = f"the {split} split of {name}" if split else name
        raise MediaError(path, f"{of} is not as published: {error}") from error
    if not len(corpus):
        raise MediaError(path, f"{name} has no {split} split here" if split else "holds no text")
    return corpus


def clean(text: str) -> str:
    """Return a text as subtitles are read: one line, straight quotes, no remains of other encodings."""
    return " ".join(text.translate(_ODD).split())


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return list(csv.DictReader(file))


def _meld(path: Path) -> Corpus:
    rows = _rows(path)
    conversations = tuple(
        tuple(Turn(clean(row["Utterance"]), row["Speaker"]) for row in dialogue)
        for _, dialogue in groupby(rows, key=lambda row: row["Dialogue_ID"])
    )
    return Corpus(
        "dialogue", conversations, np.array([LINE_EMOTIONS.index(row["Emotion"]) for row in rows], dtype=np.int64)
    )


def _goemotions(path: Path) -> Corpus:
    names = path.with_name("labels.txt").read_text(encoding="utf-8").split()
    group = {name: LINE_EMOTIONS.index(ekman) for ekman, members in EKMAN.items() for name in members}
    texts, labels = [], []
    for row in path.read_text(encoding="utf-8").split("\n"):
        if not row:
            continue
        text, numbers, _ = row.split("\t")
        label = np.zeros(len(LINE_EMOTIONS), dtype=np.float32)
        label[[group[names[int(number)]] for number in numbers.split(",")]] = 1
        texts.append((Turn(clean(text)),))
        labels.append(label)
    return Corpus("text", tuple(texts), np.array(labels, dtype=np.float32))


def _emobank(path: Path, split: str | None) -> Corpus:
    rows = [row for row in _rows(path) if split is None or row["split"] == split]
    labels = np.array([[float(row[axis]) for axis in "VAD"] for row in rows], dtype=np.float32) - np.float32(
        DIMENSION_CENTRE
    )
    return Corpus("dimensions", tuple((Turn(clean(row["text"])),) for row in rows), labels)
