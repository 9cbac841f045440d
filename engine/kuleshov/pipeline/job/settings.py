"""What a user may choose about an analysis, and the identity of the resulting pipeline."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from kuleshov.cinema.detectors import DEFAULT_DETECTOR, DEFAULT_SENSITIVITY
from kuleshov.cinema.people.rates import DEFAULT_FACE_RATE
from kuleshov.decode.analysis import ANALYSIS_WIDTH
from kuleshov.errors import SettingError
from kuleshov.models.image_text import Engine, Precision
from kuleshov.records import Correction

FaceSetting = Literal["auto", "on", "off"]
_MOST_FACE_RATE = 120.0
_ANALYSIS_WIDTHS = 32, 1024  # least and most


@dataclass(frozen=True)
class Settings:
    """Choices for the analysis of films; the defaults are the most exact ones.

    - ``device``: ``"auto"``, ``"cpu"``, ``"cuda"`` or ``"cuda:N"``
    - ``shots``: name of a shot detector (``kuleshov doctor`` lists them)
    - ``sensitivity``: of the shot detector, between 0 and 1: higher finds more transitions, with more errors
    - ``grammar``: a grammar file of the user's own instead of the packaged one, or a folder of several, of which each
      film gets the one made for its kind
    - ``norms``: what is usual in an archive (``kuleshov norms``), to judge cues by instead of the grammar's reference
    - ``voice_emotion``: a model of vocal emotion made by ``kuleshov.training.voice``; without one it is not measured
    - ``faces``: find faces: ``"on"``, ``"off"``, or ``"auto"``: if the networks are available
    - ``face_rate``: how often a second; bursts of expression need 8 or more
    - ``transcribe``: speech to text for films without subtitles: ``"off"``, ``"auto"`` or a Whisper model (a folder, or
      a name on the hub)
    - ``screenplay``: a screenplay to align with the film's subtitles, instead of one in the film's folder
    - ``sight``: an image-text model for key frames, so that words find what is in the picture: ``"off"``, ``"auto"``
      (a known one in the hub's cache) or a model (a folder, or a name; ``docs/sight.md``)
    - ``sight_precision``: the numbers that it computes in: ``"auto"``, ``"float32"``, ``"float16"``, ``"bfloat16"``
    - ``sight_engine``: what runs it on a CPU: ``"auto"``, ``"torch"``, ``"openvino"``
    - ``analysis_width``: width in pixels of the frames that are measured
    - ``threads``: of the CPU decoder; 0 = one a core
    - ``sessions``: films that a GPU decodes at once; 0 = one a decode engine
    """

    device: str = "auto"
    shots: str = DEFAULT_DETECTOR
    sensitivity: float = DEFAULT_SENSITIVITY
    grammar: Path | None = None
    norms: Path | None = None
    voice_emotion: Path | None = None
    faces: FaceSetting = "auto"
    face_rate: float = DEFAULT_FACE_RATE
    transcribe: str = "off"
    screenplay: Path | None = None
    sight: str = "off"
    sight_precision: Precision = "auto"
    sight_engine: Engine = "auto"
    analysis_width: int = ANALYSIS_WIDTH
    threads: int = 0
    sessions: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.face_rate <= _MOST_FACE_RATE:
            raise SettingError(f"face rate {self.face_rate:g}: it must be above 0 and at most {_MOST_FACE_RATE:g}")
        if self.faces not in get_args(FaceSetting):
            raise SettingError(f"faces {self.faces!r}: allowed are {', '.join(get_args(FaceSetting))}")
        least, most = _ANALYSIS_WIDTHS
        if not least <= self.analysis_width <= most:
            raise SettingError(f"analysis width {self.analysis_width}: allowed are {least} to {most} pixels")
        for name, number in (("threads", self.threads), ("sessions", self.sessions)):
            if number < 0:
                raise SettingError(f"{name} {number}: it must be 0 (chosen by the machine) or more")
        for name, value, allowed in (
            ("sight precision", self.sight_precision, Precision),
            ("sight engine", self.sight_engine, Engine),
        ):
            if value not in get_args(allowed):
                raise SettingError(f"{name} {value!r}: allowed are {', '.join(get_args(allowed))}")


def corrected_id(measured_by: str, corrections: Sequence[Correction]) -> str:
    """Return the pipeline id of a film that was measured by one pipeline and divided by a user."""
    return pipeline_id({"measured_by": measured_by, "shots": " ".join(each.content_hash for each in corrections)})


def pipeline_id(parts: Mapping[str, str]) -> str:
    """Return 12 hex digits that change whenever a film would be described differently."""
    return hashlib.blake2b(json.dumps(dict(parts), sort_keys=True).encode(), digest_size=6).hexdigest()
