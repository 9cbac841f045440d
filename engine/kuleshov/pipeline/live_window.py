"""A window of a live film: its measurements put together, its new events, and its emotion."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kuleshov.cinema.attributes.attributes import attributes
from kuleshov.cinema.audio.sound import sound_events
from kuleshov.cinema.describe import describe_window
from kuleshov.cinema.dialogue.utterances import utterances
from kuleshov.cinema.film_measurements import KEPT_THUMBNAIL, FilmMeasurements
from kuleshov.cinema.shots.live_shots import ShotsSoFar, likely_cuts, spans_between
from kuleshov.cinema.thumbnails.color_histograms import HistogramSeries
from kuleshov.cinema.tracks import Tracks
from kuleshov.decode.live import ShrunkFrame
from kuleshov.emotion.grammar import Grammar
from kuleshov.emotion.live import LiveEmotion
from kuleshov.media.color import ColorSpec
from kuleshov.media.cues import SubtitleSource
from kuleshov.pipeline.stages.frames import FrameMeter
from kuleshov.records import SoundEvent, TransitionType, Window, to_json

#: A fade becomes an event when it is over; one that began longer ago is no longer reported.
_LATE_EVENT_SECONDS = 16.0
#: An event that is found again begins within this time of where it was found first.
_SAME_EVENT_SECONDS = 1.0
_NO_PICTURE = ColorSpec(matrix="bt709", range="limited", transfer="sdr")  # without pictures, nothing depends on it


@dataclass(frozen=True)
class FoundShot:
    """A transition, reported when the detector was certain of it: ``delay_seconds`` of film after its end."""

    type: TransitionType
    start_seconds: float
    end_seconds: float
    confidence: float
    delay_seconds: float


@dataclass(frozen=True)
class WatchedWindow:
    """One window: its measurements and emotion as a shot has them, its attributes, and the transitions found since.

    ``attributes`` -1..1, those that could be measured. ``latency_seconds``: from the arrival of the window's last
    packet until this was ready. ``frames``: how many of it were decoded.
    """

    window: Window
    frames: int
    attributes: dict[str, float]
    found_shots: list[FoundShot]
    latency_seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data, ready for ``json.dumps``."""
        record = to_json(self.window)
        del record["start_frame"], record["end_frame"]
        return {
            "type": "window",
            **record,
            "frames": self.frames,
            "attributes": self.attributes,
            "found_shots": [to_json(shot) for shot in self.found_shots],
            "latency_seconds": self.latency_seconds,
        }


class WindowPictures:
    """The frames of one window as they arrive: shrunk, and measured a few at a time."""

    def __init__(self, index: int, meter: FrameMeter, *, first_frame: int, coding: ColorSpec) -> None:
        self.index = index
        self.meter = meter
        self.first_frame = first_frame  # its number since the input began
        self.coding = coding
        self.count = 0
        self.waiting: list[ShrunkFrame] = []


class WindowDescriber:
    """Describes windows in their order. What it keeps of the past is bounded."""

    def __init__(self, grammar: Grammar) -> None:
        self._emotion = LiveEmotion(grammar)
        self._shots = ShotsSoFar()
        self._reported: list[SoundEvent] = []

    def shot_began(self, seconds: float) -> None:
        """Record when a shot began that the detector is now certain of."""
        self._shots.certain(seconds)

    def describe(
        self,
        pictures: WindowPictures | None,
        sound: Tracks,
        subtitles: SubtitleSource | None,
        *,
        index: int,
        start_seconds: float,
        end_seconds: float,
    ) -> Window:
        """Return a window with its emotion; ``sound`` are the tracks of the sound up to its end."""
        film = _measured(pictures, sound, subtitles, end_seconds=end_seconds)
        cuts = likely_cuts(film.tracks) if pictures else []
        for cut in cuts:
            self._shots.likely(float(film.frame_seconds[cut]))
        window = describe_window(
            film,
            # In less than an eighth of a second no histogram may be kept: then it is as if there was no frame.
            spans_between(cuts, frames=len(film.frame_seconds)) if film.histograms.frames else [],
            index=index,
            first_frame=pictures.first_frame if pictures else 0,
            start_seconds=start_seconds,
            pace=self._shots.pace(start_seconds=start_seconds, end_seconds=end_seconds),
        )
        if window.sound is not None:
            events = self._new_events(sound, start_seconds, end_seconds)
            window = replace(window, sound=replace(window.sound, events=events))
        return replace(window, emotion=self._emotion.describe(window))

    def _new_events(self, sound: Tracks, start_seconds: float, end_seconds: float) -> list[SoundEvent]:
        """Events found since the last window: some are certain only when they are over."""
        new = [
            event
            for event in sound_events(sound)
            if start_seconds - _LATE_EVENT_SECONDS <= event.seconds < end_seconds
            and not any(
                event.type == reported.type and abs(event.seconds - reported.seconds) < _SAME_EVENT_SECONDS
                for reported in self._reported
            )
        ]
        recent = (each for each in self._reported if end_seconds - each.seconds < 2 * _LATE_EVENT_SECONDS)
        self._reported = [*recent, *new]
        return new


def measured_attributes(window: Window) -> dict[str, float]:
    """Return the attributes of a window that could be measured, -1..1."""
    return {name: value for name, value in attributes(window, shots=()).items() if not math.isnan(value)}


def _measured(
    pictures: WindowPictures | None, sound: Tracks, subtitles: SubtitleSource | None, *, end_seconds: float
) -> FilmMeasurements:
    """The measurements of one window, as if the film was no longer than it."""
    tracks = pictures.meter.tracks() if pictures else Tracks()
    frame_seconds = tracks["luma_mean"].seconds if pictures else np.zeros(0)
    for track in sound.values():
        tracks.add(track.name, unit=track.unit, seconds=track.seconds, values=track.values)
    return FilmMeasurements(
        frame_seconds=frame_seconds,
        end_seconds=end_seconds,
        tracks=tracks,
        histograms=pictures.meter.histograms if pictures else HistogramSeries(),
        thumbnails=pictures.meter.thumbnails() if pictures else np.zeros((0, 3, *KEPT_THUMBNAIL[::-1]), np.uint8),
        detected=(),
        coding=pictures.coding if pictures else _NO_PICTURE,
        subtitles=subtitles,
        lines=utterances(subtitles.lines) if subtitles else (),
    )
