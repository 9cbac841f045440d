"""Subtitle files beside a film, in any encoding: a reader for each ending.

SubRip, WebVTT, TTML, SAMI and STL are read by the modules of those names; ASS, SCC, MicroDVD, SubViewer, SBV and MPL2
by FFmpeg, from memory and always as UTF-8. The packages webvtt-py and pysubs2 were weighed: both raise or drop silently
where a file is broken, and count nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

from kuleshov.errors import MediaError
from kuleshov.media.cues import Cue, SubtitleSource, packet_cue, show_at_once, until_the_next
from kuleshov.media.sami import parse_sami
from kuleshov.media.srt import decode_subtitles, parse_srt
from kuleshov.media.stl import is_ebu_stl, parse_ebu_stl, parse_spruce_stl
from kuleshov.media.subtitle_source import make_source
from kuleshov.media.timeline import Timeline
from kuleshov.media.ttml import parse_ttml
from kuleshov.media.vtt import parse_vtt

_MICRODVD_RATE = re.compile(r"\s*\{[01]\}\{[01]\}\s*(\d+(?:[.,]\d+)?)\s*$", re.MULTILINE)
#: How an event begins that FFmpeg should read, by the name of its format: what it does not is counted.
_EVENTS = {
    "ass": r"^Dialogue:",
    "scc": r"^\d\d:\d\d:\d\d[:;]\d\d\s",
    "microdvd": r"^\{\d+\}\{\d*\}",
    "subviewer": r"^\d+:\d+:\d+\.\d+,",
    "subviewer1": r"^\[\d+:\d+:\d+\]",
    "mpl2": r"^\[\d+\]\[\d*\]",
}
_VOBSUB = b"\x00\x00\x01\xba"


@dataclass(frozen=True)
class _Content:
    """A file, and what is known of its film; what a reader returns besides cues goes into ``remarks``."""

    path: Path
    data: bytes
    language: str | None
    frame_rate: Fraction | None
    remarks: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        text, note = decode_subtitles(self.data)
        if note is not None and note not in self.remarks:
            self.remarks.append(note)
        return text


@dataclass(frozen=True)
class _Read:
    cues: Sequence[Cue]
    lost: int = 0
    language: str | None = None
    origin_seconds: float = 0.0


def _read_srt(content: _Content) -> _Read:
    cues, lost = parse_srt(content.text)
    return _Read([Cue(cue.start_seconds, cue.end_seconds, cue.text) for cue in cues], lost)


def _read_vtt(content: _Content) -> _Read:
    return _Read(*parse_vtt(content.text))


def _read_ttml(content: _Content) -> _Read:
    try:
        return _Read(*parse_ttml(content.text))
    except ValueError as error:
        raise MediaError(content.path, f"no TTML that can be read: {error}") from error


def _read_sami(content: _Content) -> _Read:
    read = parse_sami(content.text, language=content.language)
    if len(read.languages) > 1:
        content.remarks.append(
            f"of its languages {', '.join(read.languages)}, {read.language or 'the fullest'} is read"
        )
    return _Read(read.cues, read.lost, read.language)


def _read_stl(content: _Content) -> _Read:
    if is_ebu_stl(content.data):
        return _Read(*parse_ebu_stl(content.data))
    if content.frame_rate is None:
        content.remarks.append("the film's frame rate is unknown: its frames are read as 25 a second")
    return _Read(*parse_spruce_stl(content.text, frame_rate=content.frame_rate))


def _read_sub(content: _Content) -> _Read:
    """MicroDVD or SubViewer; the same ending is that of pictures from DVDs (VobSub)."""
    if content.data.startswith(_VOBSUB):
        raise MediaError(content.path, "there, not read: its subtitles are pictures (VobSub)")
    text = content.text
    if not re.search(_EVENTS["microdvd"], text, re.MULTILINE):
        new = re.search(_EVENTS["subviewer"], text, re.MULTILINE)
        return _by_ffmpeg(content, text, "subviewer" if new else "subviewer1")
    options = {}
    if rate := _MICRODVD_RATE.match(text):
        text, options = text[rate.end() :], {"subfps": rate[1].replace(",", ".")}
    elif content.frame_rate:
        options = {"subfps": f"{content.frame_rate.numerator}/{content.frame_rate.denominator}"}
        content.remarks.append(f"it states no frame rate: read at the film's {float(content.frame_rate):.5g} a second")
    return _by_ffmpeg(content, text, "microdvd", options)


def _reader_by_ffmpeg(format: str) -> Callable[[_Content], _Read]:
    return lambda content: _by_ffmpeg(content, content.text, format)


_READERS: dict[str, Callable[[_Content], _Read]] = {
    ".srt": _read_srt,
    ".vtt": _read_vtt,
    ".ass": _reader_by_ffmpeg("ass"),
    ".ssa": _reader_by_ffmpeg("ass"),
    ".ttml": _read_ttml,
    ".dfxp": _read_ttml,
    ".itt": _read_ttml,
    ".xml": _read_ttml,
    ".stl": _read_stl,
    ".scc": _reader_by_ffmpeg("scc"),
    ".sub": _read_sub,
    ".smi": _read_sami,
    ".sami": _read_sami,
    ".sbv": _reader_by_ffmpeg("subviewer"),
    ".mpl": _reader_by_ffmpeg("mpl2"),
}
#: What a side-car may end with, the first preferred.
ENDINGS = tuple(_READERS)


def read_sidecar(path: Path, *, language: str | None = None, frame_rate: Fraction | None = None) -> SubtitleSource:
    """Read a subtitle file by its ending; ``frame_rate`` is the film's, for formats that count frames.

    Raises ``MediaError`` if it can't be opened, or is not what its ending says.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MediaError(path, f"can't be opened: {error.strerror}", remedy="check path and permissions") from error
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise MediaError(
            path, f"{path.suffix!r} is no ending of a subtitle file that is read", remedy=f"known: {', '.join(ENDINGS)}"
        )
    content = _Content(path, data, language, frame_rate)
    try:
        read = reader(content)
    except ValueError as error:
        raise MediaError(path, f"can't be read as subtitles: {error}") from error
    return make_source(
        read.cues,
        language=language or read.language,
        source=f"side-car {path.name}",
        skipped=read.lost,
        remarks=content.remarks,
        origin_seconds=read.origin_seconds,
    )


def _by_ffmpeg(content: _Content, text: str, format: str, options: dict[str, str] | None = None) -> _Read:
    """Return the events of a text as FFmpeg reads them, and how many it could not read."""
    import av

    cues: list[Cue] = []
    read = 0
    try:
        data = BytesIO(text.encode("utf-8", errors="replace"))
        with av.open(data, mode="r", format=format, options=options or {}) as container:
            stream: Any = container.streams.subtitles[0]
            timeline = Timeline(stream.time_base, Fraction(0))
            show_at_once(stream)
            for packet in container.demux(stream):
                if packet.size and packet.pts is not None:
                    with suppress(av.error.InvalidDataError, av.error.PermissionError):
                        cue = packet_cue(content.path, stream, packet, timeline)
                        cues += [cue] if cue else []
                        read += 1
            cues = until_the_next(stream, cues)
    except (av.error.FFmpegError, IndexError) as error:
        raise MediaError(content.path, f"can't be read as subtitles: {error}") from error
    return _Read(cues, max(len(re.findall(_EVENTS[format], text, re.MULTILINE)) - read, 0))
