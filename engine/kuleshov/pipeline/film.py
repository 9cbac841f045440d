"""The film record: what the file is, with what only decoding could tell."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.letterbox import Area
from kuleshov.media.about import read_about
from kuleshov.media.probe import MediaInfo
from kuleshov.records import Film, Loudness

_IRREGULAR_SHARE = 0.01  # of frame steps: more than this and the film has a variable frame rate
_MISSING_SECONDS, _MISSING_SHARE = 1.0, 0.05  # sound and subtitles may run on a little after the pictures
_IRREGULAR_STEP = 0.05  # of the median step, beyond the rounding of one tick


def last_frame_seconds(frame_seconds: NDArray[np.float64], rate: Fraction | None) -> float:
    """Return how long the last frame is shown: the film's median step, or one frame of the stated rate."""
    if len(frame_seconds) > 1:
        return float(np.median(np.diff(frame_seconds)))
    return float(1 / rate) if rate else 0.0


def missing_end(info: MediaInfo, end_seconds: float) -> list[str]:
    """Return a note if much less could be decoded than the header promises: a copy or a recording that broke off."""
    promised = info.duration_seconds or 0.0
    if promised - end_seconds < max(_MISSING_SECONDS, _MISSING_SHARE * promised):
        return []
    return [f"the file says {promised:.1f} s, its pictures end at {end_seconds:.1f} s: it may be cut short"]


def film_record(
    info: MediaInfo,
    *,
    content_id: str,
    area: Area,
    frame_seconds: NDArray[np.float64],
    end_seconds: float,
    loudness: Loudness | None,
) -> Film:
    """Return the record of a decoded film; ``frame_seconds`` float64 ``[frames]`` are the PTS of its frames.

    Raises ``MediaError`` where the catalogue file beside the film is broken.
    """
    about = read_about(info.path, dict(info.tags))
    width, height = info.display_size
    variable = _is_variable(frame_seconds, float(info.time_base))
    rate = _mean_rate(frame_seconds) if variable or not info.frame_rate else info.frame_rate
    return Film(
        content_id=content_id,
        title=about.title or _printable(info.path.stem),
        source=_printable(str(info.path.absolute())),
        container=info.container,
        duration_seconds=end_seconds,
        frame_count=len(frame_seconds),
        width=width,
        height=height,
        coded_width=info.coded_width,
        coded_height=info.coded_height,
        frame_rate=float(rate),
        frame_rate_exact=f"{rate.numerator}/{rate.denominator}",
        variable_frame_rate=variable,
        sample_aspect_ratio=f"{info.sample_aspect_ratio.numerator}:{info.sample_aspect_ratio.denominator}",
        rotation_degrees=info.rotation_degrees,
        interlaced=info.interlaced,
        codec=info.codec,
        pixel_format=info.pixel_format,
        bit_depth=info.bit_depth,
        color=info.color_description,
        picture_area=area,
        video_stream_index=info.video_stream_index,
        video_stream_count=info.video_stream_count,
        audio_tracks=list(info.audio_tracks),
        subtitle_tracks=list(info.subtitle_tracks),
        size_bytes=info.size_bytes,
        loudness=loudness,
        year=about.year,
        director=about.director,
        country=about.country,
        language=about.language,
        genre=about.genre,
    )


def _printable(name: str) -> str:
    """A file's name as text that can be stored: bytes that are no UTF-8 are shown as escapes."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _is_variable(frame_seconds: NDArray[np.float64], tick_seconds: float) -> bool:
    if len(frame_seconds) < 3:
        return False
    steps = np.diff(frame_seconds)
    middle = float(np.median(steps))
    irregular = np.abs(steps - middle) > 1.01 * tick_seconds + _IRREGULAR_STEP * middle
    return bool(irregular.mean() > _IRREGULAR_SHARE)


def _mean_rate(frame_seconds: NDArray[np.float64]) -> Fraction:
    if len(frame_seconds) < 2:
        return Fraction(0)
    seconds = float(frame_seconds[-1] - frame_seconds[0])
    return Fraction((len(frame_seconds) - 1) / seconds).limit_denominator(1001)
