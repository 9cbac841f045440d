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
from kuleshov.media.cues import Cue, SubtitleLine, SubtitleSource, packet_cue, show_at_once, until_the_next
from kuleshov.media.probe import PICTURE_CODECS, open_media
from kuleshov.media.sidecar import ENDINGS, read_sidecar
from kuleshov.media.sources import FILM_SUFFIXES
from kuleshov.media.subtitle_source import clock, counted_from_start, make_source
from kuleshov.media.timecode import digits_seconds
from kuleshov.media.timeline import Timeline
from kuleshov.media.track_choice import ranked_text_tracks, set_aside, title_set_aside
from kuleshov.media.vtt import voices
from kuleshov.records import SubtitleTrack

__all__ = ["SubtitleLine", "SubtitleSource", "find_subtitles", "read_embedded"]

#: How far subtitles for another copy may be off and still be set right by the sound (``cinema.dialogue.sync``).
_LATEST_SECONDS, _FASTEST = 30.0, 0.95
_PICTURES = "they are pictures"
_PICTURE_ENDINGS = (".idx", ".sup")
_UNREAD_ENDINGS = (
    ".usf",
    ".pac",
    ".890",
    ".cap",
    ".mks",
    ".ttxt",
    ".rt",
    ".jss",
    ".aqt",
    ".pjs",
    ".psb",
    ".xif",
    ".cin",
)
_XML_HEAD_BYTES = 4096
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


class HasSubtitles(Protocol):
    """What ``find_subtitles`` must know about a film, as ``media.probe.MediaInfo`` does."""

    @property
    def path(self) -> Path: ...
    @property
    def start_seconds(self) -> Fraction: ...
    @property
    def subtitle_tracks(self) -> Sequence[SubtitleTrack]: ...
    @property
    def frame_rate(self) -> Fraction | None: ...
    @property
    def timecode(self) -> str | None: ...


def find_subtitles(info: HasSubtitles, *, end_seconds: float | None = None) -> SubtitleSource | None:
    """Return a film's subtitles; None if it has none.

    Taken is the first that holds any line, of: ``film.srt`` (or another of ``sidecar.ENDINGS``, in that order);
    ``film.LANGUAGE.srt`` by name; the text tracks inside the film by their flags (``track_choice``). Those for foreign
    words alone (forced), commentaries and lyrics are passed over. ``notes`` tells what was tried before, and where
    nothing was read, what is there besides. Where nothing could be read, a source without lines is returned.

    ``end_seconds`` is when the film ends, if that is known: times may count from elsewhere than its start
    (``counted_from_start``), and subtitles that all lie beyond it are another film's.
    """
    notes: list[str] = []
    found: SubtitleSource | None = None
    for source, read in _candidates(info):
        try:
            found = read()
        except MediaError as error:
            found = SubtitleSource((), None, source, notes=(f"subtitles left out: {error}",))
        if end_seconds is not None and found.lines:
            own_seconds = None if info.timecode is None else digits_seconds(info.timecode, info.frame_rate)
            found = counted_from_start(found, end_seconds=end_seconds, own_seconds=own_seconds)
            found = _unless_beyond(found, end_seconds)
        notes.extend(found.notes)
        if found.lines:
            break
        notes.append(f"{source} holds no subtitles that could be read")
    else:
        notes += _unread(info)
        if notes and found is None:
            found = SubtitleSource((), None, "")
    return replace(found, notes=tuple(notes)) if found else None


def _unless_beyond(found: SubtitleSource, end_seconds: float) -> SubtitleSource:
    """Subtitles of which one at least may belong to the film: not without lines, as those that all lie beyond it."""
    first = min((line.start_seconds for line in found.lines), default=0.0)
    if first * _FASTEST < end_seconds + _LATEST_SECONDS:
        return found
    note = f"{found.source}: all its {len(found.lines)} lines lie beyond the film's end (from {clock(first)} on)"
    return replace(found, lines=(), notes=(*found.notes, note))


def read_embedded(
    path: Path, *, stream_index: int, start_seconds: Fraction | float, language: str | None = None
) -> SubtitleSource:
    """Read a text subtitle track inside a film: SubRip, mov_text, ASS/SSA, WebVTT, closed captions in a track.

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
        show_at_once(stream)
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
        cues = until_the_next(stream, cues)
    return make_source(
        cues, language=language, source=f"embedded track {stream_index} ({codec})", skipped=skipped, remarks=remarks
    )


def _candidates(info: HasSubtitles) -> Iterator[tuple[str, Callable[[], SubtitleSource]]]:
    for path in _side_cars(info.path):
        language = _language(info.path, path)
        yield f"side-car {path.name}", partial(read_sidecar, path, language=language, frame_rate=info.frame_rate)
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
        if why := _why_unread(info.path, path):
            yield f"side-car {path.name} is there, not read ({why})"
    for track in info.subtitle_tracks:
        if not track.text:
            kind = _PICTURES if track.codec in PICTURE_CODECS else "no decoder"
            yield f"embedded track {track.stream_index} ({track.codec}): subtitles are there, not read ({kind})"
        elif why := set_aside(track):
            yield f"embedded track {track.stream_index} ({track.codec}) is there, not read ({why})"


def _why_unread(film: Path, path: Path) -> str:
    """Why a file beside a film, named for it, is subtitles but not tried; ``""`` if it is none or is tried."""
    ending = path.suffix.lower()
    if ending in _PICTURE_ENDINGS or _is_vobsub(path):
        return _PICTURES
    if ending in _UNREAD_ENDINGS:
        return f"no reader for {ending}"
    return title_set_aside(" ".join(_labels(film, path))) if ending in ENDINGS else ""


def _side_cars(film: Path) -> list[Path]:
    """``film.srt`` first, then by name what is named for the film."""
    named = [path for path in _named_for(film) if path.suffix.lower() in ENDINGS and not _why_unread(film, path)]
    return sorted(
        named, key=lambda path: (len(_labels(film, path)) > 0, path.stem, ENDINGS.index(path.suffix.lower()), path.name)
    )


def _named_for(film: Path) -> list[Path]:
    """The files named for the film, by name, and not for another film beside it."""
    beside = sorted(film.parent.iterdir())
    others = {path.stem for path in beside if path.suffix.lower() in FILM_SUFFIXES and path != film}
    return [
        path
        for path in beside
        if (path.stem == film.stem or (path.stem.startswith(f"{film.stem}.") and path.stem not in others))
        and (path.suffix.lower() != ".xml" or _is_timed_text(path))
    ]


def _is_vobsub(path: Path) -> bool:
    """Whether a file is the half of a pair that holds pictures."""
    return path.suffix.lower() == ".sub" and path.with_suffix(".idx").exists()


def _is_timed_text(path: Path) -> bool:
    """Whether an XML file begins as TTML does: many others are named for films."""
    try:
        with path.open("rb") as file:
            return re.search(rb"<(?:\w+:)?tt[\s>]", file.read(_XML_HEAD_BYTES).replace(b"\0", b"")) is not None
    except OSError:
        return False


def _labels(film: Path, side_car: Path) -> list[str]:
    """The labels between the film's name and the ending: ``["en", "sdh"]`` of ``film.en.sdh.srt``."""
    return [label.lower() for label in side_car.stem[len(film.stem) :].split(".") if label]


def _language(film: Path, side_car: Path) -> str | None:
    labels = [label for label in _labels(film, side_car) if label not in ("sdh", "cc", "hi")]
    return labels[0] if labels and _LANGUAGE.fullmatch(labels[0]) else None
