"""The picture without its bars: letterbox and pillarbox are found before decoding and left out of every measurement.

A bar is a border that is black in every sample of the film. Limits: bars that come and go (a film that changes its
aspect ratio) are kept as picture, and so are coloured or blurred borders. ``BarCheck`` examines the film again while it
is decoded, and tells where the picture reaches farther.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
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
_WIDEST_GAP, _LEAST_GAP_SECONDS = 0.25, 2.0  # of the film's length: examined frames lie no farther apart
_SPREAD_SECONDS = 0.5  # between examined frames where a film states no length
BAR_CHECK_SECONDS = 1.0  # between two frames that are examined for bars while a film is decoded
_BLACK = 26  # 8-bit limited-range luma up to which a bar is black: 16 and ten steps of scanner noise and ringing
_LIT_SHARE = 0.01  # a row or column is picture where more than this share of it is brighter than black
_LEAST_BAR = 0.01  # of the frame's side: thinner borders are left alone
_LEAST_BEYOND = 4  # rows or columns beyond the picture area that ringing may light
_LEAST_PICTURE = 0.25  # of each side: less is a dark film or a title card, not a picture between bars


def picture_area(info: MediaInfo) -> Area:
    """Return the part of the coded frame that holds the picture, in even numbers.

    Examines frames spread over the film. All that is shown if there are no bars, or if all of the frames are black.
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
        rows, columns = _lit(frame, self._info)
        self.frames += bool(rows.any() and columns.any())
        self._rows |= rows
        self._columns |= columns

    @property
    def area(self) -> Area:
        """The lit part of what is shown; all of that if nothing was lit."""
        x, y, shown_width, shown_height = self._info.shown_area
        rows, columns = self._rows[y : y + shown_height], self._columns[x : x + shown_width]
        if not rows.any() or not columns.any():
            return self._info.shown_area
        top, height = _extent(rows)
        left, width = _extent(columns)
        return (x + left, y + top, width, height)


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


class BarCheck:
    """Examines a film's frames once a second for light beyond its picture area: a film that changes its frame."""

    def __init__(self, info: MediaInfo, area: Area) -> None:
        self._info, self._area = info, area
        self._next_seconds = 0.0
        self._beyond: list[float] = []  # seconds of the frames that reach beyond the area

    def check(self, frame: VideoFrame, seconds: float) -> None:
        """Examine a frame, at most one a second."""
        coded_size = (self._info.coded_width, self._info.coded_height)
        if (
            self._area == self._info.shown_area
            or seconds < self._next_seconds
            or (frame.width, frame.height) != coded_size
        ):
            return
        self._next_seconds = seconds + BAR_CHECK_SECONDS
        x, y, width, height = self._area
        rows, columns = _lit(frame, self._info)
        for lit, first, end in ((rows, y, y + height), (columns, x, x + width)):
            margin = max(_LEAST_BEYOND, round(_LEAST_BAR * len(lit)))
            if lit[: max(first - margin, 0)].any() or lit[end + margin :].any():
                self._beyond.append(seconds)
                return

    @property
    def notes(self) -> list[str]:
        """What to tell of the film: one sentence, or nothing."""
        if not self._beyond:
            return []
        return [
            f"the picture reaches beyond the area that was measured, {list(self._area)}, in {len(self._beyond)} of the "
            f"frames checked once a second, first at {self._beyond[0]:.1f} s: the film changes its frame"
        ]


def _lit(frame: VideoFrame, info: MediaInfo) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows and columns of a frame are lit; what is not shown is not."""
    source = planes(frame, mirrored=info.mirrored)
    black = (_BLACK - 16 if info.color.range == "full" else _BLACK) << (source.bit_depth - 8)
    x, y, width, height = info.shown_area
    lit = source.luma[y : y + height, x : x + width] > black
    rows, columns = np.zeros(len(source.luma), dtype=bool), np.zeros(source.luma.shape[1], dtype=bool)
    rows[y : y + height] = lit.mean(axis=1) > _LIT_SHARE
    columns[x : x + width] = lit.mean(axis=0) > _LIT_SHARE
    return rows, columns


def _extent(lit: NDArray[np.bool_]) -> tuple[int, int]:
    """Start and length of the lit part in even numbers, or the whole side if its bars are too thin to count."""
    side = len(lit)
    first, last = int(np.argmax(lit)), side - int(np.argmax(lit[::-1]))
    first = first + first % 2 if first >= _LEAST_BAR * side else 0
    last = last - last % 2 if side - last >= _LEAST_BAR * side else side
    return (first, last - first) if last - first >= max(2, _LEAST_PICTURE * side) else (0, side)


def _samples(info: MediaInfo) -> Iterator[Any]:
    """Frames spread over the film: key frames, and frames in between where those lie far apart.

    A film without a stated length is read from end to end.
    """
    if not info.duration_seconds:
        count = 0
        for frame in _spread(_frames(info, key_frames_alone=True), info):
            count += 1
            yield frame
        if count < _ENOUGH_LIT:
            yield from _spread(_frames(info, key_frames_alone=False), info)
        return
    examined = [0.0, info.duration_seconds]
    for frame in _key_frames(info, info.duration_seconds):
        if frame.pts is not None:
            examined.append(info.timeline.seconds(frame.pts))
        yield frame
    examined.sort()
    widest = max(_WIDEST_GAP * info.duration_seconds, _LEAST_GAP_SECONDS)
    gaps = [(start, end) for start, end in pairwise(examined) if end - start > widest]
    if gaps:
        step = info.duration_seconds / _SAMPLES
        yield from _between(
            info, [start + step * (n + 1) for start, end in gaps for n in range(int((end - start) / step))]
        )


def _key_frames(info: MediaInfo, duration_seconds: float) -> Iterator[Any]:
    """Key frames at evenly spread times."""
    import av

    with open_media(info.path) as container:
        stream = container.streams[info.video_stream_index]
        stream.codec_context.skip_frame = "NONKEY"
        for number in range(_SAMPLES):
            try:
                if number:
                    container.seek(info.timeline.ticks(duration_seconds * number / _SAMPLES), stream=stream)
                yield next(iter(container.decode(stream)))
            except StopIteration:
                continue
            except (av.error.FFmpegError, OSError):
                if number == 0:
                    continue
                return


def _between(info: MediaInfo, wanted_seconds: list[float]) -> Iterator[Any]:
    """The first frame at or after each of some times, which rise: decoded one after the other, from a key frame on."""
    at = 0
    for frame in _frames(info, key_frames_alone=False, start_seconds=wanted_seconds[0]):
        seconds = wanted_seconds[at] if frame.pts is None else info.timeline.seconds(frame.pts)
        if seconds >= wanted_seconds[at]:
            yield frame
            at = bisect_right(wanted_seconds, seconds)
            if at == len(wanted_seconds):
                return


def _spread(frames: Iterator[Any], info: MediaInfo) -> Iterator[Any]:
    """Of some frames those that lie a little apart."""
    next_seconds = -math.inf
    for frame in frames:
        seconds = math.inf if frame.pts is None else info.timeline.seconds(frame.pts)
        if seconds >= next_seconds:
            next_seconds = seconds + _SPREAD_SECONDS if frame.pts is not None else next_seconds
            yield frame


def _frames(info: MediaInfo, *, key_frames_alone: bool, start_seconds: float = 0.0) -> Iterator[Any]:
    """The frames of a film, from the key frame before a time on; what can't be decoded is passed over."""
    import av

    with open_media(info.path) as container:
        stream: Any = container.streams[info.video_stream_index]
        stream.codec_context.thread_type = "AUTO"
        if key_frames_alone:
            stream.codec_context.skip_frame = "NONKEY"
        try:
            if start_seconds > 0:
                container.seek(info.timeline.ticks(start_seconds), stream=stream)
            for packet in container.demux(stream):
                try:
                    yield from packet.decode()
                except av.error.FFmpegError:
                    continue
        except (av.error.FFmpegError, OSError):
            return
