"""What is said: lines, and the dialogue of a stretch of film."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LineKind = Literal["speech", "sound", "music"]


#: What a line of dialogue may carry: the classes of the MELD corpus.
LINE_EMOTIONS = ("anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise")


@dataclass(frozen=True)
class LineEmotion:
    """What lies in the words of a line, as a trained network reads them (``models.dialogue_emotion``)."""

    probabilities: dict[str, float]  # by LINE_EMOTIONS, together 1
    valence: float  # -1..1
    arousal: float
    dominance: float


HeadingTime = Literal["dawn", "morning", "day", "noon", "afternoon", "dusk", "evening", "night"]


@dataclass(frozen=True)
class SceneHeading:
    """Where and when a scene plays, as the screenplay has it."""

    text: str  # "INT. KITCHEN - NIGHT"
    interior: bool
    exterior: bool  # both: the scene goes in and out
    place: str  # "KITCHEN"
    time_of_day: HeadingTime | None
    confidence: float  # 0..1, that it is this scene


@dataclass(frozen=True)
class ScriptedLine:
    """What the screenplay says of a line (``cinema.dialogue.screenplay``)."""

    character: str
    parenthetical: str | None  # how it is to be said: "whispering"
    scene: int  # of the screenplay, counted from 0
    heading: SceneHeading | None
    confidence: float  # 0..1


@dataclass(frozen=True)
class Line:
    """One utterance or one caption of the subtitles; a subtitle of two speakers is two lines."""

    index: int
    start_seconds: float
    end_seconds: float
    kind: LineKind
    text: str  # without markup, speaker's name and brackets
    speaker: str | None  # as the subtitles name them, else the screenplay
    emotion: LineEmotion | None  # None: a caption, another language, or no network
    screenplay: ScriptedLine | None = None  # None: there is none, or the line does not stand in it


@dataclass(frozen=True)
class Speaker:
    """One who is named in the subtitles or the screenplay: how much they say, and who speaks after them."""

    name: str
    lines: int
    words: int
    seconds: float
    questions: int  # lines that ask
    interruptions: int  # how often they begin where another breaks off
    followed_by: dict[str, int]  # by name: how often that one speaks next
    # Means over the words of their lines; None where no feeling was read.
    emotions: dict[str, float] | None = None  # by LINE_EMOTIONS
    valence: float | None = None  # -1..1
    arousal: float | None = None
    dominance: float | None = None


@dataclass(frozen=True)
class Dialogue:
    lines: int
    words: int
    words_per_second: float  # while a line is on
    speech_share: float  # share of the time that a line is on, 0..1
    questions: int
    exclamations: int
    text: str
    language: str | None
    # What follows is None where it was not read: another language, no network, or an older description.
    emotions: dict[str, float] | None = None  # by LINE_EMOTIONS, mean over the words of the lines
    valence: float | None = None  # -1..1, the same mean
    arousal: float | None = None
    dominance: float | None = None
    strong_feeling: float | None = None  # 1 - probability of "neutral"
    hostility: float | None = None  # probability of anger or disgust
    threats: int | None = None  # lines with words of threat; English
    farewells: int | None = None  # lines that take leave; English
    turns_per_minute: float | None = None  # changes of speaker that the subtitles show
    interruptions: int | None = None  # lines that break off while another speaker begins
