"""Keeps frames that may become key frames while a film is decoded, before its shots are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.shots.key_frames import GRID, grid_of, sharpness_of
from kuleshov.decode.frame_taps import FullFrame, TimeGrid
from kuleshov.kernels.crops import crops
from kuleshov.models.image_text import PictureForm

_PER_SECOND = 2.0  # frames taken
_ALIKE = 6.0  # mean difference of two grids, 0..255: below, the sharper picture stands for both (design value)
_MOST_IN_MEMORY = 64 << 20  # bytes of pictures; more lie in a temporary file


@dataclass(frozen=True, eq=False)
class _Candidate:
    seconds: float
    picture: NDArray[np.uint8]
    grid: NDArray[np.uint8]
    sharpness: float


class KeyFrameSampler:
    """A ``FrameTap`` that takes pictures at a network's size, twice a second, and keeps the sharper of two alike ones.

    They are resized on their device, straight from the decoder's planes, and are 150 KB each at 224 x 224: up to 64 MB
    of them in memory, the rest in a temporary file (0.15 to 0.3 MB a second of film), which is deleted with this
    object. One film, one thread.
    """

    def __init__(self, form: PictureForm) -> None:
        self._form = form
        self._shape = (3, form.height, form.width)
        self._times = TimeGrid(per_second=_PER_SECOND)
        self._waiting: _Candidate | None = None
        self._seconds: list[float] = []
        self._sharpness: list[float] = []
        self._grids: list[NDArray[np.uint8]] = []
        self._file = cast(IO[bytes], SpooledTemporaryFile(max_size=_MOST_IN_MEMORY))  # noqa: SIM115

    def wants_frame(self, seconds: float) -> bool:
        return self._times.selects(seconds)

    def take_frame(self, frame: FullFrame) -> None:
        picture = network_picture(frame, self._form)
        candidate = _Candidate(frame.seconds, picture, grid_of(picture), sharpness_of(picture))
        before, self._waiting = self._waiting, None
        if before is None:
            self._waiting = candidate
        elif np.abs(before.grid.astype(np.float32) - candidate.grid).mean() < _ALIKE:
            self._keep(max(before, candidate, key=lambda each: each.sharpness))
        else:
            self._keep(before)
            self._waiting = candidate

    def finish(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.uint8]]:
        """Return seconds and sharpness float64 ``[n]`` and grids uint8 ``[n, 3, GRID, GRID]`` of the kept pictures."""
        if self._waiting is not None:
            self._keep(self._waiting)
            self._waiting = None
        grids = np.array(self._grids, dtype=np.uint8).reshape(-1, 3, GRID, GRID)
        return np.array(self._seconds, np.float64), np.array(self._sharpness, np.float64), grids

    def pictures(self, numbers: Iterable[int]) -> Iterator[NDArray[np.uint8]]:
        """Yield kept pictures, uint8 ``[3, H, W]``, by their numbers."""
        size = int(np.prod(self._shape))
        for number in numbers:
            self._file.seek(number * size)
            yield np.frombuffer(self._file.read(size), np.uint8).reshape(self._shape)

    def _keep(self, candidate: _Candidate) -> None:
        self._file.write(candidate.picture.tobytes())
        self._seconds.append(candidate.seconds)
        self._sharpness.append(candidate.sharpness)
        self._grids.append(candidate.grid)


def network_picture(frame: FullFrame, form: PictureForm) -> NDArray[np.uint8]:
    """Return a frame as the input of a network, uint8 ``[3, height, width]`` on the host; resized on its device."""
    (values,), _ = crops(frame, [form.box(frame.shown_size)], width=form.width, height=form.height)
    picture: NDArray[np.uint8] = np.rint(values * 255).astype(np.uint8)
    return picture
