"""How the camera was held (roll and pitch), from vertical lines in one frame a second, on the host."""

from __future__ import annotations

import numpy as np

from kuleshov.cinema.camera.angle import PITCH, ROLL
from kuleshov.cinema.camera.vertical_lines import CameraTilt, camera_tilt
from kuleshov.cinema.tracks import Tracks
from kuleshov.cuda.runtime import Fetch
from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.native import fetch

_PER_SECOND = 1.0


class CameraRollMeter:
    """Measures one frame a second: the first of the film, then the first of each second.

    A frame's luma is measured when the next batch comes, so that a GPU is not waited for.
    """

    def __init__(self) -> None:
        self._next = -np.inf
        self._fetching: list[tuple[float, Fetch]] = []
        self._seconds: list[float] = []
        self._tilts: list[CameraTilt] = []

    def push(self, batch: FrameBatch) -> None:
        self._measure()
        for number, seconds in enumerate(batch.pts_seconds.tolist()):
            if seconds >= self._next:
                self._next = (np.floor(seconds * _PER_SECOND) + 1) / _PER_SECOND
                self._fetching.append((seconds, fetch(batch.device, {"luma": batch.luma[number : number + 1]})))

    def add_to(self, tracks: Tracks) -> None:
        """Add what was measured as tracks, including the last batch."""
        self._measure()
        for name, values in (
            (ROLL, [tilt.roll for tilt in self._tilts]),
            (PITCH, [tilt.pitch for tilt in self._tilts]),
        ):
            tracks.add(name, unit="degrees", seconds=self._seconds, values=values)

    def _measure(self) -> None:
        for seconds, luma in self._fetching:
            self._seconds.append(seconds)
            self._tilts.append(camera_tilt(luma.result()["luma"][0]))
        self._fetching.clear()
