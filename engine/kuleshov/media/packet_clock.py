"""One time line for the pictures and the sound of a file: packets in, the same packets with time stamps that can be.

What files do wrong, and what is made of it:

- single stamps that lie far off while those around them agree: replaced, by the time between their neighbours;
- a clock that falls back and goes on from there (streams put end to end): what follows is laid on the end;
- a clock that jumps ahead for good: in formats whose clock may be spliced (MPEG transport and program streams) a jump
  of more than ``SPLICE_SECONDS`` is a splice, as FFmpeg takes it, and what follows is laid on the end. A smaller one,
  and any in other formats, is a hole in the recording and stays, unless it leads beyond the length of the file.

A stamp is judged by the ``_AHEAD`` packets after it: more of them near the old line than near the new one make it a
single stamp. In spliced formats sound moves by as much as the pictures at the same splice, so that they stay in step;
both passes over such a film must read all its streams.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

SPLICE_SECONDS = 10.0
_MOST_WAITING = 500  # packets of sound that wait for the pictures to come to the same splice
_REORDERED = 17  # frames that a decoder may hold back, and the one after
_FEW = 3  # packets that may come between one and those shown before it
_AHEAD = 12  # packets: more than a decoder reorders, and than a burst of wrong stamps holds
_LEAST_BAND_SECONDS, _BAND_STEPS = 1.0, 20  # how far stamps in coding order lie from one another
_SAME_SPLICE_SECONDS = 2.0  # by so much the streams of a film disagree about one splice
_TOLD = 3  # events that a note names
_TS_DISCONT = 0x0200  # AVFMT_TS_DISCONT of libavformat
_USUAL_STEP_SECONDS = 0.04
#: Containers without presentation times. FFmpeg guesses them, and is wrong on packed B-frames; but the n-th frame shown
#: has the decoding time of the n-th packet, which the container does hold.
WITHOUT_PTS = frozenset({"avi"})


def is_spliced_format(container: Any) -> bool:
    """Return whether the clock of an open file's format may begin anew on the way."""
    return bool(container.format.flags & _TS_DISCONT)


@dataclass
class ClockReport:
    """What was repaired in one stream, by seconds on the film's time line."""

    wrong_stamps: list[tuple[float, float]] = field(default_factory=list)  # when, and how far off
    splices: list[tuple[float, float]] = field(default_factory=list)  # when, and by how much the clock jumped

    @property
    def notes(self) -> list[str]:
        """What to tell of the stream."""
        notes = []
        if self.wrong_stamps:
            listed = first_few([f"{at:.2f} s ({off:+.1f} s)" for at, off in self.wrong_stamps])
            notes.append(f"{len(self.wrong_stamps)} wrong time stamp(s) repaired: {listed}")
        if self.splices:
            listed = first_few([f"{at:.2f} s ({jump:+.1f} s)" for at, jump in self.splices])
            notes.append(f"its clock jumps {len(self.splices)} time(s), what follows is laid on the end: {listed}")
        return notes


def first_few(texts: list[str]) -> str:
    """Return the first of some texts, as a list."""
    return ", ".join(texts[:_TOLD]) + (", ..." if len(texts) > _TOLD else "")


class PacketClock:
    """Repairs the time stamps of the packets of some streams of one file; give it all of them in the file's order.

    ``start_seconds`` is the film's zero, ``duration_seconds`` the length that the file states, if any; ``spliced``
    whether the format's clock may begin anew (``is_spliced_format``). Packets come out a few later than they went in,
    those of one stream in their order. ``reports`` are by the streams' index.
    """

    def __init__(self, *, start_seconds: Fraction | float, duration_seconds: float | None, spliced: bool) -> None:
        self.reports: dict[int, ClockReport] = {}
        self._start_seconds = float(start_seconds)
        self._end_seconds = None if duration_seconds is None else self._start_seconds + duration_seconds
        self._spliced = spliced
        self._streams: dict[int, _StreamClock] = {}
        self._splices: list[tuple[float, float]] = []  # (jump, shift after it), in order, of the film
        self._finished = False

    def repaired(self, packets: Iterable[Any]) -> Iterator[Any]:
        """Yield the packets with repaired ``pts`` and ``dts``; those without data (they end a stream) come last."""
        closing = []
        for packet in packets:
            if not packet.size:
                closing.append(packet)
                continue
            yield from self.push(packet)
        yield from self.finish()
        yield from closing

    def push(self, packet: Any) -> list[Any]:
        """Take the next packet; return those that are ready now."""
        index = packet.stream.index
        if index not in self._streams:
            self.reports[index] = ClockReport()
            self._streams[index] = _StreamClock(packet, spliced=self._spliced)
        self._streams[index].waiting.append(packet)
        return self._ready(keep=_AHEAD)

    def finish(self) -> list[Any]:
        """Return the packets that are left at the end."""
        self._finished = True
        return self._ready(keep=0)

    def _ready(self, *, keep: int) -> list[Any]:
        ready = []
        for index, stream in sorted(self._streams.items(), key=lambda item: not item[1].video):
            while len(stream.waiting) > keep and (packet := self._repair(stream, index)) is not None:
                ready.append(packet)
        return ready

    def _repair(self, stream: _StreamClock, index: int) -> Any:
        """The stream's next packet; ``None`` where it must wait for the pictures to come to the same splice."""
        packet = stream.waiting.popleft()
        if packet.pts is None:
            return stream.shifted(packet)
        report, base = self.reports[index], stream.base_seconds
        step = stream.step_seconds(packet)
        band = max(_LEAST_BAND_SECONDS, _BAND_STEPS * step)
        mark = stream.mark(packet)
        ahead = [stream.mark(other) for other in stream.waiting if other.pts is not None]
        if stream.by_dts and abs(packet.pts * base - mark) > band:
            stamps = [other.pts * base for other in stream.waiting if other.pts is not None]
            if sum(abs(other - packet.pts * base) <= band for other in stamps) <= _FEW:
                return self._replace(stream, report, packet, step)
        # Where the stream's clock should be now; at the start, where the packets that follow say.
        line = stream.front if stream.front is not None else _middle(ahead, mark)
        falls = stream.front is not None and (
            mark < stream.floor - band or (stream.ordered and mark < stream.front - 1.5 * step)
        )
        if falls:
            agree = sum(other >= line - (0 if stream.ordered else band) for other in ahead)
            wrong = agree >= len(ahead) / 2
        else:
            low = line if stream.ordered and stream.front is not None else -math.inf
            agree = sum(low < other < mark - (0 if stream.ordered else band) for other in ahead)
            wrong = agree > len(ahead) / 2 and (stream.ordered or agree > _FEW)
        if wrong:
            return self._replace(stream, report, packet, step)
        if stream.front is not None and (falls or self._is_splice(mark, mark - line)):
            if self._waits(stream):
                stream.waiting.appendleft(packet)
                return None
            expected = stream.front + step
            report.splices.append((expected + stream.shift - self._start_seconds, mark - expected))
            self._splice(stream, mark - expected)
            stream.begin_anew()
        stream.advance(mark)
        return stream.shifted(packet)

    def _waits(self, stream: _StreamClock) -> bool:
        """Whether a stream of sound has come to a splice before the pictures, which say how far all move."""
        before_pictures = any(other.video and other.passed <= stream.passed for other in self._streams.values())
        return (
            self._spliced
            and not stream.video
            and before_pictures
            and stream.passed == len(self._splices)
            and len(stream.waiting) < _MOST_WAITING
            and not self._finished
        )

    def _is_splice(self, stamp: float, jump: float) -> bool:
        if self._spliced:
            return jump > SPLICE_SECONDS
        return self._end_seconds is not None and stamp > self._end_seconds + SPLICE_SECONDS

    def _splice(self, stream: _StreamClock, jump: float) -> None:
        """Move a stream to the line after a splice: that of the film where another stream has met it before."""
        if stream.passed < len(self._splices):
            known, shift = self._splices[stream.passed]
            if abs(known - jump) <= _SAME_SPLICE_SECONDS:
                stream.passed += 1
                stream.shift = shift
                return
        stream.shift -= jump
        if self._spliced and stream.passed == len(self._splices):
            self._splices.append((jump, stream.shift))
            stream.passed += 1

    def _replace(self, stream: _StreamClock, report: ClockReport, packet: Any, step: float) -> Any:
        """Give a packet the time between its neighbours; where packets are reordered, the decoder's order tells it."""
        base = stream.base_seconds
        ahead = [stream.mark(other) for other in stream.waiting if other.pts is not None]
        if stream.front is None:
            right = min(ahead, default=packet.pts * base) - step
        else:
            right = stream.front + step
            after = min((other for other in ahead if other > stream.front), default=None)
            if after is not None and after <= right:
                right = (stream.front + after) / 2
        report.wrong_stamps.append((right + stream.shift - self._start_seconds, packet.pts * base - right))
        packet.dts = None
        if stream.reorders:
            packet.pts = None
        else:
            packet.pts = round((right + stream.shift) / base)
            stream.advance(right)
        return packet


class TimedPackets:
    """The packets of one stream of an open file, with repaired time stamps; iterate it, then ask ``report``.

    Where the format's clock may be spliced, the packets of all its pictures and sound are read. A read error is raised
    after the packets that were read before it. AVI files hold no stamps: their packets stay as they are.
    """

    def __init__(
        self, container: Any, stream: Any, *, start_seconds: Fraction | float, duration_seconds: float | None
    ) -> None:
        self._container, self._stream = container, stream
        self._clock = PacketClock(
            start_seconds=start_seconds, duration_seconds=duration_seconds, spliced=is_spliced_format(container)
        )

    @property
    def report(self) -> ClockReport:
        """What was repaired so far."""
        return self._clock.reports.get(self._stream.index) or ClockReport()

    def __iter__(self) -> Iterator[Any]:
        import av

        streams, errors = [self._stream], []
        if is_spliced_format(self._container):
            streams = [other for other in self._container.streams if other.type in ("video", "audio")]

        def readable() -> Iterator[Any]:
            try:
                yield from self._container.demux(streams)
            except (av.error.FFmpegError, OSError) as error:
                errors.append(error)

        packets = readable()
        for packet in packets if self._container.format.name in WITHOUT_PTS else self._clock.repaired(packets):
            if packet.stream.index == self._stream.index:
                yield packet
        if errors:
            raise errors[0]


class _StreamClock:
    """One stream on its way, by the *marks* of its packets: their stamps, or decoding times where those are coded.

    ``front`` is the latest mark so far, ``floor`` the least that a packet may have which a decoder reorders; ``shift``
    is what is added to stamps since the last splice.
    """

    def __init__(self, packet: Any, *, spliced: bool) -> None:
        stream = packet.stream
        self.base_seconds = float(packet.time_base)
        self.waiting: deque[Any] = deque()
        self.front: float | None = None
        self.shift = 0.0
        self.passed = 0  # splices of the film
        self.video = stream.type == "video"
        rate = stream.average_rate if self.video else None
        self._step = float(1 / rate) if rate else _USUAL_STEP_SECONDS
        self.reorders = self.video and bool(stream.codec_context.has_b_frames)
        self.by_dts = self.reorders and spliced
        self.ordered = self.by_dts or not self.reorders
        self._latest: list[float] = []  # marks, falling

    @property
    def floor(self) -> float:
        assert self.front is not None
        return self.front if self.ordered else self._latest[-1]

    def mark(self, packet: Any) -> float:
        """Where a packet stands on the stream's clock, in seconds."""
        ticks = packet.dts if self.by_dts and packet.dts is not None else packet.pts
        return float(ticks * self.base_seconds)

    def step_seconds(self, packet: Any) -> float:
        """How long a packet lasts."""
        return float(packet.duration * self.base_seconds) if packet.duration else self._step

    def begin_anew(self) -> None:
        self.front, self._latest = None, []

    def advance(self, mark: float) -> None:
        self.front = mark if self.front is None else max(self.front, mark)
        self._latest = sorted([*self._latest, mark], reverse=True)[:_REORDERED]

    def shifted(self, packet: Any) -> Any:
        """The packet on the film's line."""
        if self.shift:
            ticks = round(self.shift / self.base_seconds)
            packet.pts = None if packet.pts is None else packet.pts + ticks
            packet.dts = None if packet.dts is None else packet.dts + ticks
        return packet


def _middle(stamps: list[float], default: float) -> float:
    return sorted(stamps)[len(stamps) // 2] if stamps else default
