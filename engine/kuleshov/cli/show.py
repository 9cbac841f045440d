"""``kuleshov show``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, JsonOption


def show(
    film: Annotated[str, typer.Argument(help="Title, or the beginning of its content id (see `kuleshov films`).")],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    sheet: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="Write a contact sheet: a still of every shot, labelled."),
    ] = None,
    unit: Annotated[Literal["shot", "scene"], typer.Option(help="A still of every shot or of every scene.")] = "shot",
    force: Annotated[bool, typer.Option("--force", help="Replace the sheet if it is there already.")] = False,
    json: JsonOption = False,
) -> None:
    """Show what an archive holds on one film: its scenes and shots."""
    from kuleshov.archive import Archive
    from kuleshov.archive.norms import archive_norms
    from kuleshov.cli import render
    from kuleshov.emotion.norm_comparison import compare_with_norms

    with Archive.open(archive) as store:
        analysis = store.analysis(store.resolve(film).content_id)
        norms = archive_norms(store)
    if sheet is not None:
        from kuleshov.export.contact_sheet import write_sheet

        files = write_sheet(analysis, sheet, unit=unit, force=force)
        if json:
            render.print_json({"files": [str(file) for file in files]})
            return
        for file in files:
            render.say(f"Wrote {file}.")
    elif json:
        render.print_analysis_json(compare_with_norms(analysis, norms))
    else:
        render.film(analysis)
