"""One flat row a shot, scene or hit: the columns that CSV and Parquet share."""

from __future__ import annotations

import math
from typing import Any

from kuleshov.cinema.attributes.measures import MEASURES, measure
from kuleshov.export.listing import Clip, Listing
from kuleshov.records import DIMENSIONS, MOODS

_DIGITS = 6  # of a measure; frames and times are exact
_TIME_MEASURES = frozenset({"start_seconds", "duration_seconds"})  # measures with columns of their own here

_NAMES = ("film", "content_id", "source", "unit")
_FRAMES = ("index", "start_frame", "end_frame", "frames")
_TIMES = ("start_seconds", "end_seconds", "duration_seconds")
_TIMECODES = ("timecode_in", "timecode_out", "frame_rate", "timecode_rate")
_TRANSITION = ("transition", "transition_start_frame", "transition_end_frame", "confidence")
MEASURED_COLUMNS = (
    "score",
    *(entry.path for entry in MEASURES if entry.path not in _TIME_MEASURES),
    *DIMENSIONS,
    *MOODS,
)
COLUMNS = (*_NAMES, *_FRAMES, *_TIMES, *_TIMECODES, *_TRANSITION, *MEASURED_COLUMNS)
#: Columns of text, and of whole numbers; all others are floats.
TEXT_COLUMNS = (*_NAMES, *_TIMECODES, "transition")
WHOLE_COLUMNS = (*_FRAMES, "transition_start_frame", "transition_end_frame")


def row(clip: Clip, listing: Listing) -> dict[str, Any]:
    """Return a clip's values by ``COLUMNS``; ``None`` where nothing was measured."""
    film, segment, transition, emotion = clip.film, clip.segment, clip.transition_in, clip.segment.emotion
    numbering = listing.numbering(film)
    measured = {entry.path: measure(segment, entry.path) for entry in MEASURES if entry.path not in _TIME_MEASURES}
    feelings = {name: getattr(emotion, name, None) for name in DIMENSIONS} | {
        mood: None if emotion is None else emotion.moods[mood] for mood in MOODS
    }
    return {
        "film": film.title,
        "content_id": film.content_id,
        "source": film.source,
        "unit": clip.unit,
        "index": segment.index,
        "start_frame": clip.start_frame,
        "end_frame": clip.end_frame,
        "frames": clip.end_frame - clip.start_frame,
        "start_seconds": clip.start_seconds,
        "end_seconds": clip.end_seconds,
        "duration_seconds": clip.end_seconds - clip.start_seconds,
        "timecode_in": numbering.timecode(clip.start_frame, clip.start_seconds),
        "timecode_out": numbering.timecode(clip.end_frame, clip.end_seconds),
        "frame_rate": film.frame_rate_exact,
        "timecode_rate": str(numbering.rate),
        "transition": transition.type,
        "transition_start_frame": transition.start_frame,
        "transition_end_frame": transition.end_frame,
        "confidence": transition.confidence,
        "score": clip.score,
        **{name: _rounded(value) for name, value in (measured | feelings).items()},
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, _DIGITS)
