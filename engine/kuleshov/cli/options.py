"""Options that several commands share."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from kuleshov.cinema.detectors import DEFAULT_DETECTOR, DEFAULT_SENSITIVITY
from kuleshov.cinema.people.rates import DEFAULT_FACE_RATE

if TYPE_CHECKING:
    from kuleshov.pipeline.settings import Settings
    from kuleshov.pipeline.user_shots import UserShots

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

_PANEL = "Speed and precision"
AnalysisWidthOption = Annotated[
    int, typer.Option(metavar="PIXELS", help="Width of the frames that are measured.", rich_help_panel=_PANEL)
]
ThreadsOption = Annotated[
    int, typer.Option(metavar="N", help="Threads of the CPU decoder; 0: one a core.", rich_help_panel=_PANEL)
]
SessionsOption = Annotated[
    int,
    typer.Option(metavar="N", help="Films that a GPU decodes at once; 0: one a decode engine.", rich_help_panel=_PANEL),
]
SightPrecisionOption = Annotated[
    Literal["auto", "float32", "float16", "bfloat16"],
    typer.Option(help="What the image-text model computes in.", rich_help_panel=_PANEL),
]
SightEngineOption = Annotated[
    Literal["auto", "torch", "openvino"],
    typer.Option(help="What runs the image-text model on a CPU.", rich_help_panel=_PANEL),
]

DEFAULT_ARCHIVE = Path("kuleshov-archive")


@dataclass(frozen=True)
class AnalysisOptions:
    """The options of a command that describes films: all of ``Settings``, and the user's own list of shots."""

    device: DeviceOption = "auto"
    shots: ShotsOption = DEFAULT_DETECTOR
    sensitivity: SensitivityOption = DEFAULT_SENSITIVITY
    grammar: GrammarsOption = None
    norms: NormsOption = None
    shot_list: ShotListOption = None
    list_start: ListStartOption = None
    voice_emotion: VoiceEmotionOption = None
    faces: FacesOption = "auto"
    face_rate: FaceRateOption = DEFAULT_FACE_RATE
    transcribe: TranscribeOption = "off"
    screenplay: ScreenplayOption = None
    sight: SightOption = "off"
    sight_precision: SightPrecisionOption = "auto"
    sight_engine: SightEngineOption = "auto"
    analysis_width: AnalysisWidthOption = 256
    threads: ThreadsOption = 0
    sessions: SessionsOption = 0

    def settings(self) -> Settings:
        """Return the settings of the analysis. Raises ``SettingError``."""
        from kuleshov.pipeline.settings import Settings

        values = asdict(self)
        del values["shot_list"], values["list_start"]
        return Settings(**values)

    def user_shots(self) -> UserShots | None:
        """Return the user's own shots; ``None`` without a list. Raises ``ShotListError``."""
        from kuleshov.cli.corrections import given_shots

        return given_shots(self.shot_list, start=self.list_start)


def takes_analysis_options(command: Callable[..., None]) -> Callable[..., None]:
    """Replace a command's parameter ``options`` by one parameter for each field of ``AnalysisOptions``, for typer."""
    shared = inspect.signature(AnalysisOptions, eval_str=True).parameters
    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(command, eval_str=True).parameters.values():
        parameters += shared.values() if parameter.name == "options" else [parameter]

    @wraps(command)
    def run(**values: Any) -> None:
        options = AnalysisOptions(**{name: values.pop(name) for name in shared})
        command(options=options, **values)

    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    )
    return run
