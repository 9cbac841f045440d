"""The contiguous stretches of a sound track, from its blocks: a gap in the time stamps begins a new one."""

from __future__ import annotations

from kuleshov.cinema.hearing.span_meters import SpanMeters
from kuleshov.media.audio import GAP_SECONDS, SAMPLE_RATE, AudioBlock


class AudioSpans:
    """Give it the blocks in order; ``all`` are the stretches so far, each with what was measured on it."""

    def __init__(self, *, hear_voices: bool, cepstra: bool = False) -> None:
        self.all: list[SpanMeters] = []
        self.repeated_samples = 0  # came a second time for the same moment: left out
        self._hear_voices, self._cepstra = hear_voices, cepstra
        self._start, self._heard = 0.0, 0

    def push(self, block: AudioBlock) -> None:
        """Take the next block."""
        ahead_seconds = block.start_seconds - (self._start + self._heard / SAMPLE_RATE)
        if not self.all or ahead_seconds > GAP_SECONDS:
            self.close()
            self._start, self._heard, ahead_seconds = block.start_seconds, 0, 0.0
            self.all.append(SpanMeters(self._start, block.layout, hear_voices=self._hear_voices, cepstra=self._cepstra))
        repeated = round(-ahead_seconds * SAMPLE_RATE) if ahead_seconds < -GAP_SECONDS else 0
        fresh = block.samples[:, repeated:]
        self._heard += fresh.shape[1]
        self.repeated_samples += block.samples.shape[1] - fresh.shape[1]
        if fresh.size:
            self.all[-1].push(fresh)

    def close(self) -> None:
        """No more blocks come, or none that follow on the last one."""
        if self.all:
            self.all[-1].close()
