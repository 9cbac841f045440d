"""What is said about a film: the records that flow from analysis to archive, search and export.

Conventions that hold for every record:

- Frame numbers count decoded frames in presentation order from 0; an ``end_*`` is exclusive.
- Seconds are measured from the start of the file as players show it (container start time removed).
- A measurement that could not be made is ``None`` (a film without sound has ``sound=None``), never 0.
- Ranges and units stand in the field's comment; definitions and sources in the module of ``cinema`` that computes it.

The module imports nothing of ours, so that every room may use it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

#: Version of the JSON shape of ``kuleshov analyze --json``. Grows when a field changes meaning or goes away.
ANALYSIS_SCHEMA_VERSION = 1

TransitionType = Literal["start", "cut", "dissolve", "fade_black", "fade_white", "wipe"]
Key = Literal["low", "normal", "high"]
SoundEventType = Literal["cut_to_silence", "burst", "swell", "fade_in", "fade_out", "scream"]
Amount = Literal["static", "slow", "moderate", "fast"]
SceneTypeName = Literal["shot_reverse_shot", "montage", "one_take"]
SCENE_TYPES: tuple[SceneTypeName, ...] = ("shot_reverse_shot", "montage", "one_take")
LineKind = Literal["speech", "sound", "music"]

DIMENSIONS = ("valence", "arousal", "tension")
MOODS = (
    "suspense",
    "chaos",
    "excitement",
    "joy",
    "tenderness",
    "sadness",
    "anger",
    "fear",
    "awe",
    "calm",
    "loneliness",
    "romance",
)
#: What a line of dialogue may carry: the classes of the MELD corpus.
LINE_EMOTIONS = ("anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise")


@dataclass(frozen=True)
class ColorDescription:
    """How the stream's numbers stand for light; names as FFmpeg prints them. See ``media.color.ColorSpec``."""

    matrix: str
    range: str
    transfer: str
    primaries: str


@dataclass(frozen=True)
class AudioTrack:
    """One sound track: what it is, not what was heard on it."""

    stream_index: int
    codec: str
    channels: int
    layout: str
    sample_rate: int
    language: str | None


@dataclass(frozen=True)
class SubtitleTrack:
    """One subtitle track; ``text`` tells whether it holds text (picture subtitles do not)."""

    stream_index: int
    codec: str
    language: str | None
    text: bool


@dataclass(frozen=True)
class Loudness:
    """How loud a whole sound track is (EBU R 128). ``None`` where all of it is below the gate, or too short to tell."""

    integrated_lufs: float | None
    range_lu: float | None
    true_peak_dbtp: float  # at least -100


@dataclass(frozen=True)
class Film:
    """What the file is. ``width`` and ``height`` are as displayed: after rotation and sample aspect ratio."""

    content_id: str
    title: str
    source: str
    container: str
    duration_seconds: float
    frame_count: int
    width: int
    height: int
    coded_width: int
    coded_height: int
    frame_rate: float
    frame_rate_exact: str  # "24000/1001"
    variable_frame_rate: bool
    sample_aspect_ratio: str  # "1:1"
    rotation_degrees: int  # clockwise turn that a player applies: 0, 90, 180, 270
    interlaced: bool
    codec: str
    pixel_format: str
    bit_depth: int
    color: ColorDescription
    picture_area: tuple[int, int, int, int]  # x, y, width, height in coded pixels: the picture without its bars
    video_stream_index: int
    video_stream_count: int
    audio_tracks: list[AudioTrack]
    subtitle_tracks: list[SubtitleTrack]
    size_bytes: int
    loudness: Loudness | None = None  # of the sound track that was heard


@dataclass(frozen=True)
class Transition:
    """How a shot begins: from the last clean frame of the old shot to the first clean frame of the new one."""

    type: TransitionType
    start_frame: int
    end_frame: int
    confidence: float  # 0..1


@dataclass(frozen=True)
class Lighting:
    key: Key
    key_value: float  # mean x standard deviation of luma (Rasheed 2005), luma 0..1
    luma_mean: float  # 0..1
    contrast: float  # standard deviation of luma, 0..0.5
    contrast_range: float  # 95th minus 5th percentile of luma, 0..1
    dark_share: float  # share of pixels below 0.18
    bright_share: float  # share of pixels above 0.8
    luma_slope: float  # change of mean luma per second


@dataclass(frozen=True)
class PaletteColor:
    name: str
    rgb: str  # "#rrggbb"
    share: float  # 0..1


@dataclass(frozen=True)
class Color:
    saturation: float  # mean chroma magnitude, 0..1
    warmth: float  # -1 (blue) .. 1 (orange): mean of (Cr - Cb) / 255
    monochrome: bool
    palette: list[PaletteColor]  # largest first


@dataclass(frozen=True)
class Camera:
    amount: Amount  # of all movement in the picture
    motion_mean: float  # frame-widths per second
    motion_median: float
    motion_p90: float
    pan: float  # median horizontal picture movement, frame-widths per second, signed (+ = picture moves right)
    tilt: float  # the same, vertical (+ = picture moves down)
    zoom: float  # relative growth per second (+ = picture grows: zoom or push in)
    shake: float  # RMS of the global movement above 1 Hz, frame-widths


@dataclass(frozen=True)
class Pace:
    shot_length_seconds: float  # of the shot; of a scene: the mean over its shots
    longest_shot_seconds: float
    average_shot_length_seconds: float  # ASL inside the window
    median_shot_length_seconds: float  # MSL inside the window
    cuts_per_minute: float  # inside the window
    window_seconds: float


@dataclass(frozen=True)
class SoundEvent:
    type: SoundEventType
    seconds: float
    drop_db: float  # how far the level falls; where it rises, negative
    duration_seconds: float = 0.0


@dataclass(frozen=True)
class Voice:
    """How people speak in the stretch; shares are of the time in which somebody speaks."""

    syllables_per_second: float  # while somebody speaks
    pauses_per_minute: float  # of 0.3 s to 2 s between speech
    pitch_hz: float | None  # median; None where no speech is voiced
    pitch_range_semitones: float | None  # 10th to 90th percentile
    level_dbfs: float | None  # median of voiced speech
    whisper_share: float  # 0..1
    shout_share: float  # 0..1
    emotions: dict[str, float] | None = None  # what the voice sounds like, 0..1 adding up to 1; None without a model


@dataclass(frozen=True)
class Music:
    """The music of the stretch, where there is any. A number that can't be told from it is ``None``."""

    mode: float | None  # -1 (minor) .. 1 (major)
    tempo_bpm: float | None
    beat_strength: float | None  # 0..1, how strictly a beat is kept


@dataclass(frozen=True)
class Timbre:
    """The colour of what sounds in the stretch."""

    brightness_hz: float  # spectral centroid
    flatness: float  # 0 (tones) .. 1 (white noise)
    roughness: float  # dissonance of the partials, 0..1
    drone_share: float  # share of the power that is a steady low tone, 0..1
    percussive_share: float  # share of the power that strikes rather than rings, 0..1
    onsets_per_second: float


@dataclass(frozen=True)
class Sound:
    loudness_lufs: float | None  # gated loudness (BS.1770) of the stretch; None where all of it is below the gate
    loudness_max_lufs: float  # loudest momentary value (400 ms)
    loudness_slope: float  # LU per second
    silence_share: float  # 0..1
    events: list[SoundEvent]
    loudness_range_lu: float | None = None  # EBU Tech 3342; None for less than some 4 s of sound
    voice_share: float | None = None  # somebody is heard speaking, 0..1; None without the network for voice activity
    music_share: float | None = None  # 0..1
    effects_share: float | None = None  # 0..1: neither silence, nor speech, nor music
    end_silence_seconds: float = 0.0  # how long it has been silent when the stretch ends
    voice: Voice | None = None  # None where hardly anybody speaks
    music: Music | None = None  # None where there is hardly any
    timbre: Timbre | None = None  # None where all is silent


@dataclass(frozen=True)
class SoundBorder:
    """Where the sound changes at a cut: before the picture (J-cut), after it (L-cut) or with it."""

    type: Literal["straight", "j_cut", "l_cut"]
    offset_seconds: float  # of the sound's border from the picture's; negative: the sound comes first
    strength: float  # how much it changes, in usual spreads


@dataclass(frozen=True)
class LineEmotion:
    """What lies in the words of a line, as a trained network reads them (``models.dialogue_emotion``)."""

    probabilities: dict[str, float]  # by LINE_EMOTIONS, together 1
    valence: float  # -1..1
    arousal: float
    dominance: float


@dataclass(frozen=True)
class Line:
    """One utterance or one caption of the subtitles; a subtitle of two speakers is two lines."""

    index: int
    start_seconds: float
    end_seconds: float
    kind: LineKind
    text: str  # without markup, speaker's name and brackets
    speaker: str | None  # as the subtitles name them
    emotion: LineEmotion | None  # None: a caption, another language, or no network


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


@dataclass(frozen=True, slots=True)
class Reason:
    """What one cue says: ``contributions`` by score, and those of a score add up to it over all reasons, exactly."""

    cue: str
    value: float  # of the cue, -1..1
    text: str  # "long shot duration (23.4 s)"
    contributions: dict[str, float]  # by dimension and mood; a score that the cue is not part of is left out


@dataclass(frozen=True)
class Emotion:
    """What the cues read as. Evoked, not depicted: what a viewer likely feels, inferred from technique."""

    valence: float  # -1..1
    arousal: float
    tension: float
    moods: dict[str, float]  # the twelve of MOODS, -1..1
    strong: list[str]  # moods that are strong by rule: high, and at least three cues agree
    confidence: float  # 0..1: share of the grammar's weight whose cues could be measured
    reasons: list[Reason]  # one a cue, the largest contributions first


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


@dataclass(frozen=True)
class Correction:
    """A change that a user made to a film's shots."""

    source: str  # the shot list's file name, or the edits as written: "merge 12, type 7=dissolve"
    format: str  # "edl", "csv", "otio", "pairs"; "edits"
    content_hash: str  # BLAKE2b of the list's bytes and of how they were read, or of the edits, 32 hex digits


@dataclass(frozen=True)
class Provenance:
    """Who said so: enough to repeat the analysis, and every choice that was made on the way."""

    schema_version: int
    kuleshov_version: str
    pipeline_id: str
    device: str
    device_reason: str
    decoder: str
    shot_detector: str
    models: dict[str, str]
    versions: dict[str, str]
    analysis_width: int
    analysis_height: int
    notes: list[str] = field(default_factory=list)  # repaired timestamps, damaged packets, tracks left out, ...
    corrections: list[Correction] = field(default_factory=list)  # of the shots, in order: first a list, then edits
    measured_by: str = ""  # of a corrected film: the pipeline id that it would have without corrections


@dataclass(frozen=True)
class Analysis:
    """One film, described. ``to_json`` of it is what ``kuleshov analyze --json`` prints."""

    film: Film
    shots: list[Shot]
    scenes: list[Scene]
    provenance: Provenance
    lines: list[Line] = field(default_factory=list)  # none too where the description was made before lines were kept


def to_json(record: Any) -> dict[str, Any]:
    """Return a record as plain dicts, lists and numbers, ready for ``json.dumps``."""
    return asdict(record)


def json_pieces(analysis: Analysis) -> Iterator[str]:
    """Yield the JSON text of an analysis piece by piece, one shot or scene a line: the same as ``to_json`` in all."""
    yield '{"film": ' + json.dumps(to_json(analysis.film), allow_nan=False)
    for name in ("shots", "scenes"):
        yield from _listed(name, getattr(analysis, name))
    yield ',\n"provenance": ' + json.dumps(to_json(analysis.provenance), allow_nan=False)
    yield from _listed("lines", analysis.lines)
    yield "}"


def _listed(name: str, records: Sequence[Any]) -> Iterator[str]:
    yield f',\n"{name}": ['
    for number, record in enumerate(records):
        yield (",\n" if number else "\n") + json.dumps(to_json(record), allow_nan=False)
    yield "]"
