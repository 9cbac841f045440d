"""Hearing a live sound track: the meters of ``listen``, asked while the sound still goes on.

What ``listen`` judges by the whole film (silence, bursts, shouts: against the film's own level and voice) is judged
here by the last minute. What it judges with some seconds of the future (music by 1.3 s of it, tempo by 4 s) is told
from what was heard so far: at the end of what was heard a track's last known value stands.
"""

from __future__ import annotations

from kuleshov.cinema.hearing.film_tracks import film_tracks
from kuleshov.cinema.hearing.signal import STEPS_MEET_SECONDS
from kuleshov.cinema.hearing.spans import AudioSpans
from kuleshov.cinema.tracks import Tracks
from kuleshov.media.audio import AudioBlock

#: How much of the past is kept to judge by.
HISTORY_SECONDS = 60


class LiveHearing:
    """Give it blocks, ask for ``tracks`` at any time. Memory and time are those of ``HISTORY_SECONDS`` of sound."""

    def __init__(self, *, hear_voices: bool) -> None:
        self._stretches = AudioSpans(hear_voices=hear_voices)

    def push(self, block: AudioBlock) -> None:
        """Take the next block."""
        self._stretches.push(block)

    def tracks(self, *, end_seconds: float) -> Tracks:
        """Return the tracks of the sound up to ``end_seconds``, as ``listen`` names them; older sound is forgotten."""
        stretches = self._stretches.all
        if not stretches:
            return Tracks()
        stretches[-1].catch_up()
        forgotten = end_seconds - HISTORY_SECONDS
        while len(stretches) > 1 and stretches[1].start_seconds <= forgotten:
            del stretches[0]
        spare = int((forgotten - stretches[0].start_seconds) // STEPS_MEET_SECONDS) * STEPS_MEET_SECONDS
        if len(stretches) == 1 and spare > 0:
            stretches[0].forget(spare)
        return film_tracks(stretches, None)
