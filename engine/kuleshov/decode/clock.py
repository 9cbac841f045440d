"""The times of decoded frames: strictly rising, whatever the file says."""

from __future__ import annotations

from kuleshov.decode.protocol import DecodeReport
from kuleshov.media.probe import MediaInfo

_SECONDS_A_FRAME = 0.04  # where the file states no rate


class FrameClock:
    """Gives each frame its time, in presentation order; repairs missing and falling times, and counts them."""

    def __init__(self, info: MediaInfo, report: DecodeReport) -> None:
        self._timeline = info.timeline
        self._step = float(1 / info.frame_rate) if info.frame_rate else _SECONDS_A_FRAME
        self._previous: float | None = None
        self._report = report

    def seconds(self, ticks: int | None) -> float:
        """Return the time of the next frame, whose PTS is ``ticks`` of the stream's time base, or unknown.

        A frame whose PTS is missing or does not rise gets the time of one frame after its predecessor.
        """
        seconds = None if ticks is None else self._timeline.seconds(ticks)
        if seconds is None or (self._previous is not None and seconds <= self._previous):
            seconds = 0.0 if self._previous is None else self._previous + self._step
            self._report.repaired_timestamps += 1
        self._previous = seconds
        return seconds
