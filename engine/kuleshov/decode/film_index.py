"""The frames of a film and their times, read from its packets without decoding: what makes frame numbers exact."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import MediaError
from kuleshov.media.packet_clock import WITHOUT_PTS, TimedPackets
from kuleshov.media.probe import MediaInfo, open_media


@dataclass(frozen=True)
class FilmIndex:
    """The frames that a player shows, in that order; ``N`` of them.

    - ``ticks``: int64 ``[N]``, rising: a frame's PTS in the stream's time base; decoding times where ``timed`` is false
    - ``seconds``: float64 ``[N]``, the same on the film's time line
    - ``key_ticks``: int64, rising: PTS of the key frames, including those that a player leaves out (edit lists)
    - ``timed``: whether frames can be identified by their PTS; else by counting alone (AVI, repaired clocks)
    """

    info: MediaInfo
    ticks: NDArray[np.int64]
    seconds: NDArray[np.float64]
    key_ticks: NDArray[np.int64]
    timed: bool

    def __len__(self) -> int:
        return len(self.ticks)

    def frame_at(self, seconds: float) -> int:
        """Return the number of the frame shown at a time; ``len(self)`` after the end of the film."""
        if seconds >= self._end_seconds():
            return len(self)
        return max(0, int(np.searchsorted(self.seconds, seconds, side="right")) - 1)

    def number_of(self, ticks: int | None) -> int | None:
        """Return the number of the frame with that PTS, ``None`` if there is no such frame."""
        if ticks is None:
            return None
        at = int(np.searchsorted(self.ticks, ticks))
        return at if at < len(self) and self.ticks[at] == ticks else None

    def key_before(self, number: int) -> int | None:
        """Return the PTS of the key frame from which decoding reaches frame ``number``; ``None``: from the start."""
        at = int(np.searchsorted(self.key_ticks, self.ticks[number], side="right")) - 1
        return int(self.key_ticks[at]) if self.timed and at >= 0 else None

    def starts(self, number: int) -> list[int | None]:
        """Return where to begin to read for a frame, best first: PTS of key frames, finally the film's start.

        A seek may end after its key frame if a container has no table of them, and the frames after a key frame may
        depend on earlier ones: then reading begins further back.
        """
        key = self.key_before(number)
        if key is None:
            return [None]
        earlier = self.key_ticks[self.key_ticks < key][-1:]
        return [key, *map(int, earlier), None]

    def _end_seconds(self) -> float:
        """The end of the film, if its last frame lasts as long as the one before."""
        last = self.seconds[-1]
        return float(last + (last - self.seconds[-2] if len(self) > 1 else 1.0))


def read_index(info: MediaInfo) -> FilmIndex:
    """Read all of a film's packets once and return its index. Takes seconds for a long film: keep it.

    A read error ends the index. Raises ``MediaError`` if no packet has a time.
    """
    import av

    shown: list[int | None] = []
    keys: list[int] = []
    decoding: list[int] = []
    with open_media(info.path) as container:
        stream: Any = container.streams[info.video_stream_index]
        packets = TimedPackets(
            container, stream, start_seconds=info.start_seconds, duration_seconds=info.duration_seconds
        )
        with suppress(av.error.FFmpegError, OSError):
            for packet in packets:
                if not packet.size:
                    continue
                if packet.is_keyframe and packet.pts is not None:
                    keys.append(packet.pts)
                if not packet.is_discard:
                    shown.append(packet.pts)
                    decoding.append(packet.dts if packet.dts is not None else packet.pts or 0)
        repaired = packets.report.wrong_stamps or packets.report.splices  # then frames' own stamps are others
    stamped = info.container not in WITHOUT_PTS and None not in shown
    ticks = np.unique(np.array(shown if stamped else decoding, dtype=np.int64))
    if not len(ticks):
        raise MediaError(info.path, "none of its video packets can be read", remedy="check the file")
    seconds = np.array([info.timeline.seconds(int(tick)) for tick in ticks])
    return FilmIndex(info, ticks, seconds, np.unique(np.array(keys, dtype=np.int64)), stamped and not repaired)
