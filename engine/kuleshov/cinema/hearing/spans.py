"""The contiguous spans of a sound track: a gap in the timestamps begins a new one."""

from __future__ import annotations

from kuleshov.cinema.hearing.span_meters import SpanMeters
from kuleshov.media.audio import GAP_SECONDS, SAMPLE_RATE, AudioBlock


class AudioSpans:
    """Takes the blocks in order; ``all`` are the spans so far, each with its meters."""

    def __init__(self, *, cepstra: bool = False) -> None:
        self.all: list[SpanMeters] = []
        self.repeated_samples = 0  # for a moment that was measured already: left out
        self._cepstra = cepstra
        self._start, self._samples = 0.0, 0

    def push(self, block: AudioBlock) -> None:
        """Take the next block."""
        ahead_seconds = block.start_seconds - (self._start + self._samples / SAMPLE_RATE)
        if not self.all or ahead_seconds > GAP_SECONDS:
            self.close()
            self._start, self._samples, ahead_seconds = block.start_seconds, 0, 0.0
            self.all.append(SpanMeters(self._start, block.layout, cepstra=self._cepstra))
        repeated = round(-ahead_seconds * SAMPLE_RATE) if ahead_seconds < -GAP_SECONDS else 0
        fresh = block.samples[:, repeated:]
        self._samples += fresh.shape[1]
        self.repeated_samples += block.samples.shape[1] - fresh.shape[1]
        if fresh.size:
            self.all[-1].push(fresh)

    def close(self) -> None:
        """Close the last span: no block follows it."""
        if self.all:
            self.all[-1].close()
