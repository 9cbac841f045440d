"""The sound of a film as blocks of samples, streamed.

``audio_blocks`` yields them; ``AudioReader`` also says what was wrong with the track.
Samples are float32 ``[channels, n]`` at 48 kHz in the track's own channel layout, full scale = 1.0 (decoders of lossy
codecs may overshoot it). Times are seconds on the film's time line: stream time minus the container's start time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import MediaError
from kuleshov.media.packet_clock import TimedPackets, is_spliced_format
from kuleshov.media.probe import open_media
from kuleshov.media.timeline import Timeline

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.container import InputContainer

SAMPLE_RATE = 48_000
_SAMPLE_SECONDS = Fraction(1, SAMPLE_RATE)
#: A block ends when it holds this much, and up to one decoder frame more.
BLOCK_SECONDS = 1.0
#: Timestamps that are off by less than this are jitter (Matroska rounds to 1 ms, AVI to a frame); more is a gap.
GAP_SECONDS = 0.1
#: The meaning of unnamed channels (often in PCM): FFmpeg's default layouts.
_LAYOUTS = {
    f"{count} channels": layout
    for count, layout in enumerate(("mono", "stereo", "2.1", "4.0", "5.0", "5.1", "6.1", "7.1"), start=1)
}
#: 24 dB above full scale, which only damaged packets of a float codec reach.
_HIGHEST_SAMPLE = 16.0


@dataclass(frozen=True)
class AudioBlock:
    """Consecutive samples: float32 ``[channels, n]`` at 48 kHz, the first at ``start_seconds`` of the film."""

    samples: NDArray[np.float32]
    start_seconds: float
    layout: str  # channel layout as FFmpeg names it: "stereo", "5.1"

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.dtype != np.float32:
            raise ValueError(
                f"samples are {self.samples.dtype} {self.samples.shape}; they must be float32 [channels, n]"
            )

    @property
    def seconds(self) -> float:
        """The duration of the block."""
        return float(self.samples.shape[1] / SAMPLE_RATE)

    def __repr__(self) -> str:
        return f"AudioBlock({self.layout}, {self.seconds:.3f} s from {self.start_seconds:.3f} s)"


def audio_blocks(path: Path, *, stream_index: int, start_seconds: Fraction | float) -> Iterator[AudioBlock]:
    """Yield the sound of one track. See ``AudioReader``, which also says what was damaged."""
    return iter(AudioReader(path, stream_index=stream_index, start_seconds=start_seconds))


class AudioReader:
    """Reads one sound track block by block; iterate it, then read ``notes``.

    ``start_seconds`` is the container's start time. A gap in the track's timestamps shows as a block that starts later
    than the one before ended; times may also step back if the file says so. Packets that can't be decoded are left out
    and counted. A track without a decoder, or one that breaks off, is no error: it ends there, and ``notes`` says so.
    Memory: about one block, whatever the length. Raises ``MediaError`` (on iteration) if the file can't be opened
    or ``stream_index`` is no sound track of it.
    """

    def __init__(self, path: Path, *, stream_index: int, start_seconds: Fraction | float) -> None:
        self.path = path
        self.stream_index = stream_index
        self.start_seconds = start_seconds
        self.damaged_packets = 0
        self._joiner = SoundJoiner(start_seconds=start_seconds)
        self._remarks: list[str] = []

    @property
    def damaged_samples(self) -> int:
        """Samples that were replaced because they were NaN or impossibly large."""
        return self._joiner.damaged_samples

    @property
    def format_changes(self) -> int:
        """How often channels or sample rate changed within the track."""
        return self._joiner.format_changes

    @property
    def notes(self) -> list[str]:
        """What was wrong with the track as far as it was read, for the film's provenance."""
        notes = list(self._remarks)
        for count, what in (
            (self.damaged_packets, "damaged packet(s) left out"),
            (self.damaged_samples, "impossible sample(s) replaced by silence"),
            (self.format_changes, "change(s) of channels or sample rate on the way; the first format is kept"),
        ):
            if count:
                notes.append(f"{count} {what}")
        return [f"sound track {self.stream_index}: {note}" for note in notes]

    def __iter__(self) -> Iterator[AudioBlock]:
        self.damaged_packets = 0
        self._joiner = SoundJoiner(start_seconds=self.start_seconds)
        self._remarks = []
        with open_media(self.path) as container:
            for frame in self._decoded(container):
                yield from self._joiner.push(frame)
            yield from self._joiner.finish()

    def _decoded(self, container: InputContainer) -> Iterator[AudioFrame]:
        import av
        from av.stream import Discard

        stream: Any = next((s for s in container.streams.audio if s.index == self.stream_index), None)
        if stream is None:
            there = ", ".join(str(s.index) for s in container.streams.audio) or "none"
            raise MediaError(
                self.path, f"stream {self.stream_index} is no sound track", remedy=f"sound tracks: {there}"
            )
        if stream.codec_context is None:
            self._remarks.append("no decoder for its codec")
            return
        if not is_spliced_format(container):
            for other in container.streams:
                if other.index != self.stream_index:
                    other.discard = Discard.all  # lets the demuxer skip the picture instead of reading it
        duration_seconds = container.duration / 1_000_000 if container.duration else None
        timed = TimedPackets(container, stream, start_seconds=self.start_seconds, duration_seconds=duration_seconds)
        packets = iter(timed)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                self._remarks += timed.report.notes
                return
            except av.error.FFmpegError as error:
                self._remarks.append(f"the file can't be read on from here: {error.strerror}")
                return
            try:
                frames = stream.decode(packet)
            except av.error.FFmpegError:
                self.damaged_packets += 1
                continue
            for frame in frames:
                self.damaged_packets += frame.is_corrupt
                yield frame


class SoundJoiner:
    """Joins decoder frames to blocks at 48 kHz: 50 calls a second would cost more than the arithmetic of an analysis.

    ``start_seconds`` is the container's start time. The first frame's channel layout is kept; broadcasts change it in
    mid-stream.
    """

    def __init__(self, *, start_seconds: Fraction | float) -> None:
        self.damaged_samples = 0  # NaN or impossibly large: replaced
        self.format_changes = 0
        self._start_seconds = Fraction(start_seconds)
        self._resampler: Any = None
        self._shape: tuple[str, str, int] | None = None
        self._layout = ""
        self._timeline: Timeline | None = None  # of the resampler's frames
        self._ticks_are_samples = False
        self._next_pts: int | None = None  # of a frame without a gap before it, if ticks are samples
        self._pieces: list[NDArray[np.float32]] = []  # of each frame: float32 ``[n, channels]``
        self._begins, self._length = 0.0, 0

    @property
    def end_seconds(self) -> float:
        """The end of the last frame."""
        return self._begins + self._length / SAMPLE_RATE

    def push(self, frame: AudioFrame) -> list[AudioBlock]:
        """Add the next frame; return the blocks that are full, or end at a gap."""
        blocks = []
        if (now := (frame.format.name, frame.layout.name, frame.sample_rate)) != self._shape:
            blocks = self._change_format(frame)
            self._shape = now
        for resampled in self._resampler.resample(frame):
            blocks += self._join(resampled)
        return blocks

    def flush(self) -> list[AudioBlock]:
        """Return the samples that have not been returned yet, except those inside the resampler."""
        if not self._pieces:
            return []
        samples = np.ascontiguousarray(np.concatenate(self._pieces).T)
        if not max(samples.max(), -samples.min()) <= _HIGHEST_SAMPLE:  # written so that NaN fails it
            bad = ~(np.abs(samples) <= _HIGHEST_SAMPLE)
            self.damaged_samples += int(bad.sum())
            samples[bad] = 0.0
        block = AudioBlock(samples, self._begins, _LAYOUTS.get(self._layout, self._layout))
        self._begins, self._length, self._pieces = self.end_seconds, 0, []
        return [block]

    def finish(self) -> list[AudioBlock]:
        """Return the last blocks of the track."""
        return self._drain() + self.flush()

    def _change_format(self, frame: AudioFrame) -> list[AudioBlock]:
        from av.audio.resampler import AudioResampler

        blocks = self._drain()
        self.format_changes += self._resampler is not None
        self._layout = self._layout or frame.layout.name
        self._resampler = AudioResampler(format="flt", layout=self._layout, rate=SAMPLE_RATE)
        self._timeline = self._next_pts = None
        return blocks

    def _drain(self) -> list[AudioBlock]:
        """The samples inside the resampler."""
        if self._resampler is None:
            return []
        return [block for frame in self._resampler.resample(None) for block in self._join(frame)]

    def _join(self, frame: AudioFrame) -> list[AudioBlock]:
        blocks: list[AudioBlock] = []
        pts, count = frame.pts, frame.samples
        full = self._length >= BLOCK_SECONDS * SAMPLE_RATE
        # Almost every frame follows the last one: its time is computed only if it does not, or begins a block.
        if full or not self._pieces or pts is None or pts != self._next_pts:
            expected = self.end_seconds
            seconds = expected if pts is None else self._seconds(frame)
            if full or abs(seconds - expected) > GAP_SECONDS:
                blocks = self.flush()
            if not self._pieces:
                self._begins = seconds
        self._next_pts = pts + count if pts is not None and self._ticks_are_samples else None
        # Interleaved: one plane, whatever the number of channels. PyAV lists at most eight planes, and reads past their
        # end where there are more. ``to_ndarray`` does the same at several times the cost.
        channels = frame.layout.nb_channels
        interleaved = np.frombuffer(memoryview(frame.planes[0]), np.float32, count * channels)
        self._pieces.append(interleaved.reshape(count, channels))
        self._length += count
        return blocks

    def _seconds(self, frame: AudioFrame) -> float:
        assert frame.pts is not None
        if self._timeline is None:
            self._timeline = Timeline(Fraction(frame.time_base or _SAMPLE_SECONDS), self._start_seconds)
            self._ticks_are_samples = self._timeline.time_base == _SAMPLE_SECONDS
        return self._timeline.seconds(frame.pts)
