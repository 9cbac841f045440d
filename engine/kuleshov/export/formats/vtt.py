"""WebVTT chapters (W3C): a label for every shot or scene, which a web player can show and jump to."""

from __future__ import annotations

from kuleshov.errors import ExportError
from kuleshov.export.listing import Listing


def content(listing: Listing) -> bytes:
    """Return the clips as cues. Raises ``ExportError`` for hits from several films: a cue can't name its film."""
    if len(listing.films) > 1:
        raise ExportError(f"a WebVTT file is of one film; these are {len(listing.films)} (use csv, otio or json)")
    cues = ["WEBVTT"]
    for number, clip in enumerate(sorted(listing.clips, key=lambda clip: clip.start_seconds), start=1):
        times = f"{_clock(clip.start_seconds)} --> {_clock(clip.end_seconds)}"
        cues.append(f"{number}\n{times}\n{clip.label}")
    return ("\n\n".join(cues) + "\n").encode("utf-8")


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
