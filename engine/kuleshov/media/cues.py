"""Subtitles of any format: cues as written in a file, and the clean lines that ``subtitle_source`` makes from them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from kuleshov.errors import MediaError
from kuleshov.media.timeline import Timeline

#: How long a line of an embedded track is shown if it does not say when it ends.
UNTIMED_LINE_SECONDS = 3.0
_CLOSED_CAPTIONS = "eia_608"


class Cue(NamedTuple):
    """One subtitle as written in a file: its text with markup."""

    start_seconds: float
    end_seconds: float
    text: str
    speaker: str | None = None


@dataclass(frozen=True)
class SubtitleLine:
    """One subtitle: its text without markup, on screen from start (inclusive) to end (exclusive)."""

    start_seconds: float
    end_seconds: float
    text: str
    speaker: str | None = None  # if the format names one: WebVTT's voices, ASS's names, TTML's agents

    def __post_init__(self) -> None:
        if not 0 <= self.start_seconds < self.end_seconds:
            raise ValueError(f"a line from {self.start_seconds} to {self.end_seconds} s; times must ascend from 0")


@dataclass(frozen=True)
class SubtitleSource:
    """Subtitles as read: lines by start time, where they come from, and what was wrong with them."""

    lines: tuple[SubtitleLine, ...]
    language: str | None  # as the file's name or the track states it: "en", "eng"
    source: str  # "side-car film.en.srt", "embedded track 2 (mov_text)"
    skipped: int = 0  # subtitles that could not be read
    notes: tuple[str, ...] = ()  # for the film's provenance
    origin_seconds: float = 0.0  # where its times begin, as the file states it


def show_at_once(stream: Any) -> None:
    """Let FFmpeg tell closed captions when they appear, not when the next ones replace them. Call before decoding."""
    if _codec(stream) == _CLOSED_CAPTIONS:
        stream.codec_context.options = {"real_time": "1"}


def until_the_next(stream: Any, cues: list[Cue]) -> list[Cue]:
    """Return the cues of a stream of closed captions, each on screen until the next one, an empty one too."""
    if _codec(stream) != _CLOSED_CAPTIONS:
        return cues
    ends = [after.start_seconds for after in cues[1:]] + [cue.end_seconds for cue in cues[-1:]]
    return [cue._replace(end_seconds=end) for cue, end in zip(cues, ends, strict=True)]


def packet_cue(path: Path, stream: Any, packet: Any, timeline: Timeline) -> Cue | None:
    """Return what FFmpeg reads from a packet of a text subtitle stream, ``None`` if that is nothing.

    Raises ``MediaError`` if the stream holds pictures.
    """
    rectangles = stream.decode(packet)
    if not rectangles:
        return None
    stated = packet.duration or 0  # below 0 where FFmpeg knows none
    duration = stated if stated > 0 else round(Fraction(UNTIMED_LINE_SECONDS) / stream.time_base)
    start, end = timeline.seconds(packet.pts), timeline.seconds(packet.pts + duration)
    if any(rectangle.type not in (b"ass", b"text") for rectangle in rectangles):
        raise MediaError(
            path, f"subtitle track {stream.index} holds pictures, not text", remedy="put a .srt file into its folder"
        )
    if _codec(stream) == "webvtt":  # undecoded: the decoder drops who speaks
        return Cue(start, end, bytes(packet).decode("utf-8", errors="replace"))
    texts = [(each.dialogue or each.text).decode("utf-8", errors="replace") for each in rectangles]
    return Cue(start, end, "\n".join(texts), _named(stream, rectangles))


def _named(stream: Any, rectangles: list[Any]) -> str | None:
    """The name in an ASS event: the fourth field of the event as FFmpeg returns it."""
    if _codec(stream) not in ("ass", "ssa"):
        return None
    names = {(each.ass or b"").split(b",", 8)[3:4][0].decode("utf-8", errors="replace").strip() for each in rectangles}
    return names.pop() or None if len(names) == 1 else None


def _codec(stream: Any) -> str:
    return str(stream.codec_context.codec.canonical_name)
