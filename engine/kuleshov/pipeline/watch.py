"""A live film, window by window: what ``analyze`` measures of shots, measured of every two seconds as they arrive.

The same decoding, kernels, meters and grammar run as in ``analyze``, but only the past is known: emotion is judged
against the reference and the windows before, sound by its last minute, bars by the frames so far. Transitions are
reported when the detector is certain of them, some seconds late.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from kuleshov.cinema.detectors import open_detectors
from kuleshov.cinema.hearing.live import LiveHearing
from kuleshov.cinema.tracks import Tracks
from kuleshov.decode.live import LivePictures
from kuleshov.emotion.grammars import load_grammars
from kuleshov.errors import SettingError
from kuleshov.media.live import Arrived, LiveInput, Skipped
from kuleshov.media.live_sound import LiveSound
from kuleshov.media.timeline import Timeline
from kuleshov.media.tone import measured_coding
from kuleshov.pipeline.job.settings import Settings
from kuleshov.pipeline.live_window import FoundShot, WatchedWindow, WindowDescriber, WindowPictures, measured_attributes
from kuleshov.pipeline.live_words import LiveWords
from kuleshov.pipeline.stages.frames import FrameMeter

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from kuleshov.cinema.detectors import LiveDetector

LONGEST_WINDOW_SECONDS, SHORTEST_WINDOW_SECONDS = 2.0, 0.5
#: A stream that is this far behind the other is no longer waited for.
_PATIENCE_SECONDS = 1.0
_BATCH_FRAMES = 8  # few, so that little remains to be done when a window ends
_KEPT_FRAME_TIMES = 8192  # as far back as the detector reports, at any frame rate
_LEAST_SOUND_SECONDS = 0.1  # without pictures, a shorter end is padding by the sound's encoder
_KEPT_LATENCIES = 10_000


@dataclass(frozen=True)
class WatchedGap:
    """A span that was skipped because processing was slower than the input."""

    start_seconds: float
    end_seconds: float
    packets: int

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"type": "gap", "reason": "processing was slower than the input", **asdict(self)}


class Summary:
    """How watching went: how much was watched and skipped, how late the windows were, what it cost."""

    def __init__(self) -> None:
        self._latencies: deque[float] = deque(maxlen=_KEPT_LATENCIES)
        self._windows, self._seconds, self._skipped_seconds, self._skipped_packets = 0, 0.0, 0.0, 0
        self._began = time.monotonic(), time.process_time()

    def add(self, item: WatchedWindow | WatchedGap) -> None:
        """Count what was reported."""
        if isinstance(item, WatchedGap):
            self._skipped_seconds += item.end_seconds - item.start_seconds
            self._skipped_packets += item.packets
            return
        self._windows += 1
        self._seconds += item.window.duration_seconds
        self._latencies.append(item.latency_seconds)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data; percentiles are those of the last ``_KEPT_LATENCIES`` windows."""
        wall, cpu = time.monotonic() - self._began[0], time.process_time() - self._began[1]
        latencies = sorted(self._latencies)
        p50, p95 = (float(np.percentile(latencies, rank)) if latencies else None for rank in (50, 95))
        return {
            "windows": self._windows,
            "seconds": self._seconds,
            "skipped_seconds": self._skipped_seconds,
            "skipped_packets": self._skipped_packets,
            "latency_p50_seconds": p50,
            "latency_p95_seconds": p95,
            "latency_max_seconds": latencies[-1] if latencies else None,
            "wall_seconds": wall,
            "cpu_seconds": cpu,
            "cpu_load": cpu / wall if wall else None,
        }


class LiveWatch:
    """Watches an input; iterate it for ``WatchedWindow`` and ``WatchedGap``, in order. ``stop()`` ends it cleanly.

    Windows are ``window_seconds`` long and begin at multiples of that on the input's time line, which starts at 0; the
    last one ends with the input. A window in which nothing arrived is left out. Raises ``SettingError`` for a window
    length that is not allowed, or a shot detector that can't be used live.
    """

    def __init__(
        self, live: LiveInput, *, settings: Settings | None = None, window_seconds: float = LONGEST_WINDOW_SECONDS
    ) -> None:
        settings = settings or Settings()
        if not SHORTEST_WINDOW_SECONDS <= window_seconds <= LONGEST_WINDOW_SECONDS:
            raise SettingError(
                f"a window of {window_seconds:g} s; allowed: {SHORTEST_WINDOW_SECONDS:g} to {LONGEST_WINDOW_SECONDS:g}"
            )
        detectors = open_detectors(settings.shots, sensitivity=settings.sensitivity)
        if detectors.for_stream is None:
            raise SettingError(f"shot detector {settings.shots!r} needs the whole film; use cascade or off")
        self._detector: LiveDetector = detectors.for_stream()
        self._live = live
        self._window_seconds = window_seconds
        self._describer = WindowDescriber(load_grammars(settings.grammar).usual)
        start = Fraction(live.container.start_time or 0, 1_000_000)
        self._start = start
        self._pictures = (
            LivePictures(live.container, live.video, source=live.source, width=settings.analysis_width)
            if live.video is not None
            else None
        )
        self._sound = LiveSound(live.audio, start_seconds=start) if live.audio is not None else None
        self._hearing = LiveHearing()
        self.notes: list[str] = []
        self._words = LiveWords(live, start)
        self._meter = FrameMeter()
        self._open: deque[WindowPictures] = deque()
        self._decoded_seconds = -np.inf
        self._frames = 0
        self._frame_seconds: deque[float] = deque(maxlen=_KEPT_FRAME_TIMES)
        self._arrivals: dict[int, float] = {}
        self._incomparable: deque[int] = deque(maxlen=8)  # frames not comparable with the one before: no cuts
        self._gap: tuple[float, int] | None = None
        self._next_index = -(1 << 62)
        self._ended = False

    def stop(self) -> None:
        """End with what has been read. May be called from a signal handler."""
        self._live.stop()

    def __iter__(self) -> Iterator[WatchedWindow | WatchedGap]:
        try:
            for item in self._live:
                if isinstance(item, Skipped):
                    yield from self._close(None)
                    self._gap = (self._content_end(), item.packets)
                    continue
                yield from self._take(item)
                yield from self._close(self._complete_seconds())
            yield from self._finish()
        finally:
            self._live.close()
            self.notes += self._live.notes
            if self._pictures is not None:
                self._pictures.report.close()
                self.notes += self._pictures.report.notes

    def _take(self, arrived: Arrived) -> Iterator[WatchedGap]:
        packet = arrived.packet
        ticks = packet.dts if packet.pts is None else packet.pts
        if ticks is not None and packet.time_base is not None:
            seconds = Timeline(packet.time_base, self._start).seconds(ticks)
            index = max(self._index(seconds), self._next_index)
            self._arrivals[index] = max(self._arrivals.get(index, 0.0), arrived.seconds)
            if self._gap is not None:
                before, packets = self._gap
                self._gap = None
                self._restart_meter()
                yield WatchedGap(before, seconds, packets)
        stream = packet.stream
        if self._pictures is not None and stream is self._live.video:
            for frame, seconds in self._pictures.decode(packet):
                self._place(frame, seconds)
        elif self._sound is not None and stream is self._live.audio:
            for block in self._sound.decode(packet):
                self._hearing.push(block)
        else:
            self._words.push(packet)

    def _place(self, frame: VideoFrame, seconds: float) -> None:
        """Put a frame into its window."""
        assert self._pictures is not None
        pictures = self._pictures
        index = max(self._index(seconds), self._next_index)
        if not self._open or index > self._open[-1].index:
            if self._open:
                self._measure(self._open[-1])
            self._meter = self._meter.following()
            if pictures.adopt_area():
                self.notes.append(f"from {seconds:.1f} s on the picture is {pictures.area}: x, y, width, height")
                self._restart_meter()
            assert pictures.info is not None
            self._arrivals.setdefault(index, time.monotonic())  # no packet stated a repaired time stamp
            self._open.append(
                WindowPictures(
                    index, self._meter, first_frame=self._frames, coding=measured_coding(pictures.info.color)
                )
            )
        pictures.check_bars(frame, seconds)
        window = self._open[-1]
        window.waiting.append(pictures.shrink(frame, seconds))
        self._frames += 1
        self._frame_seconds.append(seconds)
        self._decoded_seconds = seconds
        if len(window.waiting) == _BATCH_FRAMES:
            self._measure(window)

    def _measure(self, window: WindowPictures) -> None:
        if not window.waiting:
            return
        assert self._pictures is not None
        batch = self._pictures.batch(window.waiting, first=window.count)
        window.count += len(window.waiting)
        window.waiting = []
        for frames, evidence in window.meter.push(batch):
            self._detector.push(frames, evidence)

    def _restart_meter(self) -> None:
        """Measure the next frame without comparing it with the last one."""
        self._meter = FrameMeter()
        self._incomparable.append(self._frames)

    def _index(self, seconds: float) -> int:
        return int(np.floor(seconds / self._window_seconds))

    def _decoded_until(self) -> list[float]:
        """The times up to which pictures and sound are decoded."""
        pictures = [] if self._pictures is None else [self._decoded_seconds]
        return pictures if self._sound is None else [*pictures, self._sound.end_seconds]

    def _complete_seconds(self) -> float:
        """The time before which nothing more arrives, or is waited for."""
        decoded = self._decoded_until()
        return max(min(decoded), max(decoded) - _PATIENCE_SECONDS)

    def _finish(self) -> Iterator[WatchedWindow]:
        if self._pictures is not None:
            for frame, seconds in self._pictures.decode(None):
                self._place(frame, seconds)
        if self._sound is not None:
            for block in self._sound.decode(None):
                self._hearing.push(block)
        if self._open:
            self._measure(self._open[-1])
        self._ended = True
        yield from self._close(None)

    def _close(self, until_seconds: float | None) -> Iterator[WatchedWindow]:
        """Yield the windows that end by then; ``None``: all windows in which anything arrived."""
        for index in sorted(self._arrivals):
            if until_seconds is not None and (index + 1) * self._window_seconds > until_seconds:
                return
            arrived_seconds = self._arrivals.pop(index)
            self._next_index = max(self._next_index, index + 1)
            pictures = self._open.popleft() if self._open and self._open[0].index <= index else None
            if pictures is not None:
                self._measure(pictures)
            start_seconds, end_seconds = index * self._window_seconds, (index + 1) * self._window_seconds
            if until_seconds is None:
                end_seconds = min(end_seconds, self._content_end())
            if pictures or (self._sound and end_seconds - start_seconds >= _LEAST_SOUND_SECONDS):
                yield self._describe(pictures, index, start_seconds, end_seconds, arrived_seconds)

    def _content_end(self) -> float:
        steps = np.diff(list(self._frame_seconds)[-10:])
        frame_seconds = float(np.median(steps)) if len(steps) else 0.0
        return max(
            decoded + (frame_seconds if decoded == self._decoded_seconds else 0.0) for decoded in self._decoded_until()
        )

    def _describe(
        self,
        pictures: WindowPictures | None,
        index: int,
        start_seconds: float,
        end_seconds: float,
        arrived_seconds: float,
    ) -> WatchedWindow:
        if self._sound is not None:
            for block in self._sound.flush():
                self._hearing.push(block)
        transitions = self._found_shots()
        for shot in transitions:
            self._describer.shot_began(shot.end_seconds)
        window = self._describer.describe(
            pictures,
            self._hearing.tracks(end_seconds=end_seconds) if self._sound else Tracks(),
            self._words.around(end_seconds),
            index=index,
            start_seconds=start_seconds,
            end_seconds=end_seconds,
        )
        return WatchedWindow(
            window=window,
            frames=pictures.count if pictures else 0,
            attributes=measured_attributes(window),
            found_shots=transitions,
            latency_seconds=time.monotonic() - arrived_seconds,
        )

    def _found_shots(self) -> list[FoundShot]:
        transitions = self._detector.finish() if self._ended else self._detector.settled()
        first = self._frames - len(self._frame_seconds)
        shots = []
        for transition in transitions:
            start, end = transition.start_frame, transition.end_frame
            if start < first or any(start < frame <= end for frame in self._incomparable):
                continue
            end_seconds = self._frame_seconds[end - first]
            shots.append(
                FoundShot(
                    type=transition.type,
                    start_seconds=self._frame_seconds[start - first],
                    end_seconds=end_seconds,
                    confidence=transition.confidence,
                    delay_seconds=self._decoded_seconds - end_seconds,
                )
            )
        return shots
