"""Chosen frames at full size, which a decoder passes on before it releases them.

Batches hold frames at analysis size. What needs more of a few frames (faces, key frames) is given to the decoder as a
``FrameTap``; a decoder without one does no work for it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kuleshov.decode.letterbox import Area
from kuleshov.media.color import ColorSpec
from kuleshov.media.probe import MediaInfo
from kuleshov.surface import Surface

_GRID_SLACK = 1e-6  # seconds: times are ticks, steps are not


@dataclass(frozen=True)
class FullFrame:
    """One decoded frame at full size, in the decoder's memory: valid until ``FrameTap.take_frame`` returns.

    ``surface`` is as coded, on ``device``; ``area`` is its picture without bars, in coded pixels; the picture is shown
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

    @classmethod
    def of(
        cls,
        surface: Surface,
        info: MediaInfo,
        *,
        device: str,
        area: Area,
        shown_size: tuple[int, int],
        index: int,
        seconds: float,
    ) -> FullFrame:
        """Return a frame of a film as its decoder knows it."""
        coded_size = (info.coded_width, info.coded_height)
        turns = info.rotation_degrees // 90
        return cls(surface, device, info.color, area, coded_size, turns, shown_size, index, seconds)


class FrameTap(Protocol):
    """Takes some frames of a film at full size; they come in order."""

    def wants_frame(self, seconds: float) -> bool:
        """Return whether to be given the frame of that time. Asked once for every frame."""

    def take_frame(self, frame: FullFrame) -> None:
        """Read from a frame what is needed; work launched on a device must have read it when this returns."""


class TimeGrid:
    """Selects frames ``per_second`` times a second: the first frame, then the first one on or after each step."""

    def __init__(self, *, per_second: float) -> None:
        self._step = 1 / per_second
        self._next = -math.inf

    def selects(self, seconds: float) -> bool:
        """Return whether the frame of that time is selected; ask for every frame, in order."""
        if seconds < self._next - _GRID_SLACK:
            return False
        self._next = (math.floor((seconds + _GRID_SLACK) / self._step) + 1) * self._step
        return True


class TapGroup:
    """Several taps as one: each takes the frames that it wants itself."""

    def __init__(self, taps: Sequence[FrameTap]) -> None:
        self._taps = taps
        self._wanting: list[FrameTap] = []

    def wants_frame(self, seconds: float) -> bool:
        self._wanting = [tap for tap in self._taps if tap.wants_frame(seconds)]
        return bool(self._wanting)

    def take_frame(self, frame: FullFrame) -> None:
        for tap in self._wanting:
            tap.take_frame(frame)
