"""Learned emotion models in an archive: ``models/emotion-N``, a grammar with its card.

``.toml`` is the grammar, ``.json`` its card, ``.md`` the card to read, ``.npz`` what it learned from vectors.

Versions are counted and never replaced. The card is written first: a grammar whose card is missing was not finished.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kuleshov.archive.disk.durable import explained, replace_file, sync_folder
from kuleshov.emotion.grammar import load_grammar
from kuleshov.emotion.learned_terms import spaces_file
from kuleshov.errors import AnnotationError
from kuleshov.training.emotion import Learned
from kuleshov.training.emotion_grammar import vectors_name

FOLDER = "models"
_NAME = re.compile(r"emotion-(\d+)\.(?:toml|json|md)")


def next_model(archive: Path) -> Path:
    """Return where the next version of an archive's model goes: ``ARCHIVE/models/emotion-3.toml``."""
    folder = archive / FOLDER
    found = [_NAME.fullmatch(path.name) for path in folder.glob("emotion-*")]
    return folder / f"emotion-{1 + max((int(match.group(1)) for match in found if match), default=0)}.toml"


def save(learned: Learned, path: Path) -> None:
    """Write a model to ``path``, its card beside it as ``.json`` and ``.md``. Raises ``ArchiveError``."""
    _check(learned)
    with explained(path, "the model can't be stored"):
        if not path.parent.is_dir():
            path.parent.mkdir()
            sync_folder(path.parent.parent)
        replace_file(path.with_suffix(".json"), (json.dumps(_plain(learned.card), indent=1) + "\n").encode())
        replace_file(path.with_suffix(".md"), card_text(learned.card).encode())
        if learned.beyond.spaces:
            replace_file(path.with_name(_vectors(learned)), spaces_file(learned.beyond.spaces))
        replace_file(path, learned.text.encode())


def _vectors(learned: Learned) -> str:
    return vectors_name(learned.card["name"])


def _check(learned: Learned) -> None:
    """Raise ``GrammarError`` unless it is a grammar: it was made from a file that people may have written oddly."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "learned.toml"
        path.write_text(learned.text, encoding="utf-8")
        if learned.beyond.spaces:
            path.with_name(_vectors(learned)).write_bytes(spaces_file(learned.beyond.spaces))
        load_grammar(path)


def read_card(grammar: Path | None) -> dict[str, Any] | None:
    """Return the card beside a learned grammar; ``None`` where there is none. Raises ``AnnotationError`` if damaged."""
    if grammar is None or not grammar.with_suffix(".json").is_file():
        return None
    try:
        card: dict[str, Any] = json.loads(grammar.with_suffix(".json").read_bytes())
        card["data"]["films"]
    except (ValueError, KeyError, TypeError) as error:
        raise AnnotationError(f"{grammar.with_suffix('.json')}: no card of a learned grammar: {error}") from error
    return card


def card_text(card: Mapping[str, Any]) -> str:
    """Return a card as Markdown: what the model is for, what it was made of, how good it is, what it can't do."""
    data = card["data"]
    rows = "\n".join(_row(score, entry) for score, entry in card["scores"].items())
    senses = list(next(iter(card["scores"].values()), {"without": ()})["without"])
    ablation = "\n".join(
        f"| {score} | {_number(entry['learned']['r'])} | "
        + " | ".join(_number(entry["without"][sense]) for sense in senses)
        + " |"
        for score, entry in card["scores"].items()
    )
    beyond = "\n".join(
        f"- {score}: {'; '.join([*entry['pairs'], *map(_space, entry['vectors'])]) or 'nothing'}; r of weights alone "
        f"{_number(entry['additive']['r'])}, of all {_number(entry['learned']['r'])}"
        for score, entry in card["scores"].items()
        if "additive" in entry
    )
    words = "\n".join(_word(name, entry) for name, entry in card["words"].items())
    people = ", ".join(f"{name} ({count})" for name, count in data["annotators"].items())
    kept = "; ".join(f"{score} ({why})" for score, why in card["kept"].items()) or "none"
    return f"""# {card["name"]}, trained {card["trained"]}

A grammar of Kuleshov's whose weights were moved towards what people say; it reads film technique, and its reasons add
up like those of any grammar. It says what these people find in these films. Not for judging people.

Learned from {data["ratings"]} ratings of {data["segments"]} shots and scenes, and {data["words"]} answers in words, by
{people}; {data["adrift"]} statements lie on no present segment and took no part.
Films: {", ".join(data["films"].values())}.
Began with {card["grammar"]}; Kuleshov {card["kuleshov"]}; seed {card["seed"]}.
Too little was said of these, their weights stand as they were: {kept}.

## Figures on films unseen

Each film is scored by a model of the others (folds of films). r is Pearson's; CCC asks for the same numbers; F1 is of
moods told as strong and named by people (the cut was chosen on these figures: expect a little less).

| score | ratings | films | r, grammar | r, learned | CCC, grammar | CCC, learned | F1, grammar | F1, learned |
|---|---|---|---|---|---|---|---|---|
{rows}

## Beyond the weights

Pairs of cues that speak together, and spaces of vectors, for which the labels spoke; r on films unseen.

{beyond or "Not learned."}

## Without a sense

r on films unseen where the sense is taken from them.

| score | all | {" | ".join(senses)} |
|---|---|{"---|" * len(senses)}
{ablation}

## Words

Attributes moved to where people use the words of face, light, sound and camera; F1 on films unseen.

| attribute | answers | centre | spread | F1, before | F1, moved |
|---|---|---|---|---|---|
{words}

## Limits

- What all people say alike everywhere is not learned: 0 is what is usual in films, not the middle of their scale.
- A weight is what a cue goes along with in these films, not what it causes; cues that hang together share weight.
- Few films and few people: other films, periods, cultures and viewers may read otherwise (`kuleshov evaluate emotion`).
"""


def _space(name: str) -> str:
    return f"vectors of {name}"


def _word(name: str, entry: Mapping[str, Any]) -> str:
    if "kept" in entry:
        return f"| {name} | {entry['kept']} | as it was | | | |"
    centre, spread = (f"{before:.3g} to {after:.3g}" for before, after in (entry["centre"], entry["spread"]))
    return f"| {name} | {entry['answers']} | {centre} | {spread} | {' | '.join(map(_number, entry['f1']))} |"


def _row(score: str, entry: Mapping[str, Any]) -> str:
    before, after = entry["grammar"], entry["learned"]
    figures = [each.get(name) for name in ("r", "ccc", "f1") for each in (before, after)]
    return f"| {score} | {entry['ratings']} | {entry['films']} | {' | '.join(_number(each) for each in figures)} |"


def _number(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:.2f}"


def _plain(value: Any) -> Any:
    """The same, with what could not be told (NaN) as null."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
