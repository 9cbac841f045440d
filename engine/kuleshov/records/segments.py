"""Shots and scenes: segments of a film with all their measurements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from kuleshov.records.feeling import Emotion
from kuleshov.records.people import People
from kuleshov.records.picture import Camera, CameraAngle, Color, Lighting
from kuleshov.records.sound import Sound, SoundBorder
from kuleshov.records.words import Dialogue, SceneHeading

Unit = Literal["shot", "scene"]
#: Shots and scenes, in the order in which the archive keeps them.
SEGMENT_UNITS: tuple[Unit, ...] = get_args(Unit)
TransitionType = Literal["start", "cut", "dissolve", "fade_black", "fade_white", "wipe"]
#: What a segment holds: a picture, or something else that a film carries.
ContentType = Literal["picture", "blank", "card", "bars"]
SceneTypeName = Literal["shot_reverse_shot", "montage", "one_take"]
SCENE_TYPES: tuple[SceneTypeName, ...] = ("shot_reverse_shot", "montage", "one_take")


@dataclass(frozen=True)
class Transition:
    """How a shot begins: from the last clean frame of the old shot to the first clean frame of the new one."""

    type: TransitionType
    start_frame: int
    end_frame: int
    confidence: float  # 0..1


@dataclass(frozen=True)
class Pace:
    shot_length_seconds: float  # of the shot; of a scene: the mean over its shots
    longest_shot_seconds: float
    average_shot_length_seconds: float  # ASL inside the window
    median_shot_length_seconds: float  # MSL inside the window
    cuts_per_minute: float  # inside the window
    window_seconds: float


@dataclass(frozen=True)
class Editing:
    """Patterns of shot lengths, of a film or of a scene; see ``cinema.editing.editing``."""

    shots: int
    average_shot_length_seconds: float  # ASL
    median_shot_length_seconds: float  # MSL
    shortest_shot_seconds: float
    longest_shot_seconds: float
    cuts_per_minute: float
    long_takes: int  # shots of 10 s or more that are long for their film as well
    # The lognormal distribution of the lengths; None for fewer than 20 shots.
    log_mean: float | None  # of ln(seconds)
    log_deviation: float | None
    lognormal_fit: float | None  # Shapiro-Francia's W', 0..1, 1 = lognormal exactly
    long_shot_seconds: float | None  # its 95th percentile
    rhythm_slope: float | None  # a of 1 / f^a: 0 no rhythm, 1 pink; None for fewer than 64 shots
    intensification: float | None  # -1 loosening .. 1 tightening; None for fewer than 4 shots


@dataclass(frozen=True)
class MatchCut:
    """How similar the two sides of a cut are though the pictures differ."""

    confidence: float  # 0..1
    shape: float  # layout of light and dark, 0..1
    color: float  # colours, 0..1
    movement: float | None  # direction and speed of the picture's movement, 0..1; None if it does not move


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A part of a film with its measurements; shots and scenes are segments."""

    index: int
    start_frame: int
    end_frame: int
    start_seconds: float
    end_seconds: float
    lighting: Lighting
    color: Color
    camera: Camera | None  # None: a single frame, or a blank picture, shows no movement
    pace: Pace
    sound: Sound | None
    dialogue: Dialogue | None
    emotion: Emotion | None
    matter: ContentType = "picture"  # of anything else, light, colour, movement and length mean nothing
    people: People | None = None  # None: the film was not searched for faces
    angle: CameraAngle | None = None  # None: no frame of it was measured
    heading: SceneHeading | None = None  # None: no screenplay, or none of its lines is spoken here

    @property
    def duration_seconds(self) -> float:
        return self.end_seconds - self.start_seconds


@dataclass(frozen=True, kw_only=True)
class Shot(Segment):
    transition_in: Transition
    sound_border_in: SoundBorder | None = None  # None: the sound continues, there is none, or it is the first shot
    jump_cut_in: float | None = None  # 0..1: same framing, a little later; None: the first shot, or not measured
    match_cut_in: MatchCut | None = None  # None: no match cut


@dataclass(frozen=True)
class SceneType:
    """The type of a scene by its editing."""

    name: SceneTypeName
    confidence: float  # 0..1
    reason: str  # "two setups alternate in 9 of 10 shots, speech 60% of the time"


@dataclass(frozen=True, kw_only=True)
class Scene(Segment):
    first_shot: int
    end_shot: int  # exclusive
    type: SceneType | None = None  # None: its editing shows none; also in old descriptions
    editing: Editing | None = None  # None in old descriptions


@dataclass(frozen=True, kw_only=True)
class Window(Segment):
    """Some seconds of a live film; its pace is that of the last minute, its shot the one at its end."""

    lighting: Lighting | None  # type: ignore[assignment]  # None: no frame of it arrived
    color: Color | None  # type: ignore[assignment]
