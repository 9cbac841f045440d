"""The words of a live film: its text track as it arrives, or the side-car of a file."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kuleshov.cinema.dialogue.language import short_code
from kuleshov.errors import MediaError
from kuleshov.media.cues import SubtitleSource, packet_cue
from kuleshov.media.live import LiveInput
from kuleshov.media.repeated_lines import without_repeats
from kuleshov.media.subtitle_source import make_source
from kuleshov.media.subtitles import find_subtitles
from kuleshov.media.timeline import Timeline
from kuleshov.records import SubtitleTrack

if TYPE_CHECKING:
    from av.packet import Packet

_NEAR_LINES_SECONDS = 60.0


class _Beside(NamedTuple):
    """A file whose side-car is looked for."""

    path: Path
    start_seconds: Fraction
    frame_rate: Fraction | None
    subtitle_tracks: tuple[SubtitleTrack, ...] = ()
    timecode: str | None = None


class LiveWords:
    """The subtitles of a live input: its text track as it arrives, or the side-car if the input is a file."""

    def __init__(self, live: LiveInput, start_seconds: Fraction) -> None:
        self._live = live
        self._start_seconds = start_seconds
        self._source: SubtitleSource | None = None
        if Path(live.source).is_file():
            self._source = find_subtitles(
                _Beside(Path(live.source), start_seconds, live.frame_rate), end_seconds=live.duration_seconds
            )
        if (self._source is None or not self._source.lines) and live.subtitles is not None:
            language = short_code(live.subtitles.language)
            self._source = SubtitleSource((), language, f"track {live.subtitles.index}")

    def push(self, packet: Packet[Any]) -> None:
        """Take a packet of the text track."""
        import av

        if self._source is None or packet.stream is not self._live.subtitles:
            return
        timeline = Timeline(packet.time_base, self._start_seconds)
        try:
            cue = packet_cue(Path(self._live.source), packet.stream, packet, timeline)
        except (av.error.FFmpegError, MediaError):
            return
        if cue is not None:
            new = make_source([cue], language=None, source="").lines
            kept = [line for line in self._source.lines if cue.start_seconds - line.end_seconds < _NEAR_LINES_SECONDS]
            self._source = replace(self._source, lines=without_repeats((*kept, *new)))

    def around(self, seconds: float) -> SubtitleSource | None:
        """Return the lines around a time, or any line if there are none; ``None`` if the input has no subtitles."""
        if self._source is None:
            return None
        lines = self._source.lines
        near = tuple(
            line for line in lines if line.start_seconds < seconds and seconds - line.end_seconds < _NEAR_LINES_SECONDS
        )
        return replace(self._source, lines=near or lines[:1])
