"""The words of a film with their times: side-car files (``media.sidecar``) and text subtitle tracks inside the film.

Subtitles are written by thousands of hands and programs, so reading them is lenient, and says where it was: a line
that can't be read is left out and counted, never fatal. Text comes without markup; line breaks are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from kuleshov.errors import MediaError
from kuleshov.media.cues import Cue, SubtitleLine, SubtitleSource, make_source, packet_cue
from kuleshov.media.probe import open_media
from kuleshov.media.sidecar import ENDINGS, read_sidecar
from kuleshov.media.timeline import Timeline
from kuleshov.media.vtt import voices
from kuleshov.records import SubtitleTrack

__all__ = ["SubtitleLine", "SubtitleSource", "find_subtitles", "read_embedded"]

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


class HasSubtitles(Protocol):
    """What ``find_subtitles`` must know of a film; ``media.probe.MediaInfo`` is one."""

    @property
    def path(self) -> Path: ...
    @property
    def start_seconds(self) -> Fraction: ...
    @property
    def subtitle_tracks(self) -> Sequence[SubtitleTrack]: ...


def find_subtitles(info: HasSubtitles) -> SubtitleSource | None:
    """Return a film's subtitles; None if it has none.

    Taken is the first that holds any line, of: ``film.srt`` (or another of ``sidecar.ENDINGS``, in that order);
    ``film.LANGUAGE.srt`` by name; the text tracks inside the film in their order. Files
    named ``forced`` are passed over: they subtitle foreign words only. ``notes`` tells what
    was tried before. Where there were only empty or unreadable ones, the last of them is returned, without lines.
    """
    notes: list[str] = []
    found: SubtitleSource | None = None
    for source, read in _candidates(info):
        try:
            found = read()
        except MediaError as error:
            found = SubtitleSource((), None, source, notes=(f"subtitles left out: {error}",))
        notes.extend(found.notes)
        if found.lines:
            break
        notes.append(f"{source} holds no subtitles that could be read")
    return replace(found, notes=tuple(notes)) if found else None


def read_embedded(
    path: Path, *, stream_index: int, start_seconds: Fraction | float, language: str | None = None
) -> SubtitleSource:
    """Read a text subtitle track inside a film: SubRip, mov_text, ASS/SSA, WebVTT.

    ``start_seconds`` is the container's start time. Packets that can't be decoded are left out and counted; a line
    that does not say when it ends stays for ``UNTIMED_LINE_SECONDS``. Raises ``MediaError`` if the film can't be
    opened, or the stream is no subtitle track or one of pictures.
    """
    import av
    from av.stream import Discard

    cues: list[Cue] = []
    skipped = 0
    remarks = []
    with open_media(path) as container:
        stream: Any = next((s for s in container.streams.subtitles if s.index == stream_index), None)
        if stream is None or stream.codec_context is None:
            there = ", ".join(str(s.index) for s in container.streams.subtitles) or "none"
            raise MediaError(
                path, f"stream {stream_index} can't be read as subtitles", remedy=f"subtitle tracks: {there}"
            )
        codec = stream.codec_context.codec.canonical_name
        timeline = Timeline(stream.time_base, Fraction(start_seconds))
        for other in container.streams:
            if other.index != stream_index:
                other.discard = Discard.all  # lets the demuxer skip the picture instead of reading it
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
                if packet.size and packet.pts is not None:
                    cue = packet_cue(path, stream, packet, timeline)
                    cues += voices(cue) if cue else ()
            except StopIteration:
                break
            except av.error.InvalidDataError:
                skipped += 1
                continue
            except av.error.FFmpegError as error:
                remarks.append(f"the file can't be read on: {error.strerror}")
                break
    return make_source(
        cues, language=language, source=f"embedded track {stream_index} ({codec})", skipped=skipped, remarks=remarks
    )


def _candidates(info: HasSubtitles) -> Iterator[tuple[str, Callable[[], SubtitleSource]]]:
    for path in _side_cars(info.path):
        yield f"side-car {path.name}", partial(read_sidecar, path, language=_language(info.path, path))
    for track in info.subtitle_tracks:
        if track.text:
            yield (
                f"embedded track {track.stream_index}",
                partial(
                    read_embedded,
                    info.path,
                    stream_index=track.stream_index,
                    start_seconds=info.start_seconds,
                    language=track.language,
                ),
            )


def _side_cars(film: Path) -> list[Path]:
    """``film.srt`` first, then by name what is named for the film, and not for another file beside it."""
    beside = list(film.parent.iterdir())
    others = {path.stem for path in beside if path.suffix.lower() not in ENDINGS and path != film}
    named = [
        path
        for path in beside
        if path.suffix.lower() in ENDINGS
        and (path.stem == film.stem or (path.stem.startswith(f"{film.stem}.") and path.stem not in others))
        and "forced" not in _labels(film, path)
    ]
    return sorted(
        named, key=lambda path: (len(_labels(film, path)) > 0, path.stem, ENDINGS.index(path.suffix.lower()), path.name)
    )


def _labels(film: Path, side_car: Path) -> list[str]:
    """What stands between the film's name and the ending: ``["en", "sdh"]`` of ``film.en.sdh.srt``."""
    return [label.lower() for label in side_car.stem[len(film.stem) :].split(".") if label]


def _language(film: Path, side_car: Path) -> str | None:
    labels = [label for label in _labels(film, side_car) if label not in ("sdh", "cc", "hi")]
    return labels[0] if labels and _LANGUAGE.fullmatch(labels[0]) else None
