"""Dialogue: lines, speakers, and the dialogue of a segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LineKind = Literal["speech", "sound", "music"]


#: Emotions of a line of dialogue: the classes of the MELD corpus.
LINE_EMOTIONS = ("anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise")


@dataclass(frozen=True)
class LineEmotion:
    """The emotion of a line's words, by a trained network (``models.dialogue_emotion``)."""

    probabilities: dict[str, float]  # by LINE_EMOTIONS, sum 1
    valence: float  # -1..1
    arousal: float
    dominance: float


HeadingTime = Literal["dawn", "morning", "day", "noon", "afternoon", "dusk", "evening", "night"]


@dataclass(frozen=True)
class SceneHeading:
    """Place and time of a scene in the screenplay."""

    text: str  # "INT. KITCHEN - NIGHT"
    interior: bool
    exterior: bool  # both: the scene is inside and outside
    place: str  # "KITCHEN"
    time_of_day: HeadingTime | None
    confidence: float  # 0..1, that it is this scene


@dataclass(frozen=True)
class ScriptedLine:
    """A line's place in the screenplay (``cinema.dialogue.screenplay``)."""

    character: str
    parenthetical: str | None  # how it should be spoken: "whispering"
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
    speaker: str | None  # named by the subtitles, else by the screenplay
    emotion: LineEmotion | None  # None: a caption, another language, or no network
    screenplay: ScriptedLine | None = None  # None: there is none, or the line is not in it


@dataclass(frozen=True)
class Speaker:
    """A speaker named in the subtitles or the screenplay: how much they say, and who speaks after them."""

    name: str
    lines: int
    words: int
    seconds: float
    questions: int  # lines with a question
    interruptions: int  # how often they interrupt another
    followed_by: dict[str, int]  # by name: how often that one speaks next
    # Means over the words of their lines; None if no feeling was read.
    emotions: dict[str, float] | None = None  # by LINE_EMOTIONS
    valence: float | None = None  # -1..1
    arousal: float | None = None
    dominance: float | None = None


@dataclass(frozen=True)
class Dialogue:
    lines: int
    words: int
    words_per_second: float  # while a line is on screen
    speech_share: float  # share of the time with a line on screen, 0..1
    questions: int
    exclamations: int
    text: str
    language: str | None
    # The following are None for another language, without a network, and in old descriptions.
    emotions: dict[str, float] | None = None  # by LINE_EMOTIONS, mean over the words of the lines
    valence: float | None = None  # -1..1, the same mean
    arousal: float | None = None
    dominance: float | None = None
    strong_feeling: float | None = None  # 1 - probability of "neutral"
    hostility: float | None = None  # probability of anger or disgust
    threats: int | None = None  # lines with words of threat; English
    farewells: int | None = None  # lines that say farewell; English
    turns_per_minute: float | None = None  # changes of speaker in the subtitles
    interruptions: int | None = None  # lines that break off where another speaker begins
