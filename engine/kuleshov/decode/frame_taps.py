"""A closer look at chosen frames: a decoder hands out their full-size surface before it lets go of it.

Batches hold frames at analysis size. Who needs more of a few frames (faces) gives the decoder a ``FrameTap``; a decoder
without one does nothing for it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kuleshov.decode.letterbox import Area
from kuleshov.media.color import ColorSpec
from kuleshov.surface import Surface

_GRID_SLACK = 1e-6  # seconds: times are ticks, steps are not


@dataclass(frozen=True)
class FullFrame:
    """One decoded frame at full size, where it lies: valid until ``FrameTap.look`` returns.

    ``surface`` is as coded, on ``device``; ``area`` its picture without bars, in coded pixels; the picture is shown
    after ``turns`` quarter turns clockwise, with the aspect of ``shown_size`` (width, height). ``coded_size``: width
    and height that ``area`` refers to.
    """

    surface: Surface
    device: str
    color: ColorSpec
    area: Area
    coded_size: tuple[int, int]
    turns: int
    shown_size: tuple[int, int]
    index: int
    seconds: float


class FrameTap(Protocol):
    """Looks closer at some frames of a film, which come in order."""

    def wants(self, seconds: float) -> bool:
        """Tell whether to be given the frame that is shown at that time. Asked once for every frame."""

    def look(self, view: FullFrame) -> None:
        """Take from a frame what is needed; what is launched on a device must have read it when this returns."""


class TimeGrid:
    """Chooses frames ``per_second`` times a second: the first frame, then the first one on or after each step."""

    def __init__(self, *, per_second: float) -> None:
        self._step = 1 / per_second
        self._next = -math.inf

    def takes(self, seconds: float) -> bool:
        """Tell whether the frame that is shown at that time is chosen; asked for every frame, in order."""
        if seconds < self._next - _GRID_SLACK:
            return False
        self._next = (math.floor((seconds + _GRID_SLACK) / self._step) + 1) * self._step
        return True


class TapGroup:
    """Several lookers as one: each is given the frames that it wants itself."""

    def __init__(self, lookers: Sequence[FrameTap]) -> None:
        self._lookers = lookers
        self._wanting: list[FrameTap] = []

    def wants(self, seconds: float) -> bool:
        self._wanting = [looker for looker in self._lookers if looker.wants(seconds)]
        return bool(self._wanting)

    def look(self, view: FullFrame) -> None:
        for looker in self._wanting:
            looker.look(view)
