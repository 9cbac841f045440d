"""The numbers measured on a shot or scene, by path (``"lighting.luma_mean"``), with their units.

A new field of a record can be read by attributes and cues once it has a line here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from kuleshov.records import Segment
from kuleshov.records import Unit as Unit  # noqa: PLC0414


@dataclass(frozen=True)
class Measure:
    """A number on a segment: its path in the record (``"pace.cuts_per_minute"``) and its unit."""

    path: str
    unit: str

    @property
    def label(self) -> str:
        """The name in plain words: ``"cuts per minute"``."""
        return self.path.rsplit(".", 1)[-1].removesuffix("_seconds").removesuffix("_lufs").replace("_", " ")


MEASURES: tuple[Measure, ...] = tuple(
    Measure(path, unit)
    for path, unit in (
        ("duration_seconds", "s"),
        ("start_seconds", "s"),
        ("lighting.key_value", ""),
        ("lighting.luma_mean", ""),
        ("lighting.contrast", ""),
        ("lighting.contrast_range", ""),
        ("lighting.dark_share", ""),
        ("lighting.bright_share", ""),
        ("lighting.luma_slope", "1/s"),
        ("color.saturation", ""),
        ("color.warmth", ""),
        ("camera.motion_mean", "widths/s"),
        ("camera.motion_median", "widths/s"),
        ("camera.motion_p90", "widths/s"),
        ("camera.pan", "widths/s"),
        ("camera.tilt", "widths/s"),
        ("camera.zoom", "1/s"),
        ("camera.shake", "widths"),
        ("camera.roll", "deg/s"),
        ("camera.parallax", ""),
        ("camera.object_motion", "widths/s"),
        ("camera.object_share", ""),
        ("camera.steadiness", ""),
        ("pace.shot_length_seconds", "s"),
        ("pace.longest_shot_seconds", "s"),
        ("pace.average_shot_length_seconds", "s"),
        ("pace.median_shot_length_seconds", "s"),
        ("pace.cuts_per_minute", "/min"),
        ("sound.loudness_lufs", "LUFS"),
        ("sound.loudness_max_lufs", "LUFS"),
        ("sound.loudness_slope", "LU/s"),
        ("sound.silence_share", ""),
        ("sound.loudness_range_lu", "LU"),
        ("sound.voice_share", ""),
        ("sound.music_share", ""),
        ("sound.effects_share", ""),
        ("sound.end_silence_seconds", "s"),
        ("sound.voice.syllables_per_second", "/s"),
        ("sound.voice.pauses_per_minute", "/min"),
        ("sound.voice.pitch_hz", "Hz"),
        ("sound.voice.pitch_range_semitones", "semitones"),
        ("sound.voice.level_dbfs", "dBFS"),
        ("sound.voice.whisper_share", ""),
        ("sound.voice.shout_share", ""),
        ("sound.music.mode", ""),
        ("sound.music.tempo_bpm", "BPM"),
        ("sound.music.beat_strength", ""),
        ("sound.timbre.brightness_hz", "Hz"),
        ("sound.timbre.flatness", ""),
        ("sound.timbre.roughness", ""),
        ("sound.timbre.drone_share", ""),
        ("sound.timbre.percussive_share", ""),
        ("sound.timbre.onsets_per_second", "/s"),
        ("dialogue.lines", ""),
        ("dialogue.words", ""),
        ("dialogue.words_per_second", "/s"),
        ("dialogue.speech_share", ""),
        ("dialogue.questions", ""),
        ("dialogue.exclamations", ""),
        ("dialogue.valence", ""),
        ("dialogue.arousal", ""),
        ("dialogue.dominance", ""),
        ("dialogue.strong_feeling", ""),
        ("dialogue.hostility", ""),
        ("dialogue.threats", ""),
        ("dialogue.farewells", ""),
        ("dialogue.turns_per_minute", "/min"),
        ("dialogue.interruptions", ""),
        # Light and colour.
        ("lighting.contrast_stops", "stops"),
        ("lighting.chiaroscuro", ""),
        ("lighting.backlight_stops", "stops"),
        ("lighting.silhouette", ""),
        ("lighting.light_edges", ""),
        ("lighting.night", ""),
        ("lighting.dusk", ""),
        ("lighting.day", ""),
        ("color.colorfulness", ""),
        ("color.warmth_slope", "1/s"),
        ("color.temperature_kelvin", "K"),
        ("color.teal_orange", ""),
        # People and the camera's angle.
        ("people.count", "faces"),
        ("people.face_share", ""),
        ("people.close_share", ""),
        ("people.framing.face_height", ""),
        ("people.framing.face_height_slope", "1/s"),
        ("people.smile", ""),
        ("people.sad", ""),
        ("people.angry", ""),
        ("people.fearful", ""),
        ("people.disgusted", ""),
        ("people.surprised", ""),
        ("people.valence_derived", ""),
        ("people.turned_away_share", ""),
        ("people.gaze_down_share", ""),
        ("angle.roll_degrees", "degrees"),
        ("angle.pitch_degrees", "degrees"),
    )
)
UNITS = {measure.path: measure.unit for measure in MEASURES}


def measure(segment: Segment, path: str) -> float:
    """Return the number at ``path`` of a segment, NaN = not measured. Raises ``AttributeError``."""
    value: object = segment
    for name in path.split("."):
        if value is None:
            return math.nan
        value = getattr(value, name)
    return math.nan if value is None else float(value)  # type: ignore[arg-type]


def flatten(segment: Segment) -> dict[str, float]:
    """Return all ``MEASURES`` of a segment by path, NaN = not measured."""
    return {entry.path: measure(segment, entry.path) for entry in MEASURES}
