"""A file that is in no archive as an example to search by: a clip, a picture or a sound.

It is measured by the same code as the films of an archive, so a file that the archive holds has distance 0.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from kuleshov.cinema.attributes.measures import Unit
from kuleshov.cinema.hearing.analyze_audio import analyze_audio
from kuleshov.cinema.hearing.silence import WINDOW_SECONDS
from kuleshov.cinema.spaces.sound import SOUND, sound_vectors
from kuleshov.emotion.vector import FEELING_NAMES, VECTOR_NAMES
from kuleshov.errors import MediaError
from kuleshov.media.probe import probe, sound_alone
from kuleshov.media.track_choice import choose_audio_track
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.job.film_job import FilmJob
from kuleshov.pipeline.job.progress import Watcher, ignore
from kuleshov.pipeline.job.settings import Settings
from kuleshov.records import AudioTrack, Embeddings, Example, vectors_of_segment


def example_of_file(
    path: Path | str,
    *,
    at_seconds: float | None = None,
    unit: Unit = "shot",
    settings: Settings | None = None,
    watch: Watcher = ignore,
) -> Example:
    """Measure a clip, a picture or a sound file as an example.

    A clip is taken as a whole, whatever cuts are in it; with ``at_seconds`` it is divided as a film is, and its shot or
    scene (``unit``) at that time is the example. A picture has no movement, no sound and no emotion scores.
    Raises ``MediaError`` for a file that can't be read, or that ends before ``at_seconds``.
    """
    path = Path(path)
    sound = sound_alone(path)
    if sound is not None:
        return _of_sound(path, *sound)
    settings = settings or Settings()
    if at_seconds is None:
        settings = replace(settings, shots="off")
    with Pipeline(settings) as pipeline:
        described = pipeline.describe(FilmJob(probe(path, stills=True)), watch=watch)
    segments = described.analysis.shots if unit == "shot" else described.analysis.scenes
    at = 0.0 if at_seconds is None else at_seconds
    index = next((each.index for each in segments if each.start_seconds <= at < each.end_seconds), None)
    if index is None:
        duration = described.analysis.film.duration_seconds
        raise MediaError(path, f"has no {unit} at {at:g} s", remedy=f"it lasts {duration:g} s")
    affect = described.vectors[unit][index].copy()
    if described.analysis.film.frame_count == 1:  # a single frame has no emotion scores
        affect[[VECTOR_NAMES.index(name) for name in FEELING_NAMES]] = np.nan
    return Example(
        words=path.name if at_seconds is None else f"{path.name}, {unit} {index}",
        spaces=vectors_of_segment(described.embeddings, unit, index),
        affect=affect,
        affect_names=VECTOR_NAMES,
        content_id=described.analysis.film.content_id,
    )


def _of_sound(path: Path, tracks: tuple[AudioTrack, ...], start_seconds: Fraction) -> Example:
    track = choose_audio_track(tracks)
    if track is None:
        raise MediaError(path, "neither pictures nor sound", remedy="name a clip, a picture or a sound file")
    sound = analyze_audio(path, stream_index=track.stream_index, start_seconds=start_seconds)
    if not sound.tracks:
        raise MediaError(path, "no sound could be decoded", remedy="check the file")
    end_seconds = float(sound.tracks["level"].seconds[-1]) + WINDOW_SECONDS / 2
    vectors = sound_vectors(sound.tracks, [(0.0, end_seconds)])
    return Example(path.name, vectors_of_segment([Embeddings(SOUND.name, SOUND.model, {"shot": vectors})], "shot", 0))
