"""``kuleshov grammars``: check grammar files, show how they differ, and which one a film gets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kuleshov.cli.options import ForceOption, JsonOption
from kuleshov.errors import GrammarError

if TYPE_CHECKING:
    from kuleshov.emotion.grammar import Grammar


def grammars(
    path: Annotated[
        Path | None, typer.Argument(metavar="[FILE|DIR]", help="A grammar file, or a folder of several.")
    ] = None,
    film: Annotated[
        Path | None,
        typer.Option(metavar="FILM", help="A film's file: show which grammar of the folder it gets, and why."),
    ] = None,
    whole: Annotated[
        Path | None,
        typer.Option(metavar="OUT.toml", help="Write the grammar of FILE with everything it inherits as one file."),
    ] = None,
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Check grammar files and show how each differs from Kuleshov's own; without a path, show Kuleshov's own.

    An error names the entry of the file and the rule that it breaks. How to write a grammar: docs/emotion.md.
    """
    from kuleshov.cli import render

    files: list[Path | None] = [path]
    if path is not None and path.is_dir():
        files = [*sorted(path.glob("*.toml"))]
    if whole is not None:
        _write_whole(files, whole, force=force)
    checked = _checked(path, files)
    choice = _choice(path, film) if film is not None else None
    if json:
        render.print_json({"grammars": checked, "film": choice})
        return
    for grammar in checked:
        for line in _lines(grammar):
            render.say(line)
    if choice is not None:
        render.say(f"{film}: gets {choice['id']}, {choice['reason']}")
    if whole is not None:
        render.say(f"Wrote {whole}.")


def _checked(path: Path | None, files: list[Path | None]) -> list[dict[str, Any]]:
    from kuleshov.emotion.grammars import load_grammars

    load_grammars(path)  # raises if the grammars of a folder contradict one another
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
        "for": grammar.scope.text if grammar.scope else None,
        "cues": len(grammar.cues),
        "differences": grammar_diff(definition.table, read_definition(None).table),
    }


def _choice(path: Path | None, film: Path) -> dict[str, str]:
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
        raise GrammarError("--whole writes one grammar: give a file, not a folder")
    refuse_existing(out, force=force)
    definition = read_definition(files[0])
    grammar_of(definition)
    out.write_text(flattened_text(definition.table), encoding="utf-8")


def _lines(grammar: dict[str, Any]) -> list[str]:
    origin = "shipped with Kuleshov" if grammar["file"] is None else grammar["file"]
    lines = [f"{grammar['id']}  ({origin})", f"  {grammar['description']}"]
    if grammar["extends"]:
        lines.append(f"  extends {grammar['extends']}")
    lines.append(f"  for {grammar['for'] or 'all films'}")
    count = len(grammar["differences"])
    if grammar["file"] is not None:
        lines.append(f"  {count} settings differ from Kuleshov's own grammar" + (":" if count else ""))
        lines += [f"    {line}" for line in grammar["differences"]]
    return lines
