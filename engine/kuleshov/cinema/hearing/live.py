"""A live sound track: the meters of ``analyze_audio``, read while the sound still arrives.

What depends on the whole film there (silence, bursts, shouts: compared with the film's own level and voice) depends on
the last minute here. What depends on some seconds of the future (music on 1.3 s, tempo on 4 s) is computed from the
sound so far: after it, a track's last value is repeated.
"""

from __future__ import annotations

from kuleshov.cinema.hearing.film_tracks import film_tracks
from kuleshov.cinema.hearing.signal import STEPS_MEET_SECONDS
from kuleshov.cinema.hearing.spans import AudioSpans
from kuleshov.cinema.tracks import Tracks
from kuleshov.media.audio import AudioBlock

#: How much of the past is kept for comparison.
HISTORY_SECONDS = 60


class LiveHearing:
    """Give it blocks, ask for ``tracks`` at any time. Memory and time are those of ``HISTORY_SECONDS`` of sound."""

    def __init__(self) -> None:
        self._spans = AudioSpans()

    def push(self, block: AudioBlock) -> None:
        """Take the next block."""
        self._spans.push(block)

    def tracks(self, *, end_seconds: float) -> Tracks:
        """Return the tracks of the sound up to ``end_seconds``, named as by ``analyze_audio``; drop older sound."""
        spans = self._spans.all
        if not spans:
            return Tracks()
        spans[-1].catch_up()
        forgotten = end_seconds - HISTORY_SECONDS
        while len(spans) > 1 and spans[1].start_seconds <= forgotten:
            del spans[0]
        spare = int((forgotten - spans[0].start_seconds) // STEPS_MEET_SECONDS) * STEPS_MEET_SECONDS
        if len(spans) == 1 and spare > 0:
            spans[0].forget(spare)
        return film_tracks(spans, None)
