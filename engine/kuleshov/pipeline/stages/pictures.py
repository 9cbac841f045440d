"""The pictures of a film, decoded once: measured by the kernels, searched for shots, for a tilted camera and faces."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors import open_detectors
from kuleshov.cinema.thumbnails.color_histograms import HistogramSeries
from kuleshov.cinema.tracks import Tracks
from kuleshov.cuda.devices import stream_of
from kuleshov.decode.choice import Choice, choose_decoder
from kuleshov.decode.frame_taps import FrameTap, TapGroup
from kuleshov.decode.protocol import Decoder
from kuleshov.device import Device
from kuleshov.errors import ModelError
from kuleshov.media.probe import MediaInfo
from kuleshov.media.tone import mapping_note
from kuleshov.models.face_networks import face_networks, face_networks_problem
from kuleshov.pipeline.job.notes import Noted
from kuleshov.pipeline.job.progress import Progress, Watcher
from kuleshov.pipeline.job.settings import FaceSetting, Settings
from kuleshov.pipeline.stages.camera_roll import CameraRollMeter
from kuleshov.pipeline.stages.face_sampler import FaceSampler
from kuleshov.pipeline.stages.frames import FrameMeter
from kuleshov.records import Transition

_MISSING_SECONDS, _MISSING_SHARE = 1.0, 0.05  # sound and subtitles may run on a little after the pictures


@dataclass(frozen=True)
class Pictures:
    """What was measured on the frames of a film. ``decoder`` is exhausted: it says what it found.

    ``frame_seconds`` float64 ``[frames]``: PTS of the frames; ``thumbnails`` uint8 ``[kept, 3, 9, 16]``, those of the
    frames that ``histograms`` keeps; ``detected``: the transitions found by the shot detector.
    """

    tracks: Tracks
    frame_seconds: NDArray[np.float64]
    end_seconds: float
    histograms: HistogramSeries
    thumbnails: NDArray[np.uint8]
    detected: tuple[Transition, ...]
    choice: Choice
    decoder: Decoder


class PictureStage:
    """Measures the pictures of films on one device, with networks that are opened once.

    Raises ``SettingError`` for an unknown shot detector, ``ModelError`` if a network that was asked for is unavailable.
    """

    def __init__(self, settings: Settings, device: Device) -> None:
        self._settings = settings
        self._device = device
        self._face_models = _face_models(settings.faces)
        self._detectors = open_detectors(settings.shots, device=device.name, sensitivity=settings.sensitivity)

    @property
    def models(self) -> dict[str, str]:
        """The networks that measure pictures, for provenance."""
        return {**self._detectors.models, **self._face_models}

    @property
    def identity(self) -> dict[str, str]:
        """All that changes how pictures are measured."""
        return {
            "shots": self._settings.shots,
            "sensitivity": str(self._settings.sensitivity),
            "width": str(self._settings.analysis_width),
            **self.models,
            **({"face_rate": str(self._settings.face_rate)} if self._face_models else {}),
        }

    def close(self) -> None:
        self._detectors.close()

    def measure(self, info: MediaInfo, *, tap: FrameTap | None, watch: Watcher) -> Noted[Pictures]:
        """Decode a film and measure it; ``tap`` takes frames at full size meanwhile.

        Raises ``MediaError`` if no frame can be decoded, or the device that was asked for can't decode the film.
        """
        choice = choose_decoder(info, self._device)
        faces = FaceSampler(per_second=self._settings.face_rate) if self._face_models else None
        taps = [each for each in (faces, tap) if each is not None]
        decoder = choice.open(
            info,
            width=self._settings.analysis_width,
            threads=self._settings.threads,
            tap=TapGroup(taps) if taps else None,
        )
        meter, roll, detector = FrameMeter(), CameraRollMeter(), self._detectors.for_film()
        with stream_of(choice.device):
            for batch in decoder:
                for frames, evidence in meter.push(batch):
                    detector.push(frames, evidence)
                roll.push(batch)
                watch(Progress(info.path, "pictures", float(batch.pts_seconds[-1]), info.duration_seconds))
            for frames, evidence in meter.finish():
                detector.push(frames, evidence)
        detected = tuple(detector.finish())
        tracks = meter.tracks()
        roll.add_to(tracks)
        if faces is not None:
            faces.sightings().add_to(tracks)
        frame_seconds = tracks["luma_mean"].seconds
        end_seconds = float(frame_seconds[-1]) + _last_frame_seconds(frame_seconds, info.frame_rate)
        pictures = Pictures(
            tracks, frame_seconds, end_seconds, meter.histograms, meter.thumbnails(), detected, choice, decoder
        )
        missing = [] if decoder.report.clock_jumps else _missing_end(info, end_seconds)
        return pictures, [*decoder.report.notes, *mapping_note(info.color), *missing]


def _face_models(setting: FaceSetting) -> dict[str, str]:
    """The networks that find faces; none if they are off, or ``"auto"`` and unavailable."""
    if setting == "off":
        return {}
    problem = face_networks_problem()
    if problem and setting == "on":
        raise ModelError(f"faces: {problem}")
    return face_networks()


def _last_frame_seconds(frame_seconds: NDArray[np.float64], rate: Fraction | None) -> float:
    """How long the last frame is shown: the film's median step, or one frame of the stated rate."""
    if len(frame_seconds) > 1:
        return float(np.median(np.diff(frame_seconds)))
    return float(1 / rate) if rate else 0.0


def _missing_end(info: MediaInfo, end_seconds: float) -> list[str]:
    """A note if much less could be decoded than the header states: a copy or a recording that broke off."""
    stated = info.duration_seconds or 0.0
    if stated - end_seconds < max(_MISSING_SECONDS, _MISSING_SHARE * stated):
        return []
    alone = info.duration_of_pictures or not (info.audio_tracks or info.subtitle_tracks)
    why = "it may be cut short" if alone else "it may be cut short, or another track goes on for longer"
    return [f"the file says {stated:.1f} s, its pictures end at {end_seconds:.1f} s: {why}"]
