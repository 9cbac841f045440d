"""Batches of analysis frames from decoded surfaces, on the surfaces' own device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from kuleshov.cuda.runtime import Runtime
from kuleshov.cuda.shrink_and_count import shrink_and_count
from kuleshov.decode.clock import FrameClock
from kuleshov.decode.frame_taps import FrameTap, FullFrame
from kuleshov.decode.frames import FrameBatch, FrameCounts
from kuleshov.decode.letterbox import Area
from kuleshov.decode.protocol import DecodeReport
from kuleshov.media.probe import MediaInfo
from kuleshov.surface import Surface


def device_batches(
    surfaces: Iterable[tuple[Surface, int | None]],
    *,
    on: Runtime,
    info: MediaInfo,
    report: DecodeReport,
    area: Area,
    width: int,
    height: int,
    batch_frames: int,
    looker: FrameTap | None = None,
) -> Iterator[FrameBatch]:
    """Yield the frames of ``surfaces`` (each with its PTS in ticks) shrunk to ``width`` x ``height``, and counted.

    A surface is read by what is launched before the next one is asked for: it may be gone then. ``looker`` is shown
    the ones that it wants. Frames are counted in ``report``. The batches' memory is new, from the stream's allocator,
    so that they live as long as they are held.
    """
    clock = FrameClock(info, report)
    writer: _Writer | None = None
    for surface, ticks in surfaces:
        writer = writer or _Writer(on, info, area, batch_frames, height, width)
        seconds = clock.seconds(ticks)
        with on.mark("shrink_and_count"):
            writer.add(surface, seconds)
        if looker is not None and looker.wants(seconds):
            with on.mark("look"):
                looker.look(
                    FullFrame(
                        surface=surface,
                        device=on.device,
                        color=info.color,
                        area=area,
                        coded_size=(info.coded_width, info.coded_height),
                        turns=info.rotation_degrees // 90,
                        shown_size=(width, height),
                        index=report.frames,
                        seconds=seconds,
                    )
                )
        report.frames += 1
        if writer.count == batch_frames:
            yield writer.batch(report.frames)
            writer = None
    if writer is not None:
        yield writer.batch(report.frames)


class _Writer:
    """One batch while it is filled."""

    def __init__(self, on: Runtime, info: MediaInfo, area: Area, frames: int, height: int, width: int) -> None:
        self.count = 0
        self._on, self._info, self._area = on, info, area
        self._luma = on.empty((frames, height, width), "uint8")
        self._chroma = on.empty((frames, height // 2, width // 2, 2), "uint8")
        self._counts = FrameCounts(
            on.zeros((frames, 2048), "int32"), on.zeros((frames, 256), "int32"), on.zeros((frames, 3), "int64")
        )
        self._seconds = np.empty(frames, dtype=np.float64)

    def add(self, surface: Surface, seconds: float) -> None:
        counts = self._counts
        shrink_and_count(
            self._on,
            surface,
            area=self._area,
            coded_size=(self._info.coded_width, self._info.coded_height),
            turns=self._info.rotation_degrees // 90,
            luma=self._luma,
            chroma=self._chroma,
            color_histogram=counts.color_histogram,
            luma_histogram=counts.luma_histogram,
            chroma_sums=counts.chroma_sums,
            slot=self.count,
        )
        self._seconds[self.count] = seconds
        self.count += 1

    def batch(self, end: int) -> FrameBatch:
        """Return what was added, of which the last is frame ``end - 1`` of the film."""
        filled = slice(0, self.count)
        return FrameBatch(
            self._luma[filled],
            self._chroma[filled],
            self._seconds[filled],
            np.arange(end - self.count, end, dtype=np.int64),
            self._info.color,
            self._on.device,
            self._counts[filled],
        )
