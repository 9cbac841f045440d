"""Arguments and options that several commands share."""

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
    from kuleshov.pipeline.job.settings import Settings
    from kuleshov.pipeline.job.user_shots import UserShots

ArchiveOption = Annotated[
    Path,
    typer.Option("--archive", metavar="DIR", envvar="KULESHOV_ARCHIVE", help="The archive's folder."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
DeviceOption = Annotated[
    str,
    typer.Option(help="Where to compute: auto (a GPU if one can be used, else the CPU), cpu, cuda, or cuda:N (GPU N)."),
]
ShotsOption = Annotated[
    str,
    typer.Option(
        "--shots",
        help="How to find shots: cascade (fast), exact (TransNetV2 on every frame: slow, needs the extra `exact`) or "
        "off (find no cuts).",
    ),
]
SensitivityOption = Annotated[
    float,
    typer.Option(help="How easily a cut is reported, from 0 to 1: higher values find more cuts, and more false ones."),
]
GrammarOption = Annotated[
    Path | None,
    typer.Option(
        "--grammar",
        "--emotion-model",
        metavar="FILE",
        help="Emotion grammar (how technique adds up to moods): your own TOML file or a learned one.",
    ),
]
GrammarsOption = Annotated[
    Path | None,
    typer.Option(
        "--grammar",
        "--emotion-model",
        metavar="FILE|DIR",
        help="Emotion grammar (how technique adds up to moods): your own TOML file or a learned one; or a folder of "
        "several, of which each film gets the one for its kind.",
    ),
]
NormsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Norms written by `kuleshov norms`: score films against what is usual in that archive, not against the "
        "grammar's own reference values.",
    ),
]
VoiceEmotionOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Model that reads emotion from voices, made by python -m kuleshov.training.voice."
    ),
]
FacesOption = Annotated[
    Literal["auto", "on", "off"],
    typer.Option(
        "--faces", help="Find faces: on, off, or auto (if the networks are installed: `kuleshov models fetch faces`)."
    ),
]
FaceRateOption = Annotated[float, typer.Option("--face-rate", help="In how many frames a second to look for faces.")]
TranscribeOption = Annotated[
    str,
    typer.Option(
        metavar="off|auto|MODEL",
        help="Speech to text for films without subtitles: auto (a Whisper model that is installed), or a Whisper model "
        "(folder or name).",
    ),
]
SightOption = Annotated[
    str,
    typer.Option(
        metavar="off|auto|MODEL",
        help="Image-text model that looks at key frames, so that a search finds what is in the picture: auto (a model "
        "that is installed), or a model (folder or name).",
    ),
]
ScreenplayOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Screenplay of the film (Fountain or plain text). Default: one of the film's name next to it, if any.",
    ),
]
UnitOption = Annotated[Literal["shot", "scene"] | None, typer.Option(help="Look for shots or for scenes.")]
ShotListOption = Annotated[
    Path | None,
    typer.Option(
        "--shot-list",
        metavar="FILE",
        help="Use your own list of shots instead of detecting them: EDL, CSV, OTIO, or pairs of frame numbers.",
    ),
]
ListStartOption = Annotated[
    str | None,
    typer.Option(
        "--list-start",
        metavar="TIMECODE",
        help="Timecode of the film's first frame in the list. Default: the whole hours at which the list begins.",
    ),
]

_PANEL = "Speed and precision"
AnalysisWidthOption = Annotated[
    int,
    typer.Option(
        metavar="PIXELS",
        help="Width in pixels to which frames are shrunk before they are measured.",
        rich_help_panel=_PANEL,
    ),
]
ThreadsOption = Annotated[
    int, typer.Option(metavar="N", help="Threads of the CPU decoder; 0: one for each core.", rich_help_panel=_PANEL)
]
SessionsOption = Annotated[
    int,
    typer.Option(
        metavar="N",
        help="How many films a GPU decodes at the same time; 0: one for each decode engine.",
        rich_help_panel=_PANEL,
    ),
]
SightPrecisionOption = Annotated[
    Literal["auto", "float32", "float16", "bfloat16"],
    typer.Option(help="Number format in which the image-text model computes.", rich_help_panel=_PANEL),
]
SightEngineOption = Annotated[
    Literal["auto", "torch", "openvino"],
    typer.Option(help="Software that runs the image-text model on a CPU.", rich_help_panel=_PANEL),
]


FilmArgument = Annotated[str, typer.Argument(help="A film: its title or id in the archive, or a file.")]
StoredFilmArgument = Annotated[
    str, typer.Argument(help="A film of the archive: its title, or the beginning of its id (`kuleshov films`).")
]
MomentArgument = Annotated[
    str,
    typer.Argument(metavar="FILM@TIME", help='A film of the archive and a time in it: "Sintel@1:02" or "Sintel@62.5".'),
]
UnitChoice = Annotated[Literal["shot", "scene"], typer.Option(help="Shots or scenes.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace the file if it exists already.")]

DEFAULT_ARCHIVE = Path("kuleshov-archive")


def read_user_shots(shot_list: Path | None, *, start: str | None) -> UserShots | None:
    """Return the shots of a list; ``None`` without one. Raises ``ShotListError``."""
    if shot_list is None:
        return None
    from kuleshov.pipeline.job.user_shots import ListedShots
    from kuleshov.shotlists.read import read_shot_list

    return ListedShots(read_shot_list(shot_list), start)


@dataclass(frozen=True)
class AnalysisOptions:
    """The options of a command that analyses films: all of ``Settings``, and the user's own list of shots."""

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
        from kuleshov.pipeline.job.settings import Settings

        values = asdict(self)
        del values["shot_list"], values["list_start"]
        return Settings(**values)

    def user_shots(self) -> UserShots | None:
        """Return the user's own shots; ``None`` without a list. Raises ``ShotListError``."""
        return read_user_shots(self.shot_list, start=self.list_start)


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
