"""The times of decoded frames: strictly rising, whatever the file says."""

from __future__ import annotations

from kuleshov.decode.protocol import DecodeReport
from kuleshov.media.probe import MediaInfo

_SECONDS_A_FRAME = 0.04  # where the file states no rate
_HOLE_SECONDS, _HOLE_STEPS = 1.0, 20  # a longer wait for the next frame is a hole in the recording
_CATCH_UP_SECONDS = 0.001  # between frames while stated times lag behind repaired ones


class FrameClock:
    """Gives each frame its time, in presentation order; repairs missing and falling times, and counts them."""

    def __init__(self, info: MediaInfo, report: DecodeReport) -> None:
        self._timeline = info.timeline
        self._step = float(1 / info.frame_rate) if info.frame_rate else _SECONDS_A_FRAME
        self._last_step = self._step
        self._previous: float | None = None
        self._stated: float | None = None  # the last time that a frame stated
        self._report = report

    def seconds(self, ticks: int | None) -> float:
        """Return the time of the next frame, whose PTS is ``ticks`` of the stream's time base, or unknown.

        A frame whose PTS is missing or falls gets the time of one frame after its predecessor; one whose PTS rises, but
        has not yet caught up with a time given so, follows closely on its predecessor.
        """
        stated = None if ticks is None else self._timeline.seconds(ticks)
        if stated is not None and (self._previous is None or stated > self._previous):
            seconds = stated
        else:
            self._report.repaired_timestamps += 1
            rises = stated is not None and self._stated is not None and stated > self._stated
            step = min(self._step, _CATCH_UP_SECONDS) if rises else self._step
            seconds = 0.0 if self._previous is None else self._previous + step
        if self._previous is not None and seconds - self._previous > max(_HOLE_SECONDS, _HOLE_STEPS * self._step):
            self._report.holes.append((self._previous + self._last_step, seconds))
        elif self._previous is not None:
            self._last_step = seconds - self._previous
        self._previous, self._stated = seconds, stated if stated is not None else self._stated
        return seconds
