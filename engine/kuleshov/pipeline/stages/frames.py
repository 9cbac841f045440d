"""The kernels over every batch of a film, their results gathered as frame tracks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.camera.focus import FocusMeter
from kuleshov.cinema.detectors import THUMBNAIL, FrameEvidence
from kuleshov.cinema.film_measurements import KEPT_THUMBNAIL
from kuleshov.cinema.thumbnails.color_histograms import HistogramSeries
from kuleshov.cinema.thumbnails.thumbnail_features import THUMBNAIL_TRACKS, thumbnail_features
from kuleshov.cinema.tracks import Tracks
from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.measures import Launched, launch
from kuleshov.kernels.tone_map import tone_map

Measured = tuple[FrameBatch, FrameEvidence]

#: The frame tracks and their units; each is defined by the kernel that measures it.
FRAME_TRACKS = {
    "luma_mean": "0..1",
    "contrast": "0..0.5",
    "luma_p05": "0..1",
    "luma_p50": "0..1",
    "luma_p95": "0..1",
    "dark_share": "0..1",
    "bright_share": "0..1",
    "saturation": "0..1",
    "red_blue": "-1..1",
    "luma_difference": "0..1",
    "histogram_difference": "0..1",
    "flow_mean": "widths/s",
    "flow_median": "widths/s",
    "flow_p90": "widths/s",
    "pan": "widths/s",
    "tilt": "widths/s",
    "zoom": "1/s",
    "flow_support": "0..1",
    "roll": "deg/s",
    "camera_speed": "widths/s",
    "parallax": "widths/s",
    "parallax_lead": "widths/s",
    "parallax_radial": "widths/s",
    "object_share": "0..1",
    "object_extent": "0..1",
    "object_motion": "widths/s",
    "still_share": "0..1",
    "sharpness": "bits",
    "refocus": "bits",
}


class FrameMeter:
    """Runs the kernels over a film's batches in order, and keeps their results for each frame.

    On a GPU a batch is measured while the next one is decoded: ``push`` returns what was pushed before.
    """

    def __init__(self) -> None:
        self.histograms = HistogramSeries()
        self._focus = FocusMeter()
        self._last: Launched | None = None
        self._launched: list[Launched] = []
        self._seconds: list[NDArray[np.float64]] = []
        self._thumbnails: list[NDArray[np.uint8]] = []
        self._values: dict[str, list[NDArray[np.float32]]] = {name: [] for name in (*FRAME_TRACKS, *THUMBNAIL_TRACKS)}

    def push(self, batch: FrameBatch) -> list[Measured]:
        """Start measuring a batch; return what has been measured by now, with its frames, for the shot detectors.

        HDR and wide-gamut frames are measured, and returned, as SDR.
        """
        batch = tone_map(batch)
        self._last = launch(batch, previous=self._last, thumbnail=THUMBNAIL)
        self._launched.append(self._last)
        return self._derive(leave=0 if batch.device == "cpu" else 1)

    def finish(self) -> list[Measured]:
        """Return what was still being measured at the end of the film."""
        return self._derive(leave=0)

    def following(self) -> FrameMeter:
        """Return a meter for what follows: it knows the last frames, and holds no results."""
        meter = FrameMeter()
        meter._last, meter._focus = self._last, self._focus
        meter.histograms = self.histograms.following()
        return meter

    def tracks(self) -> Tracks:
        """Return the tracks of all frames, and of those whose histograms are kept."""
        tracks = Tracks()
        seconds = np.concatenate(self._seconds)
        kept = seconds[self.histograms.frames]
        for names, times in ((FRAME_TRACKS, seconds), (THUMBNAIL_TRACKS, kept)):
            for name, unit in names.items():
                tracks.add(name, unit=unit, seconds=times, values=np.concatenate(self._values[name]))
        return tracks

    def thumbnails(self) -> NDArray[np.uint8]:
        """Return the thumbnails of the frames whose histograms are kept, uint8 ``[kept, 3, 9, 16]``."""
        return np.concatenate(self._thumbnails)

    def _derive(self, *, leave: int) -> list[Measured]:
        """Collect what was launched, except for the last ``leave`` batches."""
        done = self._launched[: len(self._launched) - leave]
        self._launched = self._launched[len(done) :]
        return [self._collect(launched) for launched in done]

    def _collect(self, launched: Launched) -> Measured:
        batch, measures = launched.batch, launched.derive()
        stats, difference, flow = measures.stats, measures.difference, measures.flow
        motion, focus = measures.motion, self._focus.push(batch.pts_seconds, measures.flow.sharpness)
        measured = {
            "luma_mean": stats.luma_mean,
            "contrast": stats.contrast,
            "luma_p05": stats.luma_p05,
            "luma_p50": stats.luma_p50,
            "luma_p95": stats.luma_p95,
            "dark_share": stats.dark_share,
            "bright_share": stats.bright_share,
            "saturation": stats.saturation,
            "red_blue": stats.red_blue,
            "luma_difference": difference.luma,
            "histogram_difference": difference.histogram,
            "flow_mean": flow.mean,
            "flow_median": flow.median,
            "flow_p90": flow.p90,
            "pan": motion.pan,
            "tilt": motion.tilt,
            "zoom": motion.zoom,
            "flow_support": flow.support,
            "roll": motion.roll,
            "camera_speed": motion.speed,
            "parallax": motion.parallax,
            "parallax_lead": motion.lead,
            "parallax_radial": motion.radial_parallax,
            "object_share": motion.object_share,
            "object_extent": motion.object_extent,
            "object_motion": motion.object_motion,
            "still_share": motion.still_share,
            "sharpness": focus.sharpness,
            "refocus": focus.refocus,
        }
        kept = self.histograms.push(batch.index, batch.pts_seconds, measures.histograms)
        small = _smaller(measures.thumbnails[kept])
        measured |= thumbnail_features(small, measures.histograms[kept], batch.color)
        for name, values in measured.items():
            self._values[name].append(values)
        self._seconds.append(batch.pts_seconds)
        self._thumbnails.append(small)
        evidence = FrameEvidence(
            luma_mean=stats.luma_mean,
            luma_difference=difference.luma,
            histogram_difference=difference.histogram,
            thumbnails=measures.thumbnails,
        )
        return batch, evidence


def _smaller(thumbnails: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Average cells of thumbnails uint8 ``[N, 3, 18, 32]`` to the kept size."""
    width, height = KEPT_THUMBNAIL
    down, across = THUMBNAIL[1] // height, THUMBNAIL[0] // width
    cells = thumbnails.reshape(-1, 3, height, down, width, across).sum(axis=(3, 5), dtype=np.uint32)
    return np.asarray((cells + down * across // 2) // (down * across), dtype=np.uint8)
