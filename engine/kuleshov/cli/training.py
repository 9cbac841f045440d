"""``kuleshov train`` and ``kuleshov evaluate``: networks whose weights are not shipped, and grammars from labels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, GrammarOption, JsonOption

DataOption = Annotated[
    Path, typer.Option("--data", metavar="DIR", help="Folder of labelled texts, one folder a corpus.")
]

train = typer.Typer(
    help="Train a network whose weights Kuleshov does not ship, or a grammar on what people say.", no_args_is_help=True
)
evaluate = typer.Typer(
    help="Judge a trained network, a grammar or an archive's answers on labelled data.", no_args_is_help=True
)


@train.command("dialogue")
def train_dialogue(
    data: DataOption,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the network goes (default: your folder of models).")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="How often every line of MELD is seen.")] = 3,
    cache: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep here what need not be computed again by a second run.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Train the reader of dialogue, on the CPU.

    DIR holds meld/{train,dev}_sent_emo.csv, goemotions/{train,dev}.tsv with labels.txt, and emobank/emobank.csv, as
    their authors publish them. Beside the network its card is written, with figures and the terms of the data.
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
    split: Annotated[Literal["dev", "test"], typer.Option(help="Which split of each corpus.")] = "dev",
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A trained network (default: that of your folder of models).")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Score the reader of dialogue, class by class, on the corpora that lie under DIR, or on FILE; prints Markdown.

    FILE is as MELD, GoEmotions (labels.txt beside it) or EmoBank publish theirs, by any name.
    """
    from kuleshov.cli import render
    from kuleshov.training.dialogue import evaluate as judge
    from kuleshov.training.report import report

    found = judge(data, model, split=split)
    if json:
        render.print_json(found)
    else:
        render.say(report(found))


@train.command("emotion")
def train_emotion(
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    grammar: GrammarOption = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write grammar and card here, to edit or to give away.")
    ] = None,
    model: Annotated[
        Literal["multimodal", "additive"],
        typer.Option(
            help="Learn also pairs of cues and vectors, where labels speak for them; or weights of cues alone."
        ),
    ] = "multimodal",
    seed: Annotated[int, typer.Option(help="Of the division of films into folds.")] = 0,
    json: JsonOption = False,
) -> None:
    """Move the grammar towards what people said of the films of an archive; the result is a grammar.

    It lies in the archive as models/emotion-N.toml, its card beside it, and counts with --grammar or
    `kuleshov reread`. Words of face, light, sound and camera move the attributes that search goes by. Figures are of
    films unseen; labels of one film alone are refused.
    """
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.emotion.inherit import read_definition
    from kuleshov.errors import GrammarError
    from kuleshov.training.emotion import train as learn
    from kuleshov.training.emotion_models import card_text, next_model, save

    if len(read_definition(grammar).lineage) > 1:
        raise GrammarError(
            f"{grammar}: extends another: write it out whole first (kuleshov grammars {grammar} --whole OUT.toml)"
        )
    with Archive.open(archive) as store:
        path = next_model(store.path)
        learned = learn(store, base=grammar, name=path.stem, model=model, seed=seed)
    for place in (path, *([out] if out else [])):
        save(learned, place)
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
        typer.Option("--films", metavar="FILE.csv", help="What is known of films: film, year, country, ..."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Judge a grammar by what people say: r, CCC and F1, by film, decade, country, language and state of the copy.

    Films that a learned grammar was trained on are left out. Groups that are scored higher or lower than others beyond
    chance are told as bias.
    """
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.training.emotion_report import evaluation, evaluation_text

    with Archive.open(archive) as store:
        found = evaluation(store, grammar=grammar, facts=films)
    if json:
        render.print_json(found)
    else:
        render.say(evaluation_text(found))
