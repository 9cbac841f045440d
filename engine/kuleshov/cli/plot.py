"""``kuleshov plot``: measurements of a film as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kuleshov.cinema.detectors import DEFAULT_DETECTOR
from kuleshov.cli.options import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    DeviceOption,
    FilmArgument,
    ForceOption,
    JsonOption,
    ShotsOption,
)

plot = typer.Typer(help="Draw measurements of a film.", no_args_is_help=True)


@plot.callback()
def _commands() -> None:
    """Draw measurements of a film."""


@plot.command("arc")
def plot_arc(
    film: FilmArgument,
    picture: Annotated[Path, typer.Argument(metavar="PICTURE", help="The file to write: .png or .svg.")],
    force: ForceOption = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    device: DeviceOption = "auto",
    shots: ShotsOption = DEFAULT_DETECTOR,
    json: JsonOption = False,
) -> None:
    """Draw valence, arousal, tension and dominance over a film, with turning points and marked changes."""
    from kuleshov.cli import render
    from kuleshov.cli.arc import arc_of
    from kuleshov.cli.film_source import film_source
    from kuleshov.errors import ExportError
    from kuleshov.export.arc_picture import arc_svg
    from kuleshov.export.drawing import svg_as_png
    from kuleshov.export.write import refuse_existing, write_whole
    from kuleshov.pipeline.job.settings import Settings

    ending = picture.suffix.lower()
    if ending not in (".png", ".svg"):
        raise ExportError(f"{picture}: the picture must be a .png or an .svg file")
    refuse_existing(picture, force=force)  # checked first, because the analysis may take minutes
    settings = Settings(device=device, shots=shots)
    analysis = film_source(film, archive=archive, settings=settings, quiet=json).analysis
    drawn = arc_svg(arc_of(analysis.arc, analysis.film), title=analysis.film.title)
    write_whole(picture, svg_as_png(drawn) if ending == ".png" else drawn.encode(), force=force)
    if json:
        render.print_json({"film": analysis.film.content_id, "picture": str(picture)})
    else:
        render.say(f"Drew {picture}.")
