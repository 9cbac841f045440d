"""``kuleshov train`` and ``kuleshov evaluate``: networks that users train themselves, and grammars from labels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, GrammarOption, JsonOption

DataOption = Annotated[
    Path, typer.Option("--data", metavar="DIR", help="Folder of labelled texts, with a folder for each corpus.")
]

train = typer.Typer(help="Train the reader of dialogue, or a grammar from people's labels.", no_args_is_help=True)
evaluate = typer.Typer(
    help="Measure how well a trained network, a grammar or the search works on labelled data.", no_args_is_help=True
)


@train.command("dialogue")
def train_dialogue(
    data: DataOption,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file to write (default: in your folder of models).")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="How many times to train on every line of MELD.")] = 3,
    cache: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Store intermediate results here, which makes a second run faster."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Train the network that reads feeling from dialogue, on the CPU.

    DIR must contain meld/{train,dev}_sent_emo.csv, goemotions/{train,dev}.tsv with labels.txt, and emobank/emobank.csv,
    as published by their authors. A model card with figures and the terms of the data is written next to the network.
    """
    from kuleshov.cli import render
    from kuleshov.models.dialogue_emotion import FILE
    from kuleshov.models.user_models import models_folder
    from kuleshov.training.dialogue import Recipe
    from kuleshov.training.dialogue import train as train_network
    from kuleshov.training.report import model_card

    path = out or models_folder() / FILE
    card = train_network(
        data, path, recipe=Recipe(epochs=epochs), cache=cache, say=(lambda _: None) if json else render.say
    )
    text = model_card(card)
    path.with_suffix(".md").write_text(text, encoding="utf-8")
    if json:
        render.print_json({"model": str(path), "card": card})
    else:
        render.say(f"{text}\nWritten to {path}")


@evaluate.command("dialogue")
def evaluate_dialogue(
    data: Annotated[
        Path, typer.Option("--data", metavar="DIR|FILE", help="Folder of labelled texts, or one file of a corpus.")
    ],
    split: Annotated[Literal["dev", "test"], typer.Option(help="Which part of each corpus.")] = "dev",
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A trained network (default: the one in your folder of models).")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Measure the reader of dialogue, class by class, on the corpora in DIR or on FILE, as Markdown.

    FILE has the form in which MELD, GoEmotions (with labels.txt next to it) or EmoBank is published; any name will do.
    """
    from kuleshov.cli import render
    from kuleshov.training.dialogue import evaluate as judge
    from kuleshov.training.report import report

    figures = judge(data, model, split=split)
    if json:
        render.print_json(figures)
    else:
        render.say(report(figures))


@train.command("emotion")
def train_emotion(
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    grammar: GrammarOption = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the grammar and its card here, to edit or to share.")
    ] = None,
    model: Annotated[
        Literal["multimodal", "additive"],
        typer.Option(
            help="multimodal: also learn pairs of cues and picture vectors, if the labels support it. additive: only "
            "weights of cues."
        ),
    ] = "multimodal",
    seed: Annotated[
        int, typer.Option(help="Seed of the random division of films into groups for cross-validation.")
    ] = 0,
    json: JsonOption = False,
) -> None:
    """Learn a grammar from people's labels of the films of an archive.

    The grammar is written to the archive as models/emotion-N.toml with its card, and is used with --grammar or
    `kuleshov reread`. Words on face, light, sound and camera adjust the attributes that searches use. The figures in
    the card are of films left out of training, so labels of at least two films are needed.
    """
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.emotion.inherit import read_definition
    from kuleshov.errors import GrammarError
    from kuleshov.training.emotion import train as learn
    from kuleshov.training.emotion_models import card_text, next_model, save

    if len(read_definition(grammar).lineage) > 1:
        raise GrammarError(
            f"{grammar}: extends another one: first write it as one file (kuleshov grammars {grammar} --whole OUT.toml)"
        )
    with Archive.open(archive) as store:
        path = next_model(store.path)
        learned = learn(store, base=grammar, name=path.stem, model=model, seed=seed)
    for file in (path, *([out] if out else [])):
        save(learned, file)
    if json:
        render.print_json({"model": str(path), "card": learned.card})
    else:
        render.say(f"{card_text(learned.card)}\nWritten to {path}")


@evaluate.command("emotion")
def evaluate_emotion(
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    grammar: GrammarOption = None,
    films: Annotated[
        Path | None,
        typer.Option(
            "--films", metavar="FILE.csv", help="Facts about the films: a table with columns film, year, country, ..."
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Compare a grammar with people's labels: r, CCC and F1, by film, decade, country, language and state of the copy.

    Films that a learned grammar was trained on are left out. Groups that are scored significantly higher or lower than
    others are reported as bias.
    """
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.training.emotion_report import evaluation, evaluation_text

    with Archive.open(archive) as store:
        figures = evaluation(store, grammar=grammar, facts=films)
    if json:
        render.print_json(figures)
    else:
        render.say(evaluation_text(figures))
