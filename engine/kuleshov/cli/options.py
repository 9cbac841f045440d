"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

ArchiveOption = Annotated[
    Path,
    typer.Option("--archive", metavar="DIR", envvar="KULESHOV_ARCHIVE", help="Folder of the archive."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
DeviceOption = Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")]
ShotsOption = Annotated[
    str, typer.Option("--shots", help="Shot detector: cascade, exact (TransNetV2 on every frame, slow) or off.")
]
SensitivityOption = Annotated[
    float, typer.Option(help="Of the shot detector, between 0 and 1: higher finds more, and errs more often.")
]
GrammarOption = Annotated[
    Path | None,
    typer.Option(
        "--grammar", "--emotion-model", metavar="FILE", help="Emotion grammar (TOML): your own, or a learned one."
    ),
]
GrammarsOption = Annotated[
    Path | None,
    typer.Option(
        "--grammar",
        "--emotion-model",
        metavar="FILE|DIR",
        help="Emotion grammar (TOML): your own or a learned one, or a folder of several, by film.",
    ),
]
NormsOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Judge by what is usual in an archive (see `kuleshov norms`)."),
]
VoiceEmotionOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Model of vocal emotion (python -m kuleshov.training.voice).")
]
FacesOption = Annotated[
    Literal["auto", "on", "off"],
    typer.Option("--faces", help="Look for faces: on, off, or auto (where the networks are there)."),
]
FaceRateOption = Annotated[float, typer.Option("--face-rate", help="How often a second faces are looked for.")]
TranscribeOption = Annotated[
    str,
    typer.Option(
        metavar="off|auto|MODEL",
        help="Write down the speech of films without subtitles: auto, or a Whisper model (folder or name).",
    ),
]
SightOption = Annotated[
    str,
    typer.Option(
        metavar="off|auto|MODEL",
        help="Look at key frames with an image-text model, so that words find what is in the picture: auto, or a "
        "model (folder or name).",
    ),
]
ScreenplayOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Screenplay (Fountain or plain text) instead of one that lies beside the film."),
]
UnitOption = Annotated[Literal["shot", "scene"] | None, typer.Option(help="Search shots or scenes.")]
ShotListOption = Annotated[
    Path | None,
    typer.Option(
        "--shot-list",
        metavar="FILE",
        help="Divide the film by your own list of shots (EDL, CSV, OTIO or frame pairs).",
    ),
]
ListStartOption = Annotated[
    str | None,
    typer.Option(
        "--list-start",
        metavar="TIMECODE",
        help="What the list calls the film's first frame; without it, the whole hours that the list begins with.",
    ),
]

DEFAULT_ARCHIVE = Path("kuleshov-archive")
