"""``kuleshov norms``: what is usual in an archive and its decades."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, GrammarOption, JsonOption

if TYPE_CHECKING:
    from kuleshov.emotion.norms import Group, Norms


def norms(
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    grammar: GrammarOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="The file to write (default: norms.json in the archive)."),
    ] = None,
    least_films: Annotated[
        int | None,
        typer.Option(min=1, help="How many films the archive, a decade or a cue needs to get norms (default: 5)."),
    ] = None,
    decades: Annotated[
        bool, typer.Option("--decades/--no-decades", help="Also by decade, for films whose year is known.")
    ] = True,
    json: JsonOption = False,
) -> None:
    """Measure what is usual in an archive, as a whole and by decade; every film has the same weight.

    Afterwards `why`, `show --json` and `search` say "fast for the 1940s"; scores stay the same. To change scores, name
    the file: `ingest --norms`, `reread --norms`. Norms are not updated until this command is run again.
    """
    from dataclasses import asdict

    from kuleshov.archive import Archive
    from kuleshov.archive.archive_norms import measure_norms
    from kuleshov.archive.disk.layout import Layout
    from kuleshov.archive.norms_file import write_norms
    from kuleshov.cli import render
    from kuleshov.emotion.grammar import load_grammar
    from kuleshov.emotion.norms import LEAST_FILMS
    from kuleshov.pipeline.job.versions import installed_version

    with Archive.open(archive) as store:
        made = measure_norms(
            store,
            grammar=load_grammar(grammar),
            version=installed_version("kuleshov"),
            decades=decades,
            least_films=least_films or LEAST_FILMS,
        )
        path = out or Layout(store.path).norms
    write_norms(made, path)
    if json:
        render.print_json({"file": str(path), "norms": asdict(made)})
        return
    for line in _lines(made):
        render.say(line)
    render.say(f"Wrote {path} ({made.id}).")


def _lines(made: Norms) -> list[str]:
    from kuleshov.emotion.norms import group_words
    from kuleshov.export.labels import counted

    lines = []
    for group in made.groups:
        films, shots, scenes = group.films, group.segments["shot"], group.segments["scene"]
        lines.append(
            f"{group_words(group.name)}: {counted(films, 'film')}, {counted(shots, 'shot')}, {counted(scenes, 'scene')}"
        )
        lines += [f"  {name}: {_norm_text(made, group, name)}" for name in group.norms["shot"]]
    return lines


def _norm_text(made: Norms, group: Group, name: str) -> str:
    from kuleshov.cinema.attributes.segment_fields import READABLE

    norm, reading = group.norms["shot"][name], made.cues[name].reading
    unit = READABLE[reading.path]
    spread = f"give or take a factor of {norm.spread:.3g}" if reading.log else f"give or take {norm.spread:.3g}"
    return f"{reading.label} {norm.median:.3g}{f' {unit}' if unit else ''}, {spread} (shots of {norm.films} films)"
