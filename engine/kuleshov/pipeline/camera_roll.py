"""The lean of upright lines in a few frames of a film, on the host."""

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
    """Looks at one frame a second: the first of the film, then the first of each second.

    Frames are taken in when the next batch comes, so that a GPU is not waited for.
    """

    def __init__(self) -> None:
        self._next = -np.inf
        self._under_way: list[tuple[float, Fetch]] = []
        self._seconds: list[float] = []
        self._leans: list[CameraTilt] = []

    def push(self, batch: FrameBatch) -> None:
        self._take_in()
        for number, seconds in enumerate(batch.pts_seconds.tolist()):
            if seconds >= self._next:
                self._next = (np.floor(seconds * _PER_SECOND) + 1) / _PER_SECOND
                self._under_way.append((seconds, fetch(batch.device, {"luma": batch.luma[number : number + 1]})))

    def add_to(self, tracks: Tracks) -> None:
        """Keep as tracks what was seen, that of the last batch too."""
        self._take_in()
        for name, values in (
            (ROLL, [lean.roll for lean in self._leans]),
            (PITCH, [lean.pitch for lean in self._leans]),
        ):
            tracks.add(name, unit="degrees", seconds=self._seconds, values=values)

    def _take_in(self) -> None:
        for seconds, luma in self._under_way:
            self._seconds.append(seconds)
            self._leans.append(camera_tilt(luma.result()["luma"][0]))
        self._under_way.clear()
