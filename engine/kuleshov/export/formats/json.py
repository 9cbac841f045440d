"""JSON: each shot, scene or hit with its times, its score if it is a hit, and its whole record."""

from __future__ import annotations

import json

from kuleshov.export.flat_rows import MEASURED_COLUMNS, row
from kuleshov.export.listing import Listing
from kuleshov.records import to_json

#: Version of the JSON shape. Grows when a field changes meaning or goes away.
SHOT_LIST_SCHEMA_VERSION = 1


def content(listing: Listing) -> bytes:
    """Return the films and the clips as one document."""
    films = {film.content_id: to_json(film) for film in listing.films}
    clips = [
        {
            **{name: value for name, value in row(clip, listing).items() if name not in MEASURED_COLUMNS},
            "score": clip.score,
            "reasons": list(clip.reasons),
            clip.unit: to_json(clip.segment),
        }
        for clip in listing.clips
    ]
    document = {"schema_version": SHOT_LIST_SCHEMA_VERSION, "unit": listing.unit, "films": films, "items": clips}
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")
