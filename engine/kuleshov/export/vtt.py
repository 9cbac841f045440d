"""WebVTT chapters: a label for every shot or scene that a web player can show and jump to (W3C WebVTT)."""

from __future__ import annotations

from kuleshov.errors import ExportError
from kuleshov.export.listing import Listing


def to_vtt(listing: Listing) -> bytes:
    """Return the items as cues. Raises ``ExportError`` for hits from several films: a cue can't name its film."""
    if len(listing.films) > 1:
        raise ExportError(f"WebVTT times one film; these are {len(listing.films)} (choose csv, otio or json)")
    cues = ["WEBVTT"]
    for number, item in enumerate(sorted(listing.items, key=lambda item: item.start_seconds), start=1):
        times = f"{_clock(item.start_seconds)} --> {_clock(item.end_seconds)}"
        cues.append(f"{number}\n{times}\n{item.label}")
    return ("\n\n".join(cues) + "\n").encode("utf-8")


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
