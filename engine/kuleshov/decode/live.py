"""Pictures of a live input: packets in as they come, small batches of analysis frames out.

Bars are unknown at first: they are found on the way, and from then on the picture is measured without them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.analysis import analysis_size
from kuleshov.decode.clock import FrameClock
from kuleshov.decode.frames import FrameBatch
from kuleshov.decode.letterbox import BAR_CHECK_SECONDS, Area, BarMonitor
from kuleshov.decode.protocol import DecodeReport
from kuleshov.decode.shrinker import Shrinker
from kuleshov.media.packet_clock import WITHOUT_PTS
from kuleshov.media.probe import MediaInfo, describe_media

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame

#: Luma uint8 ``[H, W]``, chroma uint8 ``[H/2, W/2, 2]``, and when it is shown.
ShrunkFrame = tuple[NDArray[np.uint8], NDArray[np.uint8], float]


class LivePictures:
    """Decodes the video stream of an open input. ``info`` is ``None`` until its first frame is decoded.

    FFmpeg's threads share slices, not frames: each thread that works on a frame of its own would delay output by one.
    """

    def __init__(self, container: InputContainer, stream: Any, *, source: str, width: int) -> None:
        self.info: MediaInfo | None = None
        self.report = DecodeReport()
        self._container, self._stream, self._source, self._width = container, stream, source, width
        self._decode_times: deque[int | None] | None = deque() if container.format.name in WITHOUT_PTS else None
        stream.codec_context.thread_type = "SLICE"

    def decode(self, packet: Packet[Any] | None) -> Iterator[tuple[VideoFrame, float]]:
        """Yield the frames that a packet completes, with their times, rising; ``None`` ends the stream."""
        import av

        if packet is not None and self._decode_times is not None:
            self._decode_times.append(packet.dts)
        try:
            frames = self._stream.decode(packet)
        except av.error.EOFError:
            return
        except av.error.FFmpegError:
            self.report.damaged_packets += 1
            return
        for frame in frames:
            if self.info is None:
                self._begin(frame)
            self.report.frames += 1
            yield frame, self._clock.seconds(self._decode_times.popleft() if self._decode_times else frame.pts)

    def _begin(self, frame: VideoFrame) -> None:
        self.info = describe_media(self._container, self._stream, frame, path=Path(self._source), size_bytes=0)
        self._clock = FrameClock(self.info, self.report)
        self._bars = BarMonitor(self.info)
        self._checked_seconds = -np.inf
        self._use(self._bars.area)

    def _use(self, area: Area) -> None:
        assert self.info is not None
        self.area = area
        self.width, self.height = analysis_size(self.info, area, width=self._width)
        self._shrinker = Shrinker(self.info, area)

    def check_bars(self, frame: VideoFrame, seconds: float) -> None:
        """Examine a frame for bars, at most once a second; ``adopt_area`` applies the result."""
        if seconds - self._checked_seconds >= BAR_CHECK_SECONDS:
            self._checked_seconds = seconds
            self._bars.add(frame)

    def adopt_area(self) -> bool:
        """Leave out the bars found by now in what follows; return whether the picture area changed."""
        if self.info is None or self._bars.area == self.area:
            return False
        self._use(self._bars.area)
        return True

    def shrink(self, frame: VideoFrame, seconds: float) -> ShrunkFrame:
        """Return a frame at analysis size."""
        luma = np.empty((self.height, self.width), np.uint8)
        chroma = np.empty((self.height // 2, self.width // 2, 2), np.uint8)
        self._shrinker.shrink(frame, luma, chroma)
        return luma, chroma, seconds

    def batch(self, frames: list[ShrunkFrame], *, first: int) -> FrameBatch:
        """Return frames as a batch whose first frame is number ``first``."""
        assert self.info is not None
        lumas, chromas, seconds = zip(*frames, strict=True)
        index = np.arange(first, first + len(frames), dtype=np.int64)
        return FrameBatch(
            np.stack(lumas), np.stack(chromas), np.array(seconds, dtype=np.float64), index, self.info.color
        )
