"""Decoding on the CPU with FFmpeg (through PyAV): any codec, any machine; frames are shrunk from its planes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.analysis import ANALYSIS_WIDTH, BATCH_FRAMES, analysis_size, stream_notes
from kuleshov.decode.clock import FrameClock
from kuleshov.decode.frame_taps import FrameTap, FullFrame
from kuleshov.decode.frames import FrameBatch
from kuleshov.decode.letterbox import BarCheck, picture_area
from kuleshov.decode.planes import FALLBACK_FORMAT, is_read_in_place, planes, surface
from kuleshov.decode.protocol import DecodeReport
from kuleshov.decode.shrinker import Shrinker
from kuleshov.errors import MediaError
from kuleshov.media.packet_clock import WITHOUT_PTS, TimedPackets
from kuleshov.media.probe import MediaInfo, open_media

if TYPE_CHECKING:
    from av.video.frame import VideoFrame


class CpuDecoder:
    """Decodes a film's video stream to ``FrameBatch`` at analysis size.

    FFmpeg decodes on ``threads`` threads (0: as many as cores); each plane is area-averaged in place, bars cut away,
    rotation applied. A frame's identity is its PTS; frames whose PTS is missing or does not rise get the time of one
    frame after their predecessor, and are counted. Damaged packets are skipped and counted. Iterating raises
    ``MediaError`` if not a single frame could be decoded.
    """

    def __init__(
        self,
        info: MediaInfo,
        *,
        width: int = ANALYSIS_WIDTH,
        batch_frames: int = BATCH_FRAMES,
        threads: int = 0,
        tap: FrameTap | None = None,
    ) -> None:
        import av

        self.info = info
        self.area = picture_area(info)
        self.width, self.height = analysis_size(info, self.area, width=width)
        self.report = DecodeReport()
        version = ".".join(str(part) for part in av.library_versions["libavcodec"])
        self.name = f"cpu: PyAV {av.__version__}, libavcodec {version}, {info.codec} {info.pixel_format}"
        self._batch_frames = batch_frames
        self._threads = threads
        self._tap = tap
        self._decode_times: deque[int | None] = deque()
        if not is_read_in_place(info.pixel_format):
            self.report.notes.append(f"{info.pixel_format} frames are converted to {FALLBACK_FORMAT} by swscale")
        self.report.notes += stream_notes(info)

    def __iter__(self) -> Iterator[FrameBatch]:
        capacity = self._batch_frames
        # Two batches' worth of memory, used in turn: a batch outlives the next one.
        lumas = np.empty((2, capacity, self.height, self.width), dtype=np.uint8)
        chromas = np.empty((2, capacity, self.height // 2, self.width // 2, 2), dtype=np.uint8)
        luma, chroma = lumas[0], chromas[0]
        shrinker = Shrinker(self.info, self.area)
        bars = BarCheck(self.info, self.area)
        pts_seconds = np.empty(capacity, dtype=np.float64)
        count = 0
        for frame, seconds in self._timed_frames():
            shrinker.shrink(frame, luma[count], chroma[count])
            bars.check(frame, seconds)
            self._offer_to_tap(frame, seconds)
            pts_seconds[count] = seconds
            count += 1
            self.report.frames += 1
            if count == capacity:
                yield self._batch(luma, chroma, pts_seconds)
                turn = self.report.frames // capacity % 2
                luma, chroma = lumas[turn], chromas[turn]
                count = 0
        if count:
            yield self._batch(luma[:count], chroma[:count], pts_seconds[:count])
        self.report.notes += bars.notes
        self._close()

    def run_tap(self) -> None:
        """Decode the film for its tap alone, without analysis frames. Raises ``MediaError`` as iterating does."""
        for frame, seconds in self._timed_frames():
            self._offer_to_tap(frame, seconds)
            self.report.frames += 1
        self._close()

    def _offer_to_tap(self, frame: VideoFrame, seconds: float) -> None:
        if self._tap is not None and self._tap.wants_frame(seconds):
            self._tap.take_frame(
                FullFrame.of(
                    surface(planes(frame, mirrored=self.info.mirrored)),
                    self.info,
                    device="cpu",
                    area=self.area,
                    shown_size=(self.width, self.height),
                    index=self.report.frames,
                    seconds=seconds,
                )
            )

    def _close(self) -> None:
        if not self.report.frames:
            raise MediaError(self.info.path, "not a single frame could be decoded", remedy="check the file")
        self.report.close()

    def _batch(self, luma: NDArray[np.uint8], chroma: NDArray[np.uint8], pts: NDArray[np.float64]) -> FrameBatch:
        first = self.report.frames - len(pts)
        index = np.arange(first, self.report.frames, dtype=np.int64)
        return FrameBatch(luma, chroma, pts.copy(), index, self.info.color)

    def _timed_frames(self) -> Iterator[tuple[VideoFrame, float]]:
        """Frames in presentation order with strictly rising times."""
        clock = FrameClock(self.info, self.report)
        for frame in self._frames():
            yield frame, clock.seconds(self._decode_times.popleft() if self._decode_times else frame.pts)

    def _frames(self) -> Iterator[Any]:
        with open_media(self.info.path) as container:
            stream: Any = container.streams[self.info.video_stream_index]
            stream.codec_context.thread_type = "AUTO"
            stream.codec_context.thread_count = self._threads
            timed = TimedPackets(
                container, stream, start_seconds=self.info.start_seconds, duration_seconds=self.info.duration_seconds
            )
            try:
                yield from self._decoded(stream, iter(timed))
            finally:
                self.report.notes += [f"pictures: {note}" for note in timed.report.notes]
                self.report.clock_jumps = bool(timed.report.splices or timed.report.wrong_stamps)

    def _decoded(self, stream: Any, packets: Iterator[Any]) -> Iterator[Any]:
        import av

        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.error.FFmpegError, OSError) as error:
                self.report.notes.append(f"reading stopped after frame {self.report.frames}: {error}")
                packet = None
            if packet is not None and packet.size and self.info.container in WITHOUT_PTS:
                self._decode_times.append(packet.dts)
            try:
                # A packet of None drains what the decoder still holds after a read error.
                yield from stream.decode(packet)
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                self.report.damaged_packets += 1
            if packet is None:
                return
