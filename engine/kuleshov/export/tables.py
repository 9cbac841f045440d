"""One flat row a shot, scene or hit: CSV and Parquet with the same columns, and JSON with whole records."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

from kuleshov.cinema.attributes.measures import MEASURES, measure
from kuleshov.export.listing import Item, Listing
from kuleshov.records import DIMENSIONS, MOODS, to_json

#: Version of the JSON shape. Grows when a field changes meaning or goes away.
SHOT_LIST_SCHEMA_VERSION = 1
_DIGITS = 6  # of a measure; frames and times are exact
_PLACES = frozenset({"start_seconds", "duration_seconds"})  # among the measures, but columns of their own here

_TEXT = ("film", "content_id", "source", "unit")
_WHOLE = ("index", "start_frame", "end_frame", "frames")
_TIMES = ("start_seconds", "end_seconds", "duration_seconds")
_TIMECODES = ("timecode_in", "timecode_out", "frame_rate", "timecode_rate")
_TRANSITION = ("transition", "transition_start_frame", "transition_end_frame", "confidence")
_MEASURED = (
    "score",
    *(entry.path for entry in MEASURES if entry.path not in _PLACES),
    *DIMENSIONS,
    *MOODS,
)
COLUMNS = (*_TEXT, *_WHOLE, *_TIMES, *_TIMECODES, *_TRANSITION, *_MEASURED)


def row(item: Item, listing: Listing) -> dict[str, Any]:
    """Return an item's values by ``COLUMNS``; ``None`` where nothing was measured."""
    film, segment, transition, emotion = item.film, item.segment, item.transition_in, item.segment.emotion
    numbering = listing.numbering(film)
    measured = {entry.path: measure(segment, entry.path) for entry in MEASURES if entry.path not in _PLACES}
    feelings = {name: getattr(emotion, name, None) for name in DIMENSIONS} | {
        mood: None if emotion is None else emotion.moods[mood] for mood in MOODS
    }
    return {
        "film": film.title,
        "content_id": film.content_id,
        "source": film.source,
        "unit": item.unit,
        "index": segment.index,
        "start_frame": item.start_frame,
        "end_frame": item.end_frame,
        "frames": item.end_frame - item.start_frame,
        "start_seconds": item.start_seconds,
        "end_seconds": item.end_seconds,
        "duration_seconds": item.end_seconds - item.start_seconds,
        "timecode_in": numbering.timecode(item.start_frame, item.start_seconds),
        "timecode_out": numbering.timecode(item.end_frame, item.end_seconds),
        "frame_rate": film.frame_rate_exact,
        "timecode_rate": str(numbering.rate),
        "transition": transition.type,
        "transition_start_frame": transition.start_frame,
        "transition_end_frame": transition.end_frame,
        "confidence": transition.confidence,
        "score": item.score,
        **{name: _rounded(value) for name, value in (measured | feelings).items()},
    }


def to_csv(listing: Listing) -> bytes:
    """Return the rows as CSV (RFC 4180, UTF-8); what was not measured is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(row(item, listing) for item in listing.items)
    return text.getvalue().encode("utf-8")


def to_parquet(listing: Listing) -> bytes:
    """Return the rows as a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text, whole = {*_TEXT, *_TIMECODES, "transition"}, {*_WHOLE, "transition_start_frame", "transition_end_frame"}
    schema = pa.schema(
        [(name, pa.string() if name in text else pa.int64() if name in whole else pa.float64()) for name in COLUMNS]
    )
    sink = io.BytesIO()
    table = pa.Table.from_pylist([row(item, listing) for item in listing.items], schema=schema)
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def to_json_text(listing: Listing) -> bytes:
    """Return films and items as JSON: each item its place, its score if it is a hit, and the whole record."""
    films = {film.content_id: to_json(film) for film in listing.films}
    items = [
        {
            **{name: value for name, value in row(item, listing).items() if name not in _MEASURED},
            "score": item.score,
            "reasons": list(item.reasons),
            item.unit: to_json(item.segment),
        }
        for item in listing.items
    ]
    document = {"schema_version": SHOT_LIST_SCHEMA_VERSION, "unit": listing.unit, "films": films, "items": items}
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")


def _rounded(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, _DIGITS)
