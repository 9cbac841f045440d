"""Shots and scenes: stretches of a film with all that was measured on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kuleshov.records.feeling import Emotion
from kuleshov.records.picture import Camera, Color, Lighting
from kuleshov.records.sound import Sound, SoundBorder
from kuleshov.records.words import Dialogue

TransitionType = Literal["start", "cut", "dissolve", "fade_black", "fade_white", "wipe"]
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


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A stretch of a film with its measurements; shots and scenes are both."""

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

    @property
    def duration_seconds(self) -> float:
        return self.end_seconds - self.start_seconds


@dataclass(frozen=True, kw_only=True)
class Shot(Segment):
    transition_in: Transition
    sound_border_in: SoundBorder | None = None  # None: the sound goes through, there is none, or it is the first shot


@dataclass(frozen=True)
class SceneType:
    """What kind of scene its editing makes it."""

    name: SceneTypeName
    confidence: float  # 0..1
    reason: str  # "two setups alternate in 9 of 10 shots, speech 60% of the time"


@dataclass(frozen=True, kw_only=True)
class Scene(Segment):
    first_shot: int
    end_shot: int  # exclusive
    type: SceneType | None = None  # None: its editing does not say, or it was described before there were types


@dataclass(frozen=True, kw_only=True)
class Window(Segment):
    """Some seconds of a live film; its pace is that of the last minute, its shot the one that goes on at its end."""

    lighting: Lighting | None  # type: ignore[assignment]  # None: no frame of it was seen
    color: Color | None  # type: ignore[assignment]
