"""A file that is in no archive as an example to find the like of: a clip, a picture, a sound.

It is measured by the same code as the films of an archive, so a file that the archive holds is found at no distance.
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
from kuleshov.media.audio import choose_audio_track
from kuleshov.media.probe import sound_alone
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.progress import Watcher, ignore
from kuleshov.pipeline.settings import Settings
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

    A clip is one stretch as a whole, whatever cuts are in it; with ``at_seconds`` it is divided as a film is, and its
    shot or scene (``unit``) at that time is the example. A picture neither moves nor sounds, and reads as nothing.
    Raises ``MediaError`` for a file that can't be read, or that ends before ``at_seconds``.
    """
    path = Path(path)
    found = sound_alone(path)
    if found is not None:
        return _of_sound(path, *found)
    settings = settings or Settings()
    if at_seconds is None:
        settings = replace(settings, shots="off")
    with Pipeline(settings) as pipeline:
        described = pipeline.describe(path, stills=True, watch=watch)
    segments = described.analysis.shots if unit == "shot" else described.analysis.scenes
    at = 0.0 if at_seconds is None else at_seconds
    place = next((one.index for one in segments if one.start_seconds <= at < one.end_seconds), None)
    if place is None:
        lasts = described.analysis.film.duration_seconds
        raise MediaError(path, f"has no {unit} at {at:g} s", remedy=f"it lasts {lasts:g} s")
    affect = described.vectors[unit][place].copy()
    if described.analysis.film.frame_count == 1:  # nothing is read into a single frame
        affect[[VECTOR_NAMES.index(name) for name in FEELING_NAMES]] = np.nan
    return Example(
        words=path.name if at_seconds is None else f"{path.name}, {unit} {place}",
        spaces=vectors_of_segment(described.embeddings, unit, place),
        affect=affect,
        affect_names=VECTOR_NAMES,
        content_id=described.analysis.film.content_id,
    )


def _of_sound(path: Path, tracks: tuple[AudioTrack, ...], start_seconds: Fraction) -> Example:
    track = choose_audio_track(tracks)
    if track is None:
        raise MediaError(path, "neither pictures nor sound", remedy="name a clip, a picture or a sound file")
    heard = analyze_audio(path, stream_index=track.stream_index, start_seconds=start_seconds)
    if not heard.tracks:
        raise MediaError(path, "no sound could be decoded", remedy="check the file")
    lasts = float(heard.tracks["level"].seconds[-1]) + WINDOW_SECONDS / 2
    vectors = sound_vectors(heard.tracks, [(0.0, lasts)])
    return Example(path.name, vectors_of_segment([Embeddings(SOUND.name, SOUND.model, {"shot": vectors})], "shot", 0))
