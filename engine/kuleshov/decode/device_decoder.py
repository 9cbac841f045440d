"""What the decoders of a GPU share: decoded surfaces in, batches of analysis frames out, all on one device."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np

from kuleshov.cuda.devices import runtime
from kuleshov.cuda.runtime import Runtime
from kuleshov.cuda.shrink_and_count import shrink_and_count
from kuleshov.decode.analysis import ANALYSIS_WIDTH, BATCH_FRAMES, analysis_size, stream_notes
from kuleshov.decode.clock import FrameClock
from kuleshov.decode.frame_taps import FrameTap, FullFrame
from kuleshov.decode.frames import FrameBatch, FrameCounts
from kuleshov.decode.letterbox import Area, picture_area
from kuleshov.decode.protocol import DecodeReport
from kuleshov.media.probe import MediaInfo
from kuleshov.surface import Surface


class DeviceDecoder(ABC):
    """Decodes a film's video stream to ``FrameBatch`` on a CUDA device. Iterate inside ``Runtime.stream()``.

    Frames' times are repaired and counted as on the CPU. The batches' memory is new, from the stream's allocator, so
    that they live as long as they are held. A subclass sets ``name``.
    """

    name: str

    def __init__(
        self,
        info: MediaInfo,
        *,
        device: str,
        width: int = ANALYSIS_WIDTH,
        batch_frames: int = BATCH_FRAMES,
        tap: FrameTap | None = None,
    ) -> None:
        self.info = info
        self.device = device
        self.area = picture_area(info)
        self.width, self.height = analysis_size(info, self.area, width=width)
        self.report = DecodeReport(notes=stream_notes(info))
        self.name = self._decoder_name()
        self._batch_frames = batch_frames
        self._tap = tap

    @abstractmethod
    def surfaces(self) -> Iterator[tuple[Surface, int | None]]:
        """Yield every decoded surface with its PTS in ticks; it is valid until the next one is asked for."""

    @abstractmethod
    def _decoder_name(self) -> str:
        """Return what decodes, for provenance. Raises ``DeviceError`` if it can't be loaded."""

    @abstractmethod
    def _check_end(self) -> None:
        """Add to the report's notes at the end of the film. Raises ``MediaError`` if there was no frame."""

    def __iter__(self) -> Iterator[FrameBatch]:
        on, clock = runtime(self.device), FrameClock(self.info, self.report)
        writer: _Writer | None = None
        for surface, ticks in self.surfaces():
            writer = writer or _Writer(on, self.info, self.area, self._batch_frames, self.height, self.width)
            seconds = clock.seconds(ticks)
            with on.mark("shrink_and_count"):
                writer.add(surface, seconds)
            if self._tap is not None and self._tap.wants_frame(seconds):
                with on.mark("tap"):
                    self._tap.take_frame(
                        FullFrame.of(
                            surface,
                            self.info,
                            device=self.device,
                            area=self.area,
                            shown_size=(self.width, self.height),
                            index=self.report.frames,
                            seconds=seconds,
                        )
                    )
            self.report.frames += 1
            if writer.count == self._batch_frames:
                yield writer.batch(self.report.frames)
                writer = None
        if writer is not None:
            yield writer.batch(self.report.frames)
        self._check_end()
        self.report.close()


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
        """Launch what reads the surface; the next one may take its memory."""
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
        """Return the frames that were added, the last of them frame ``end - 1`` of the film."""
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
