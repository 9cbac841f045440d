"""``kuleshov show``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, ForceOption, JsonOption, StoredFilmArgument


def show(
    film: StoredFilmArgument,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    sheet: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="Write a contact sheet: a still of every shot with its measurements."),
    ] = None,
    unit: Annotated[Literal["shot", "scene"], typer.Option(help="Stills of shots or of scenes.")] = "shot",
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Show a film of the archive: its scenes and shots with their measurements."""
    from kuleshov.archive import Archive
    from kuleshov.archive.archive_norms import stored_norms
    from kuleshov.cli import render
    from kuleshov.emotion.norm_comparison import compare_with_norms

    with Archive.open(archive) as store:
        analysis = store.analysis(store.resolve(film).content_id)
        norms = stored_norms(store)
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
