"""A closer look at chosen frames: a decoder hands out their full-size surface before it lets go of it.

Batches hold frames at analysis size. Who needs more of a few frames (faces) gives the decoder a ``Looker``; a decoder
without one does nothing for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kuleshov.cuda.surface import Surface
from kuleshov.decode.bars import Area
from kuleshov.media.color import ColorSpec


@dataclass(frozen=True)
class View:
    """One decoded frame at full size, where it lies: valid until ``Looker.look`` returns.

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


class Looker(Protocol):
    """Looks closer at some frames of a film, which come in order."""

    def wants(self, seconds: float) -> bool:
        """Tell whether to be given the frame that is shown at that time. Asked once for every frame."""

    def look(self, view: View) -> None:
        """Take from a frame what is needed; what is launched on a device must have read it when this returns."""
