"""All that was measured on a film before it is divided into shots and scenes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.dialogue.screenplay import WrittenScene, written_scenes
from kuleshov.cinema.thumbnails.color_histograms import HistogramSeries
from kuleshov.cinema.tracks import Tracks
from kuleshov.media.color import ColorSpec
from kuleshov.media.subtitles import SubtitleSource
from kuleshov.records import Line, Transition

#: Width and height of the thumbnails that are kept of a film: half of those that the shot detectors read.
KEPT_THUMBNAIL = (16, 9)


@dataclass(frozen=True)
class FilmMeasurements:
    """All that was measured on a film before it is divided: the input of every description.

    ``frame_seconds`` float64 ``[frames]``: each frame's PTS. ``end_seconds``: when the last frame ends.
    ``thumbnails`` uint8 ``[kept, 3, 9, 16]``: those of the frames that ``histograms`` keeps. ``detected``: the
    transitions that the shot detector found. ``subtitles``: ``None`` if the film has none. ``lines``: their utterances
    and captions.
    """

    frame_seconds: NDArray[np.float64]
    end_seconds: float
    tracks: Tracks
    histograms: HistogramSeries
    thumbnails: NDArray[np.uint8]
    detected: tuple[Transition, ...]
    coding: ColorSpec
    subtitles: SubtitleSource | None
    lines: Sequence[Line] = ()

    @cached_property
    def written_scenes(self) -> list[WrittenScene]:
        """The scenes of the screenplay in time, if one was aligned with the lines."""
        return written_scenes(self.lines)

    def seconds(self, frame: int) -> float:
        """Return when a frame is shown; of the frame after the last, when the film ends."""
        return float(self.frame_seconds[frame]) if frame < len(self.frame_seconds) else self.end_seconds
