"""What is said about a film: the records that flow from analysis to archive, search and export.

Conventions that hold for every record:

- Frame numbers count decoded frames in presentation order from 0; an ``end_*`` is exclusive.
- Seconds are measured from the start of the file as players show it (container start time removed).
- A measurement that could not be made is ``None`` (a film without sound has ``sound=None``), never 0.
- Ranges and units stand in the field's comment; definitions and sources in the module of ``cinema`` that computes it.

The room imports nothing of ours, so that every room may use it.
"""

from kuleshov.records.analysis import ANALYSIS_SCHEMA_VERSION, Analysis, Correction, Provenance, json_pieces, to_json
from kuleshov.records.feeling import DIMENSIONS, MOODS, Emotion, Reason
from kuleshov.records.film import AudioTrack, ColorDescription, Film, Loudness, SubtitleTrack
from kuleshov.records.people import (
    EXPRESSIONS,
    SHOT_SCALES,
    Expression,
    ExpressionBurst,
    FaceTrack,
    Framing,
    Grouping,
    People,
    ShotScale,
)
from kuleshov.records.picture import (
    MOVEMENTS,
    Amount,
    Camera,
    CameraAngle,
    Color,
    Dye,
    Key,
    Lighting,
    LightSwitch,
    Movement,
    MovementName,
    PaletteColor,
    TimeOfDay,
)
from kuleshov.records.segments import (
    SCENE_TYPES,
    Editing,
    MatchCut,
    Matter,
    Pace,
    Scene,
    SceneType,
    SceneTypeName,
    Segment,
    Shot,
    Transition,
    TransitionType,
    Window,
)
from kuleshov.records.sound import Music, Sound, SoundBorder, SoundEvent, SoundEventType, Timbre, Voice
from kuleshov.records.words import (
    LINE_EMOTIONS,
    Dialogue,
    HeadingTime,
    Line,
    LineEmotion,
    LineKind,
    SceneHeading,
    ScriptedLine,
    Speaker,
)

__all__ = [
    "ANALYSIS_SCHEMA_VERSION",
    "DIMENSIONS",
    "EXPRESSIONS",
    "LINE_EMOTIONS",
    "MOODS",
    "MOVEMENTS",
    "SCENE_TYPES",
    "SHOT_SCALES",
    "Amount",
    "Analysis",
    "AudioTrack",
    "Camera",
    "CameraAngle",
    "Color",
    "ColorDescription",
    "Correction",
    "Dialogue",
    "Dye",
    "Editing",
    "Emotion",
    "Expression",
    "ExpressionBurst",
    "FaceTrack",
    "Film",
    "Framing",
    "Grouping",
    "HeadingTime",
    "Key",
    "LightSwitch",
    "Lighting",
    "Line",
    "LineEmotion",
    "LineKind",
    "Loudness",
    "MatchCut",
    "Matter",
    "Movement",
    "MovementName",
    "Music",
    "Pace",
    "PaletteColor",
    "People",
    "Provenance",
    "Reason",
    "Scene",
    "SceneHeading",
    "SceneType",
    "SceneTypeName",
    "ScriptedLine",
    "Segment",
    "Shot",
    "ShotScale",
    "Sound",
    "SoundBorder",
    "SoundEvent",
    "SoundEventType",
    "Speaker",
    "SubtitleTrack",
    "Timbre",
    "TimeOfDay",
    "Transition",
    "TransitionType",
    "Voice",
    "Window",
    "json_pieces",
    "to_json",
]
