"""What pictures, sound and words were measured as, put together: the input of everything that needs no decoding."""

from __future__ import annotations

from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.hearing.analyze_audio import SoundMeasurements
from kuleshov.cinema.tracks import Tracks
from kuleshov.media.color import ColorSpec
from kuleshov.media.tone import measured_coding
from kuleshov.pipeline.stages.pictures import Pictures
from kuleshov.pipeline.stages.words import Words


def film_measurements(color: ColorSpec, pictures: Pictures, sound: SoundMeasurements, words: Words) -> FilmMeasurements:
    """Return all that was measured on a film whose pictures are coded in ``color``."""
    tracks = Tracks(pictures.tracks)
    sound.add_to(tracks)
    words.add_to(tracks)
    return FilmMeasurements(
        frame_seconds=pictures.frame_seconds,
        end_seconds=pictures.end_seconds,
        tracks=tracks,
        histograms=pictures.histograms,
        thumbnails=pictures.thumbnails,
        detected=pictures.detected,
        coding=measured_coding(color),
        subtitles=words.subtitles,
        lines=words.lines,
    )
