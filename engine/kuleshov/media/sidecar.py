"""Subtitle files in a film's folder: SubRip, WebVTT, ASS/SSA, TTML, in any encoding.

SubRip, WebVTT and TTML are read by the modules of those names, ASS by FFmpeg, from memory and always as UTF-8. The
packages webvtt-py and pysubs2 were considered: on broken files both raise or drop lines silently, and count nothing.
"""

from __future__ import annotations

import re
from contextlib import suppress
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

from kuleshov.errors import MediaError
from kuleshov.media.cues import Cue, SubtitleSource, make_source, packet_cue
from kuleshov.media.srt import decode_subtitles, parse_srt
from kuleshov.media.timeline import Timeline
from kuleshov.media.ttml import parse_ttml
from kuleshov.media.vtt import parse_vtt

#: Endings of side-cars, the first preferred.
ENDINGS = (".srt", ".vtt", ".ass", ".ssa", ".ttml", ".dfxp")
_EVENT = re.compile(r"^Dialogue:", re.MULTILINE)


def read_sidecar(path: Path, *, language: str | None = None) -> SubtitleSource:
    """Read a subtitle file by its ending. Raises ``MediaError`` if it can't be opened, or is invalid TTML."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MediaError(path, f"can't be opened: {error.strerror}", remedy="check path and permissions") from error
    text, encoding_note = decode_subtitles(data)
    ending = path.suffix.lower()
    if ending == ".srt":
        read, skipped = parse_srt(text)
        cues = [Cue(cue.start_seconds, cue.end_seconds, cue.text) for cue in read]
    elif ending == ".vtt":
        cues, skipped = parse_vtt(text)
    elif ending in (".ass", ".ssa"):
        cues, skipped = _parse_ass(path, text)
    elif ending in (".ttml", ".dfxp"):
        try:
            cues, skipped, stated = parse_ttml(text)
        except ValueError as error:
            raise MediaError(path, f"no TTML that can be read: {error}") from error
        language = language or stated
    else:
        raise MediaError(path, f"{ending!r} is no ending of a subtitle file", remedy=f"known: {', '.join(ENDINGS)}")
    return make_source(
        cues,
        language=language,
        source=f"side-car {path.name}",
        skipped=skipped,
        remarks=[encoding_note] if encoding_note else [],
    )


def _parse_ass(path: Path, text: str) -> tuple[list[Cue], int]:
    """Return the events of an ASS or SSA text as FFmpeg reads them, and how many it could not read."""
    import av

    cues: list[Cue] = []
    read = 0
    try:
        with av.open(BytesIO(text.encode("utf-8", errors="replace")), mode="r", format="ass") as container:
            stream: Any = container.streams.subtitles[0]
            timeline = Timeline(stream.time_base, Fraction(0))
            for packet in container.demux(stream):
                if packet.size and packet.pts is not None:
                    with suppress(av.error.InvalidDataError):
                        cue = packet_cue(path, stream, packet, timeline)
                        cues += [cue] if cue else []
                        read += 1
    except (av.error.FFmpegError, IndexError) as error:
        raise MediaError(path, f"can't be read as subtitles: {error}") from error
    return cues, max(len(_EVENT.findall(text)) - read, 0)
