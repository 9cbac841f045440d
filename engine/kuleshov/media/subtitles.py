"""The words of a film with their times: side-car files (``media.sidecar``) and text subtitle tracks inside the film.

Reading is lenient, because many people and programs write subtitles: a line that can't be read is left out and
counted, and never an error. Markup is removed; line breaks are kept.
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
from kuleshov.media.probe import PICTURE_CODECS, open_media
from kuleshov.media.sidecar import ENDINGS, read_sidecar
from kuleshov.media.sources import FILM_SUFFIXES
from kuleshov.media.timeline import Timeline
from kuleshov.media.track_choice import ranked_text_tracks, set_aside, title_set_aside
from kuleshov.media.vtt import voices
from kuleshov.records import SubtitleTrack

__all__ = ["SubtitleLine", "SubtitleSource", "find_subtitles", "read_embedded"]

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


class HasSubtitles(Protocol):
    """What ``find_subtitles`` must know about a film, as ``media.probe.MediaInfo`` does."""

    @property
    def path(self) -> Path: ...
    @property
    def start_seconds(self) -> Fraction: ...
    @property
    def subtitle_tracks(self) -> Sequence[SubtitleTrack]: ...


def find_subtitles(info: HasSubtitles) -> SubtitleSource | None:
    """Return a film's subtitles; None if it has none.

    Taken is the first that holds any line, of: ``film.srt`` (or another of ``sidecar.ENDINGS``, in that order);
    ``film.LANGUAGE.srt`` by name; the text tracks inside the film by their flags (``track_choice``). Those for foreign
    words alone (forced), commentaries and lyrics are passed over. ``notes`` tells what was tried before, and where
    nothing was read, what is there besides. Where nothing could be read, a source without lines is returned.
    """
    notes: list[str] = []
    found: SubtitleSource | None = None
    candidates = _candidates(info)
    for source, read in candidates:
        try:
            found = read()
        except MediaError as error:
            found = SubtitleSource((), None, source, notes=(f"subtitles left out: {error}",))
        notes.extend(found.notes)
        if found.lines:
            break
        notes.append(f"{source} holds no subtitles that could be read")
    else:
        notes += _unread(info)
        if notes and found is None:
            found = SubtitleSource((), None, "")
    return replace(found, notes=tuple(notes)) if found else None


def read_embedded(
    path: Path, *, stream_index: int, start_seconds: Fraction | float, language: str | None = None
) -> SubtitleSource:
    """Read a text subtitle track inside a film: SubRip, mov_text, ASS/SSA, WebVTT.

    ``start_seconds`` is the container's start time. Packets that can't be decoded are left out and counted; a line
    that does not say when it ends is shown for ``UNTIMED_LINE_SECONDS``. Raises ``MediaError`` if the film can't be
    opened, or the stream is no text subtitle track.
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
    ranked, why = ranked_text_tracks(info.subtitle_tracks)
    for rank, track in enumerate(ranked):
        read = partial(
            read_embedded,
            info.path,
            stream_index=track.stream_index,
            start_seconds=info.start_seconds,
            language=track.language,
        )
        yield f"embedded track {track.stream_index}", partial(_with_reason, read, "" if rank else why)


def _with_reason(read: Callable[[], SubtitleSource], reason: str) -> SubtitleSource:
    found = read()
    return replace(found, notes=(f"{found.source}: {reason}", *found.notes)) if reason and found.lines else found


def _unread(info: HasSubtitles) -> Iterator[str]:
    """Say which subtitles there are that were not tried."""
    for path in _named_for(info.path):
        if path.suffix.lower() in ENDINGS and (why := _set_aside(info.path, path)):
            yield f"side-car {path.name} is there, not read ({why})"
    for track in info.subtitle_tracks:
        if not track.text:
            kind = "they are pictures" if track.codec in PICTURE_CODECS else "no decoder"
            yield f"embedded track {track.stream_index} ({track.codec}): subtitles are there, not read ({kind})"
        elif why := set_aside(track):
            yield f"embedded track {track.stream_index} ({track.codec}) is there, not read ({why})"


def _side_cars(film: Path) -> list[Path]:
    """``film.srt`` first, then by name what is named for the film."""
    named = [path for path in _named_for(film) if path.suffix.lower() in ENDINGS and not _set_aside(film, path)]
    return sorted(
        named, key=lambda path: (len(_labels(film, path)) > 0, path.stem, ENDINGS.index(path.suffix.lower()), path.name)
    )


def _named_for(film: Path) -> list[Path]:
    """The files named for the film, by name, and not for another file beside it."""
    beside = sorted(film.parent.iterdir())
    others = {path.stem for path in beside if path.suffix.lower() in FILM_SUFFIXES and path != film}
    return [
        path
        for path in beside
        if path.stem == film.stem or (path.stem.startswith(f"{film.stem}.") and path.stem not in others)
    ]


def _set_aside(film: Path, side_car: Path) -> str:
    return title_set_aside(" ".join(_labels(film, side_car)))


def _labels(film: Path, side_car: Path) -> list[str]:
    """The labels between the film's name and the ending: ``["en", "sdh"]`` of ``film.en.sdh.srt``."""
    return [label.lower() for label in side_car.stem[len(film.stem) :].split(".") if label]


def _language(film: Path, side_car: Path) -> str | None:
    labels = [label for label in _labels(film, side_car) if label not in ("sdh", "cc", "hi")]
    return labels[0] if labels and _LANGUAGE.fullmatch(labels[0]) else None
