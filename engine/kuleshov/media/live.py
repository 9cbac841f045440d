"""Live inputs: the packets of pictures, sound and subtitles as they arrive, each with its time of arrival.

A thread reads packets into a queue that never holds more than some seconds. One demuxer serves all streams.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kuleshov.errors import MediaError
from kuleshov.media.cues import show_at_once
from kuleshov.media.growing import GrowingFile
from kuleshov.media.probe import audio_track, choose_video, file_url, subtitle_track
from kuleshov.media.track_choice import audio_choice_notes, choose_audio_track, ranked_text_tracks

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet

#: What to do if processing falls behind: let the input wait, or skip a span of it.
Late = Literal["wait", "skip"]
#: Packets of an input that can't wait stay in the queue for this long; then a span is skipped.
HOLD_SECONDS = 4.0
_LONGEST_SKIP_SECONDS = 10.0  # some streams have no key frames
_HOLD_PACKETS = 64  # of an input that can wait
_HOLD_BYTES = 64 << 20
#: How much FFmpeg may read to find out what a live input is.
_PROBE_MICROSECONDS = "2000000"
_LOOK_EVERY_SECONDS = 0.2
_URL_SECONDS = 15.0  # a URL without data for longer has ended


@dataclass(frozen=True)
class Arrived:
    """A packet, and when it was read: seconds of ``time.monotonic``."""

    packet: Packet[Any]
    seconds: float


@dataclass(frozen=True)
class Skipped:
    """A span that was skipped because processing was slower than the input."""

    packets: int


class LiveInput:
    """Opens an input and reads it on a thread; iterate it for ``Arrived`` and ``Skipped``, in order.

    - ``source``: a file, a URL that FFmpeg opens, a device with its ``format``, ``-`` for standard input
    - ``follow_seconds``: how long to wait for more of a file that is still growing, or does not exist yet; for a URL
      over HTTP, how long to try to connect again
    - ``realtime``: packets come at the pace of their time stamps, as if the input were live
    - ``late``: ``"wait"`` lets the input wait while the queue is full; ``"skip"`` skips packets up to the next key
      frame. ``None``: skip if the input can't wait (devices, URLs that state no length, ``realtime``), else wait

    Raises ``MediaError`` if the input can't be opened, or has neither pictures nor sound.
    """

    def __init__(
        self,
        source: str,
        *,
        format: str | None = None,
        follow_seconds: float | None = None,
        realtime: bool = False,
        late: Late | None = None,
    ) -> None:
        self.source = source
        self.notes: list[str] = []
        self._realtime = realtime
        is_file = source != "-" and format is None and "://" not in source
        self._is_whole = is_file and follow_seconds is None
        self._stopped = threading.Event()
        self._waiting: deque[Arrived | Skipped | None] = deque()
        self._bytes = 0
        self._left_out = 0  # packets since the last one that was kept
        self._skips_since = 0.0
        self._changed = threading.Condition()
        self.container: InputContainer = _open(
            source, format=format, follow_seconds=follow_seconds, is_file=is_file, stopped=self._stopped
        )
        waits = source == "-" or is_file or (format is None and self.container.duration is not None)
        self.late: Late = late or ("wait" if waits and not realtime else "skip")
        self.video: Any = choose_video(self.container)
        sounds = [audio_track(stream) for stream in self.container.streams.audio if stream.codec_context is not None]
        sound = choose_audio_track(sounds)
        self.audio: Any = None if sound is None else self.container.streams[sound.stream_index]
        self.notes += audio_choice_notes(sounds)
        texts, _ = ranked_text_tracks(subtitle_track(stream) for stream in self.container.streams.subtitles)
        self.subtitles: Any = self.container.streams[texts[0].stream_index] if texts else None
        if self.subtitles is not None:
            show_at_once(self.subtitles)
        if self.video is None and self.audio is None:
            raise MediaError(source, "it has neither pictures nor sound", remedy="name a film or a sound file")
        self._thread = threading.Thread(target=self._read, name="kuleshov-live", daemon=True)

    def __iter__(self) -> Iterator[Arrived | Skipped]:
        self._thread.start()
        while True:
            with self._changed:
                while not self._waiting:
                    if self._stopped.is_set():
                        return
                    self._changed.wait(_LOOK_EVERY_SECONDS)
                item = self._waiting.popleft()
                if isinstance(item, Arrived):
                    self._bytes -= item.packet.size
                self._changed.notify_all()
            if item is None:
                return
            yield item

    @property
    def frame_rate(self) -> Fraction | None:
        """Frames a second, as the input states it."""
        rate = self.video.average_rate if self.video is not None else None
        return Fraction(rate) if rate else None

    @property
    def duration_seconds(self) -> float | None:
        """How long a file is that does not grow any more, as it states; ``None`` for all other inputs."""
        duration = self.container.duration if self._is_whole else None
        return duration / 1_000_000 if duration else None

    def to_json(self) -> dict[str, Any]:
        """Return a description of the input as plain data."""
        return {
            "format": self.container.format.name,
            "video": self.video
            and {
                "stream": self.video.index,
                "codec": self.video.codec_context.name,
                "width": self.video.width,
                "height": self.video.height,
            },
            "audio": self.audio and asdict(audio_track(self.audio)),
            "subtitles": self.subtitles and asdict(subtitle_track(self.subtitles)),
            "late": self.late,
        }

    def stop(self) -> None:
        """Stop reading: iteration ends with what has been read. May be called from a signal handler."""
        self._stopped.set()

    def close(self) -> None:
        """Stop reading. An input that blocks (a silent URL) is closed when data arrives next."""
        self.stop()
        if self._thread.is_alive():
            self._thread.join(timeout=1.0)
        if not self._thread.is_alive():
            self.container.close()

    def _read(self) -> None:
        import av

        streams = [stream for stream in (self.video, self.audio, self.subtitles) if stream is not None]
        began: tuple[float, float] | None = None
        try:
            for packet in self.container.demux(streams):
                if self._stopped.is_set():
                    break
                if not packet.size:
                    continue
                if self._realtime and packet.dts is not None:
                    due = float(packet.dts * packet.time_base)
                    began = began or (due, time.monotonic())
                    self._stopped.wait(max(0.0, began[1] + due - began[0] - time.monotonic()))
                self._put(Arrived(packet, time.monotonic()))
        except (av.error.FFmpegError, OSError) as error:
            self.notes.append(f"reading stopped: {getattr(error, 'strerror', None) or error}")
        finally:
            with self._changed:
                self._waiting.append(None)
                self._changed.notify_all()

    def _put(self, arrived: Arrived) -> None:
        with self._changed:
            if self.late == "wait":
                while not self._stopped.is_set() and (len(self._waiting) >= _HOLD_PACKETS or self._bytes > _HOLD_BYTES):
                    self._changed.wait(_LOOK_EVERY_SECONDS)
            elif self._skips(arrived):
                return
            self._waiting.append(arrived)
            self._bytes += arrived.packet.size
            self._changed.notify_all()

    def _skips(self, arrived: Arrived) -> bool:
        """Return whether to skip a packet. A queue that has waited too long is cleared, up to the next key frame."""
        if not self._left_out:
            oldest = next((item for item in self._waiting if isinstance(item, Arrived)), None)
            if oldest is None or (self._bytes <= _HOLD_BYTES and arrived.seconds - oldest.seconds <= HOLD_SECONDS):
                return False
            self._left_out = sum(item.packets if isinstance(item, Skipped) else 1 for item in self._waiting if item)
            self._waiting.clear()
            self._bytes = 0
            self._skips_since = arrived.seconds
        begins = self.video is None or (arrived.packet.stream is self.video and arrived.packet.is_keyframe)
        if not begins and arrived.seconds - self._skips_since < _LONGEST_SKIP_SECONDS:
            self._left_out += 1
            return True
        self._waiting.append(Skipped(self._left_out))
        self._left_out = 0
        return False


def _open(
    source: str, *, format: str | None, follow_seconds: float | None, is_file: bool, stopped: threading.Event
) -> InputContainer:
    import av

    options: dict[str, str] = {}
    file: Any = "pipe:0" if source == "-" else file_url(source) if is_file else source
    if is_file and follow_seconds is not None:
        file = GrowingFile(Path(source), patience_seconds=follow_seconds, stopped=stopped.is_set)
    elif is_file and not Path(source).is_file():
        raise MediaError(source, "no such file", remedy="check the path; --follow waits for one that is still to come")
    if not is_file or follow_seconds is not None:
        options["analyzeduration"] = _PROBE_MICROSECONDS
    if source.startswith(("http://", "https://")) and follow_seconds is not None:
        options |= {"reconnect": "1", "reconnect_streamed": "1", "reconnect_delay_max": f"{follow_seconds:.0f}"}
    timeout = None if is_file or source == "-" or format else follow_seconds or _URL_SECONDS
    try:
        container: InputContainer = av.open(
            file, format=format, options=options, timeout=timeout, metadata_errors="replace"
        )
    except (av.error.FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MediaError(source, f"can't be opened: {reason}", remedy="check that FFmpeg can play it") from error
    return container
