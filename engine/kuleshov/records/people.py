"""The people in the picture: their number, shot scale, and expressions. Nobody is identified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ShotScale = Literal["ECU", "CU", "MCU", "MS", "MLS", "LS", "ELS"]
SHOT_SCALES: tuple[ShotScale, ...] = ("ECU", "CU", "MCU", "MS", "MLS", "LS", "ELS")
Grouping = Literal["nobody", "single", "two_shot", "three_shot", "group", "crowd"]
Expression = Literal["neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised"]
EXPRESSIONS: tuple[Expression, ...] = ("neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised")


@dataclass(frozen=True)
class ExpressionBurst:
    """An expression that rises and falls again within a shot; times in seconds of the film."""

    expression: Expression
    onset_seconds: float
    apex_seconds: float
    offset_seconds: float
    peak: float  # likelihood at the apex, 0..1
    micro: bool | None  # shorter than 0.5 s; None if too few frames were searched to tell


@dataclass(frozen=True)
class FaceTrack:
    """One face followed within a shot. Lists have an entry for each frame in which it was found."""

    seconds: list[float]
    x: list[float]  # its centre, share of the picture's width from the left
    y: list[float]  # share of its height from the top
    height: list[float]  # brows to chin, share of the picture's height
    expressions: dict[str, float] | None  # mean likelihoods, 0..1, sum 1; None if the face is too small
    valence_derived: float | None  # -1..1, from the expressions
    arousal_derived: float | None
    yaw_degrees: float | None  # median; > 0 turned to the right of the picture
    pitch_degrees: float | None  # > 0 looking up
    roll_degrees: float | None  # > 0 tilted clockwise
    bursts: list[ExpressionBurst]


@dataclass(frozen=True)
class Framing:
    """The shot scale, by the largest face."""

    scale: ShotScale  # of most frames with a face
    face_height: float  # median height of the largest face, share of the picture's height
    face_height_slope: float  # its change per second: the face comes nearer (+) or goes away (-)
    face_x: float  # median position of the largest face, as in ``FaceTrack``
    face_y: float


@dataclass(frozen=True)
class People:
    """The faces of a segment. Likelihoods are means over all of them, weighted by their size."""

    looks: int  # frames that were searched for faces
    face_share: float  # share of them with a face, 0..1
    close_share: float  # share of them whose largest face is in MCU, CU or ECU, 0..1
    count: int  # faces at once that a tenth of the frames with a face reach
    grouping: Grouping  # "nobody": no face is visible
    framing: Framing | None  # None: nobody is visible, so the scale is unknown
    smile: float | None  # likelihood of a happy face; None if no face is large enough to read
    sad: float | None
    angry: float | None
    fearful: float | None
    disgusted: float | None
    surprised: float | None
    neutral: float | None
    valence_derived: float | None  # -1..1, from the likelihoods
    arousal_derived: float | None
    turned_away_share: float | None  # share of faces in profile, 0..1; None if no pose is known
    gaze_down_share: float | None  # share of faces bowed or with lowered lids, 0..1
    faces: list[FaceTrack]  # of a shot; a scene lists none
