"""The picture without its bars: letterbox and pillarbox are found before decoding and left out of every measurement.

A bar is a border that is black in every sample of the film. Limits: bars that come and go (a film that changes its
aspect ratio) are kept as picture, and so are coloured or blurred borders.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.planes import planes
from kuleshov.media.probe import MediaInfo, open_media

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

Area = tuple[int, int, int, int]  # x, y, width, height in coded pixels

_SAMPLES = 24
_ENOUGH_LIT = 10  # frames with light before a live film's bars count as known
_BLACK = 26  # 8-bit limited-range luma up to which a bar is black: 16 and ten steps of scanner noise and ringing
_LIT_SHARE = 0.01  # a row or column is picture where more than this share of it is brighter than black
_LEAST_BAR = 0.01  # of the frame's side: thinner borders are left alone
_LEAST_PICTURE = 0.25  # of each side: less is a dark film or a title card, not a picture between bars


def picture_area(info: MediaInfo) -> Area:
    """Return the part of the coded frame that holds the picture, in even numbers.

    Examines key frames spread over the film. The whole frame if there are no bars, or if all of them are black.
    """
    lit = LitArea(info)
    for frame in _samples(info):
        lit.add(frame)
    return lit.area


class LitArea:
    """The rows and columns of a film that were lit in any frame examined so far."""

    def __init__(self, info: MediaInfo) -> None:
        self.frames = 0  # in which anything was lit
        self._info = info
        self._rows = np.zeros(info.coded_height, dtype=bool)
        self._columns = np.zeros(info.coded_width, dtype=bool)

    def add(self, frame: VideoFrame) -> None:
        """Examine a frame. One whose size is not the film's makes all of the picture count as lit."""
        if (frame.width, frame.height) != (self._info.coded_width, self._info.coded_height):
            self._rows[:] = self._columns[:] = True
            return
        rows, columns = _lit(frame, full_range=self._info.color.range == "full")
        self.frames += bool(rows.any() and columns.any())
        self._rows |= rows
        self._columns |= columns

    @property
    def area(self) -> Area:
        """The lit part; the whole frame if nothing was lit."""
        if not self._rows.any() or not self._columns.any():
            return (0, 0, self._info.coded_width, self._info.coded_height)
        top, height = _extent(self._rows)
        left, width = _extent(self._columns)
        return (left, top, width, height)


class BarMonitor:
    """Finds the bars of a film whose end is unknown: after some lit frames; bars never grow afterwards.

    Until then ``area`` is the whole frame. A first passage of small titles on black may be taken for the picture; the
    area grows with the first frame that shows more.
    """

    def __init__(self, info: MediaInfo) -> None:
        self._lit = LitArea(info)
        self.area: Area = self._lit.area

    def add(self, frame: VideoFrame) -> None:
        """Examine a frame, a second or so after the last one."""
        self._lit.add(frame)
        if self._lit.frames >= _ENOUGH_LIT:
            self.area = self._lit.area


def _lit(frame: VideoFrame, *, full_range: bool) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    source = planes(frame)
    black = (_BLACK - 16 if full_range else _BLACK) << (source.bit_depth - 8)
    lit = source.luma > black
    return lit.mean(axis=1) > _LIT_SHARE, lit.mean(axis=0) > _LIT_SHARE


def _extent(lit: NDArray[np.bool_]) -> tuple[int, int]:
    """Start and length of the lit part in even numbers, or the whole side if its bars are too thin to count."""
    side = len(lit)
    first, last = int(np.argmax(lit)), side - int(np.argmax(lit[::-1]))
    first = first + first % 2 if first >= _LEAST_BAR * side else 0
    last = last - last % 2 if side - last >= _LEAST_BAR * side else side
    return (first, last - first) if last - first >= max(2, _LEAST_PICTURE * side) else (0, side)


def _samples(info: MediaInfo) -> Iterator[Any]:
    """Key frames at evenly spread times; only the first frame if the file states no length or can't be searched."""
    import av

    with open_media(info.path) as container:
        stream = container.streams[info.video_stream_index]
        stream.codec_context.skip_frame = "NONKEY"
        duration = info.duration_seconds or 0.0
        for number in range(_SAMPLES if duration > 0 else 1):
            try:
                if number:
                    container.seek(info.timeline.ticks(duration * number / _SAMPLES), stream=stream)
                yield next(iter(container.decode(stream)))
            except StopIteration:
                continue
            except (av.error.FFmpegError, OSError):
                if number == 0:
                    continue
                return
