"""The film record: what the file is, including what only decoding tells."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kuleshov.media.about import read_about
from kuleshov.media.probe import MediaInfo
from kuleshov.media.timecode import DROP_RATES, is_drop_frame, nearest_standard_rate, standard_rate, timecode_rate
from kuleshov.pipeline.stages.pictures import Pictures
from kuleshov.records import Film, Loudness

_IRREGULAR_SHARE = 0.01  # of frame steps: more than this and the film has a variable frame rate
_IRREGULAR_STEP = 0.05  # of the median step, beyond the rounding of one tick


def film_record(info: MediaInfo, pictures: Pictures, *, content_id: str, loudness: Loudness | None) -> Film:
    """Return the record of a film, its pictures decoded.

    Raises ``MediaError`` if the catalogue file beside the film is broken.
    """
    about = read_about(info.path, dict(info.tags))
    width, height = info.display_size
    frame_seconds = pictures.frame_seconds
    variable = _is_variable(frame_seconds, float(info.time_base))
    rate = _mean_rate(frame_seconds) if variable or not info.frame_rate else info.frame_rate
    return Film(
        content_id=content_id,
        title=about.title or _printable(info.path.stem),
        source=_printable(str(info.path.absolute())),
        container=info.container,
        duration_seconds=pictures.end_seconds,
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
        picture_area=pictures.decoder.area,
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
        timecode=_timecode(info.timecode, rate, variable=variable),
    )


def timecode_notes(info: MediaInfo, film: Film) -> list[str]:
    """Return a note where the file states a timecode that is not used."""
    if film.timecode is not None:
        return []
    if info.timecode is not None:
        return [f"the file's timecode {info.timecode} is none at {film.frame_rate:.5g} frames a second: not used"]
    if info.gop_timecode is not None and not info.gop_timecode.startswith("00:00:00"):
        return [
            f"the groups of pictures are numbered from {info.gop_timecode}: not used as timecode, many programs "
            "write anything there (kuleshov export --start)"
        ]
    return []


def _timecode(stated: str | None, rate: Fraction, *, variable: bool) -> str | None:
    """What the file states as the timecode of its first frame, in our spelling; ``None`` if it is none at its rate."""
    if stated is None or not rate:
        return None
    standard = nearest_standard_rate(rate) if variable else standard_rate(rate)
    try:
        counted = timecode_rate(standard, drop=is_drop_frame(stated) and standard in DROP_RATES)
        return counted.timecode(counted.frame(stated))
    except ValueError:
        return None


def _printable(name: str) -> str:
    """A file's name as text that can be stored: bytes that are not UTF-8 become escapes."""
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
