"""Shots, scenes and live windows with all their measurements, from a film's tracks and the borders of its shots."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.audio.sound import describe_sound
from kuleshov.cinema.audio.split_edits import split_edits
from kuleshov.cinema.camera.angle import describe_angle
from kuleshov.cinema.camera.camera import describe_camera
from kuleshov.cinema.colour.color import describe_color
from kuleshov.cinema.dialogue.dialogue import describe_dialogue
from kuleshov.cinema.dialogue.screenplay import heading_between
from kuleshov.cinema.editing.editing import describe_editing, long_shot_seconds
from kuleshov.cinema.editing.pace import Times, scene_pace, shot_pace
from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.light.lighting import describe_lighting
from kuleshov.cinema.people.describe import describe_people
from kuleshov.cinema.people.sightings import sightings_of
from kuleshov.cinema.scenes.scene_evidence import weigh_evidence
from kuleshov.cinema.scenes.scene_types import scene_type
from kuleshov.cinema.scenes.scenes import group_scenes
from kuleshov.cinema.scenes.shot_features import ShotFeatures, shot_features
from kuleshov.cinema.shots.content_type import scene_content_type, shot_content_type
from kuleshov.cinema.shots.cuts import Cuts
from kuleshov.cinema.shots.shots import ShotFrames
from kuleshov.cinema.span import Span
from kuleshov.cinema.thumbnails.thumbnail_features import ThumbnailFeatures
from kuleshov.kernels.color_histogram import BINS
from kuleshov.records import ContentType, Dialogue, Pace, Scene, Segment, Shot, Transition, Window

#: A longer shot is described by moments of about this length (design value: what a viewer takes in as one).
MOMENT_SECONDS = 5.0


def describe_shots(film: FilmMeasurements, shots: Sequence[ShotFrames]) -> list[Shot]:
    """Return the shots of a film, measured on their clean frames (their transitions left out)."""
    times = _times(film, shots)
    borders = [None, *split_edits(film.tracks, [start for start, _ in times[1:]])]
    cuts = Cuts(film.tracks, film.histograms, film.thumbnails)
    return [
        Shot(
            index=index,
            start_frame=shot.start_frame,
            end_frame=shot.end_frame,
            transition_in=shot.transition_in,
            sound_border_in=borders[index],
            matter=content,
            jump_cut_in=cuts.jump_cut(shots[index - 1], shot) if index else None,
            match_cut_in=cuts.match_cut(shots[index - 1], shot) if index else None,
            emotion=None,
            pace=shot_pace(times, index),
            **_measure(film, [shot], *times[index]),
        )
        for index, (shot, content) in enumerate(zip(shots, _content_types(film, shots), strict=True))
    ]


def describe_scenes(
    film: FilmMeasurements,
    shots: Sequence[ShotFrames],
    described: Sequence[Shot],
    *,
    embeddings: NDArray[np.float32] | None = None,
) -> list[Scene]:
    """Return the scenes of a film: groups of its shots, measured over the clean frames of all of them.

    ``described``: the same shots, measured. ``embeddings`` float32 ``[shots, D]``: the shots' vectors by an image-text
    model, if there is one.
    """
    times = _times(film, shots)
    contents = [shot.matter for shot in described]
    features = scene_features(film, shots, embeddings=embeddings)
    evidence = weigh_evidence(features)
    long_seconds = long_shot_seconds(times)
    scenes = [
        Scene(
            index=index,
            start_frame=shots[first].start_frame,
            end_frame=shots[end - 1].end_frame,
            first_shot=first,
            end_shot=end,
            matter=scene_content_type(contents[first:end], [out - begin for begin, out in times[first:end]]),
            emotion=None,
            pace=scene_pace(times, first, end),
            editing=describe_editing(times[first:end], long_seconds=long_seconds),
            **_measure(film, _pictures(shots[first:end], contents[first:end]), times[first][0], times[end - 1][1]),
        )
        for index, (first, end) in enumerate(group_scenes(evidence))
    ]
    return [
        replace(
            scene,
            type=scene_type(
                features,
                scene.first_shot,
                scene.end_shot,
                pictures=evidence.pictures,
                speech_share=scene.dialogue.speech_share if scene.dialogue else None,
                silence_share=scene.sound.silence_share if scene.sound else None,
            ),
        )
        for scene in scenes
    ]


def describe_moments(film: FilmMeasurements, shots: Sequence[ShotFrames], described: Sequence[Shot]) -> list[Segment]:
    """Return a film's moments in order: each shot, or equal parts of it where it is longer than ``MOMENT_SECONDS``.

    ``described`` are the same shots, measured. A shot of one moment is returned itself. A part is measured on its own
    frames as a shot would be; its pace is that of its shot, and it has no transition.
    """
    moments: list[Segment] = []
    for frames, shot in zip(shots, described, strict=True):
        first, end = frames.clean
        count = min(math.ceil(shot.duration_seconds / MOMENT_SECONDS), end - first)
        if count < 2:
            moments.append(shot)
            continue
        inner = [first + (end - first) * number // count for number in range(1, count)]
        borders = [frames.start_frame, *inner, frames.end_frame]
        for low, high in itertools.pairwise(borders):
            part = frames._replace(clean=Span(max(low, first), min(high, end)))
            moments.append(
                Segment(
                    index=shot.index,
                    start_frame=low,
                    end_frame=high,
                    emotion=None,
                    matter=shot.matter,
                    pace=shot.pace,
                    **_measure(film, [part], film.seconds(low), film.seconds(high)),
                )
            )
    return moments


def scene_features(
    film: FilmMeasurements, shots: Sequence[ShotFrames], *, embeddings: NDArray[np.float32] | None = None
) -> ShotFeatures:
    """Return the features of each shot by which shots are grouped into scenes."""
    return shot_features(
        film.tracks,
        shots,
        times=_times(film, shots),
        histograms=np.stack([film.histograms.mean([shot.clean], bins=BINS) for shot in shots]),
        lines=film.subtitles.lines if film.subtitles else None,
        embeddings=embeddings,
    )


def _times(film: FilmMeasurements, shots: Sequence[ShotFrames]) -> Times:
    return [(film.seconds(shot.start_frame), film.seconds(shot.end_frame)) for shot in shots]


def _content_types(film: FilmMeasurements, shots: Sequence[ShotFrames]) -> list[ContentType]:
    return [
        shot_content_type(
            film.tracks,
            shot.clean,
            histogram=film.histograms.mean([shot.clean], bins=BINS),
            thumbnails=film.thumbnails[film.histograms.rows([shot.clean])],
        )
        for shot in shots
    ]


def _pictures(shots: Sequence[ShotFrames], contents: Sequence[ContentType]) -> Sequence[ShotFrames]:
    """The shots of a scene that hold a picture; all of them if none does."""
    return [shot for shot, content in zip(shots, contents, strict=True) if content == "picture"] or shots


def _measure(
    film: FilmMeasurements, shots: Sequence[ShotFrames], start_seconds: float, end_seconds: float
) -> dict[str, Any]:
    """The measurements that shots and scenes share."""
    spans = [shot.clean for shot in shots]
    kept = film.histograms.rows(spans)
    features = ThumbnailFeatures.of(film.tracks, kept)
    clean = [(film.seconds(first), film.seconds(end)) for first, end in spans]
    sightings = sightings_of(film.tracks)
    between = {"start_seconds": start_seconds, "end_seconds": end_seconds}
    return {
        **between,
        "lighting": describe_lighting(film.tracks, spans, features),
        "color": describe_color(
            film.tracks,
            spans,
            features,
            histogram=film.histograms.mean(spans, bins=BINS),
            thumbnails=film.thumbnails[kept],
            coding=film.coding,
        ),
        "camera": describe_camera(film.tracks, spans),
        "sound": describe_sound(film.tracks, **between),
        "heading": heading_between(film.written_scenes, **between),
        "dialogue": _describe_lines(film, start_seconds, end_seconds),
        "people": describe_people(sightings, shots=clean, whole_tracks=len(shots) == 1) if sightings else None,
        "angle": describe_angle(film.tracks, clean),
    }


def _describe_lines(film: FilmMeasurements, start_seconds: float, end_seconds: float) -> Dialogue | None:
    if film.subtitles is None:
        return None
    return describe_dialogue(
        film.subtitles.lines,
        language=film.subtitles.language,
        utterances=film.lines,
        start_seconds=start_seconds,
        end_seconds=end_seconds,
    )


def describe_window(
    film: FilmMeasurements, spans: Sequence[Span], *, index: int, first_frame: int, start_seconds: float, pace: Pace
) -> Window:
    """Return a window of a live film, measured over ``spans`` of its frames.

    ``film`` holds the window's frames only, and its sound with as much before it as is kept. ``spans`` leave out
    transitions; they are empty where no frame arrived. The window ends where ``film`` ends.
    """
    if spans:
        kept = [ShotFrames(span.first, span.end, Transition("start", 0, 0, 1.0), span) for span in spans]
        contents = _content_types(film, kept)
        measured = _measure(film, _pictures(kept, contents), start_seconds, film.end_seconds)
        measured["matter"] = scene_content_type(contents, [span.end - span.first for span in spans])
    else:
        between = {"start_seconds": start_seconds, "end_seconds": film.end_seconds}
        measured = {
            **between,
            **dict.fromkeys(("lighting", "color", "camera")),
            "sound": describe_sound(film.tracks, **between),
            "dialogue": _describe_lines(film, start_seconds, film.end_seconds),
        }
    end_frame = first_frame + len(film.frame_seconds)
    return Window(index=index, start_frame=first_frame, end_frame=end_frame, pace=pace, emotion=None, **measured)
