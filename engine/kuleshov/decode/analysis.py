"""What all decoders produce: the size of analysis frames, and how many are in a batch."""

from __future__ import annotations

from fractions import Fraction

from kuleshov.decode.letterbox import Area
from kuleshov.media.probe import MediaInfo

ANALYSIS_WIDTH = 256
BATCH_FRAMES = 64
_GREATEST_HEIGHT = 1024  # of an analysis frame: bounds the memory that a picture of absurd shape can take


def analysis_size(info: MediaInfo, area: Area, *, width: int = ANALYSIS_WIDTH) -> tuple[int, int]:
    """Return width and height of the analysis frame: even, aspect as displayed, never wider than the picture."""
    shown_width, shown_height = area[2] * info.sample_aspect_ratio, Fraction(area[3])
    if info.rotation_degrees in (90, 270):
        shown_width, shown_height = shown_height, shown_width
    even_width = max(2, min(width, int(shown_width)) // 2 * 2)
    even_height = max(2, round(even_width * shown_height / shown_width / 2) * 2)
    return even_width, min(even_height, _GREATEST_HEIGHT)


def stream_notes(info: MediaInfo) -> list[str]:
    """Return notes about video streams that are not described."""
    if info.video_stream_count < 2:
        return []
    return [f"{info.video_stream_count} video streams: stream {info.video_stream_index} is described"]
