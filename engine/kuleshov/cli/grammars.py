"""``kuleshov grammars``: check grammar files, show how they differ, and which film takes which."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kuleshov.cli.options import JsonOption
from kuleshov.errors import GrammarError

if TYPE_CHECKING:
    from kuleshov.emotion.grammar import Grammar


def grammars(
    path: Annotated[
        Path | None, typer.Argument(metavar="[FILE|DIR]", help="A grammar file, or a folder of several.")
    ] = None,
    film: Annotated[
        Path | None, typer.Option(metavar="FILM", help="A film file: which of them it takes, and why.")
    ] = None,
    whole: Annotated[
        Path | None,
        typer.Option(metavar="OUT.toml", help="Write the grammar of FILE out whole, all that it inherits in it."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT.toml if it is there already.")] = False,
    json: JsonOption = False,
) -> None:
    """Check grammar files and show how each differs from the one that Kuleshov ships; without PATH, show that one.

    A file that breaks its rules is told with the entry and the rule. How to write one: docs/emotion.md.
    """
    from kuleshov.cli import render

    files: list[Path | None] = [path]
    if path is not None and path.is_dir():
        files = [*sorted(path.glob("*.toml"))]
    if whole is not None:
        _write_whole(files, whole, force=force)
    told = _checked(path, files)
    taken = _taken(path, film) if film is not None else None
    if json:
        render.print_json({"grammars": told, "film": taken})
        return
    for one in told:
        for line in _lines(one):
            render.say(line)
    if taken is not None:
        render.say(f"{film}: takes {taken['id']}, {taken['reason']}")
    if whole is not None:
        render.say(f"Wrote {whole}.")


def _checked(path: Path | None, files: list[Path | None]) -> list[dict[str, Any]]:
    from kuleshov.emotion.grammars import load_grammars

    load_grammars(path)  # refuses a folder whose grammars do not go together
    return [_about(file) for file in files]


def _about(file: Path | None) -> dict[str, Any]:
    from kuleshov.emotion.grammar import grammar_of
    from kuleshov.emotion.grammar_diff import grammar_diff
    from kuleshov.emotion.inherit import read_definition

    definition = read_definition(file)
    grammar: Grammar = grammar_of(definition)
    return {
        "file": None if file is None else str(file),
        "id": grammar.id,
        "description": grammar.description,
        "extends": definition.own.get("extends"),
        "for": grammar.applies.text if grammar.applies else None,
        "cues": len(grammar.cues),
        "differences": grammar_diff(definition.table, read_definition(None).table),
    }


def _taken(path: Path | None, film: Path) -> dict[str, str]:
    from kuleshov.emotion.grammars import load_grammars
    from kuleshov.media.about import read_about
    from kuleshov.media.probe import probe

    choice = load_grammars(path).choose(read_about(film, dict(probe(film).tags)))
    return {"id": choice.grammar.id, "reason": choice.reason}


def _write_whole(files: list[Path | None], out: Path, *, force: bool) -> None:
    from kuleshov.emotion.flatten_grammar import flattened_text
    from kuleshov.emotion.grammar import grammar_of
    from kuleshov.emotion.inherit import read_definition
    from kuleshov.export.write import refuse_existing

    if len(files) != 1:
        raise GrammarError("--whole writes one grammar: name its file")
    refuse_existing(out, force=force)
    definition = read_definition(files[0])
    grammar_of(definition)
    out.write_text(flattened_text(definition.table), encoding="utf-8")


def _lines(one: dict[str, Any]) -> list[str]:
    place = "shipped with Kuleshov" if one["file"] is None else one["file"]
    lines = [f"{one['id']}  ({place})", f"  {one['description']}"]
    if one["extends"]:
        lines.append(f"  extends {one['extends']}")
    lines.append(f"  for {one['for'] or 'all films'}")
    count = len(one["differences"])
    if one["file"] is not None:
        lines.append(f"  {count} settings differ from the shipped grammar" + (":" if count else ""))
        lines += [f"    {line}" for line in one["differences"]]
    return lines
