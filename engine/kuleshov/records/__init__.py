"""What is said about a film: the records that flow from analysis to archive, search and export.

Conventions that hold for every record:

- Frame numbers count decoded frames in presentation order from 0; an ``end_*`` is exclusive.
- Seconds are measured from the start of the file as players show it (container start time removed).
- A measurement that could not be made is ``None`` (a film without sound has ``sound=None``), never 0.
- Ranges and units stand in the field's comment; definitions and sources in the module of ``cinema`` that computes it.

The room imports nothing of ours, so that every room may use it.
"""

from kuleshov.records.analysis import ANALYSIS_SCHEMA_VERSION, Analysis, Correction, Provenance, json_pieces, to_json
from kuleshov.records.arc import SHAPES, Arc, ArcShape, Burst, Cause, Change, Curve, ShapeName, Turn, TurnKind
from kuleshov.records.feeling import DIMENSIONS, MOODS, Emotion, Reason
from kuleshov.records.film import AudioTrack, ColorDescription, Film, Loudness, SubtitleTrack
from kuleshov.records.picture import Amount, Camera, Color, Key, Lighting, PaletteColor
from kuleshov.records.segments import (
    SCENE_TYPES,
    Pace,
    Scene,
    SceneType,
    SceneTypeName,
    Segment,
    Shot,
    Transition,
    TransitionType,
)
from kuleshov.records.sound import Music, Sound, SoundBorder, SoundEvent, SoundEventType, Timbre, Voice
from kuleshov.records.words import LINE_EMOTIONS, Dialogue, Line, LineEmotion, LineKind

__all__ = [
    "ANALYSIS_SCHEMA_VERSION",
    "DIMENSIONS",
    "LINE_EMOTIONS",
    "MOODS",
    "SCENE_TYPES",
    "SHAPES",
    "Amount",
    "Analysis",
    "Arc",
    "ArcShape",
    "AudioTrack",
    "Burst",
    "Camera",
    "Cause",
    "Change",
    "Color",
    "ColorDescription",
    "Correction",
    "Curve",
    "Dialogue",
    "Emotion",
    "Film",
    "Key",
    "Lighting",
    "Line",
    "LineEmotion",
    "LineKind",
    "Loudness",
    "Music",
    "Pace",
    "PaletteColor",
    "Provenance",
    "Reason",
    "Scene",
    "SceneType",
    "SceneTypeName",
    "Segment",
    "ShapeName",
    "Shot",
    "Sound",
    "SoundBorder",
    "SoundEvent",
    "SoundEventType",
    "SubtitleTrack",
    "Timbre",
    "Transition",
    "TransitionType",
    "Turn",
    "TurnKind",
    "Voice",
    "json_pieces",
    "to_json",
]
