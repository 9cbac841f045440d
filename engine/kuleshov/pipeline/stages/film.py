"""The film record: what the file is, including what only decoding tells."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kuleshov.media.about import read_about
from kuleshov.media.probe import MediaInfo
from kuleshov.media.timecode import DROP_RATES, is_drop_frame, nearest_standard_rate, standard_rate, timecode_rate
from kuleshov.pipeline.job.notes import Noted
from kuleshov.pipeline.stages.pictures import Pictures
from kuleshov.records import Film, Loudness
from kuleshov.records.film import printable

_IRREGULAR_SHARE = 0.01  # of frame steps: more than this and the film has a variable frame rate
_IRREGULAR_STEP = 0.05  # of the median step, beyond the rounding of one tick
_STANDARD_WITHIN = 0.002  # of a rate: as near lies the standard rate that is meant


def film_record(info: MediaInfo, pictures: Pictures, *, content_id: str, loudness: Loudness | None) -> Noted[Film]:
    """Return the record of a film, its pictures decoded.

    Raises ``MediaError`` if the catalogue file in its folder is broken.
    """
    about = read_about(info.path, dict(info.tags))
    width, height = info.display_size
    frame_seconds = pictures.frame_seconds
    variable, rate = _rate(frame_seconds, info)
    film = Film(
        content_id=content_id,
        title=about.title or printable(info.path.stem),
        source=printable(str(info.path.absolute())),
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
    return film, _timecode_notes(info, film)


def _timecode_notes(info: MediaInfo, film: Film) -> list[str]:
    """A note if the file states a timecode that is not used."""
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


def _rate(frame_seconds: NDArray[np.float64], info: MediaInfo) -> tuple[bool, Fraction]:
    """Whether a film's frames come at a variable rate, and the rate.

    Of a constant rate with holes (frames dropped, a recording that paused) it is the rate between the holes, whatever
    mean the file states; of a variable one it is the mean.
    """
    if len(frame_seconds) < 3:
        return False, info.frame_rate or _mean_rate(frame_seconds)
    steps, tick_seconds = np.diff(frame_seconds), float(info.time_base)
    middle = float(np.median(steps))
    tolerance = 1.01 * tick_seconds + _IRREGULAR_STEP * middle
    regular = np.abs(steps - middle) <= tolerance
    variable = bool((~regular).mean() > _IRREGULAR_SHARE)
    dropped = np.maximum(np.round(steps / middle), 1)
    if variable and (np.abs(steps - dropped * middle) > dropped * tolerance).mean() > _IRREGULAR_SHARE:
        return True, _mean_rate(frame_seconds)
    between_holes = 1 / float(steps[regular].mean())
    stated = info.frame_rate
    if stated and abs(float(stated) / between_holes - 1) <= _IRREGULAR_STEP / 2:
        return variable, stated
    standard = nearest_standard_rate(Fraction(between_holes))
    close = abs(float(standard) / between_holes - 1) <= _STANDARD_WITHIN
    return variable, standard if close else Fraction(between_holes).limit_denominator(1001)


def _mean_rate(frame_seconds: NDArray[np.float64]) -> Fraction:
    if len(frame_seconds) < 2:
        return Fraction(0)
    seconds = float(frame_seconds[-1] - frame_seconds[0])
    return Fraction((len(frame_seconds) - 1) / seconds).limit_denominator(1001)
