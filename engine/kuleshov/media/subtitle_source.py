"""Cues of a file made into lines: clean, in order, each once; and counted from the film's start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kuleshov.media.cues import Cue, SubtitleLine, SubtitleSource
from kuleshov.media.repeated_lines import without_repeats
from kuleshov.media.srt import plain_text

_HOUR = 3600.0
_DAY = 24 * _HOUR
_MOST = 0.9  # of the lines must lie within the film before its times are taken to begin elsewhere
_MANY_LINES = 20  # a film of so many lines has one in its first hour
_EARLY_SECONDS = 1.0  # by which lines may lie before the origin


def make_source(
    cues: Iterable[Cue],
    *,
    language: str | None,
    source: str,
    skipped: int = 0,
    remarks: Sequence[str] = (),
    origin_seconds: float = 0.0,
) -> SubtitleSource:
    """Clean, sort by time, and drop what is empty, over before the film begins, or there again (``repeated_lines``)."""
    lines = without_repeats(
        SubtitleLine(max(start, 0.0), end, text, speaker)
        for start, end, marked, speaker in cues
        if end > max(start, 0.0) and (text := plain_text(marked))
    )
    if skipped:
        remarks = [*remarks, f"{skipped} unreadable subtitle(s) left out"]
    return SubtitleSource(
        lines=lines,
        language=language,
        source=source,
        skipped=skipped,
        notes=tuple(f"{source}: {remark}" for remark in remarks),
        origin_seconds=origin_seconds,
    )


def counted_from_start(
    source: SubtitleSource, *, end_seconds: float, own_seconds: float | None = None
) -> SubtitleSource:
    """Return subtitles with times that count from the film's start; ``end_seconds`` is when the film ends.

    Times may begin at what the file states, at the film's own timecode (``own_seconds``), or at a whole hour, as
    programmes do (10:00:00:00). Taken is that under which most lines lie within the film; only one that brings nearly
    all of them into it is believed. Lines that come before it are left out.
    """
    starts = [line.start_seconds for line in source.lines]
    origins = {source.origin_seconds: "as it states", 0.0: ""}
    if own_seconds is not None:
        origins.setdefault(own_seconds, "the film's own timecode")
    for hour in sorted({int(start // _HOUR) for start in starts}):
        origins.setdefault(hour * _HOUR, "a whole hour")
    inside = {origin: sum(_after(origin, start) < end_seconds for start in starts) for origin in origins}
    enough = max(1, len(starts) - max(1, int((1 - _MOST) * len(starts))))
    late = len(starts) >= _MANY_LINES and sorted(starts)[int((1 - _MOST) / 2 * len(starts))] >= _HOUR
    believed = [origin for origin in origins if inside[origin] >= enough and not (origin == 0 and late)]
    if source.origin_seconds and inside[source.origin_seconds] >= inside[0.0]:
        believed = [source.origin_seconds]
    origin = max(believed or [0.0], key=lambda origin: inside[origin])
    if not origin:
        return replace(source, origin_seconds=0.0)
    moved = ((line, _after(origin, line.start_seconds)) for line in source.lines)
    lines = [
        replace(line, start_seconds=max(start, 0.0), end_seconds=start + line.end_seconds - line.start_seconds)
        for line, start in moved
        if start < _HOUR * 12 and start + line.end_seconds - line.start_seconds > 0
    ]
    lines.sort(key=lambda line: line.start_seconds)
    early = len(source.lines) - len(lines)
    note = f"{source.source}: its times count from {clock(origin)}, {origins[origin]}"
    notes = [*source.notes, note + (f"; {early} line(s) before that left out" if early else "")]
    return replace(source, lines=tuple(lines), notes=tuple(notes), origin_seconds=0.0)


def within_film(source: SubtitleSource, *, end_seconds: float) -> tuple[SubtitleSource, list[str]]:
    """Return the lines that begin before the film ends, ended with it, and a note of the others."""
    lines = [
        replace(line, end_seconds=min(line.end_seconds, end_seconds))
        for line in source.lines
        if line.start_seconds < end_seconds
    ]
    beyond = len(source.lines) - len(lines)
    if not beyond:
        return replace(source, lines=tuple(lines)), []
    first = min(line.start_seconds for line in source.lines if line.start_seconds >= end_seconds)
    note = (
        f"{source.source}: {beyond} line(s) beyond the film's end left out (from {clock(first)} on; the film ends at "
        f"{clock(end_seconds)})"
    )
    return replace(source, lines=tuple(lines)), [note]


def clock(seconds: float) -> str:
    """Return a time as ``"10:00:00"``."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _after(origin: float, seconds: float) -> float:
    """How long after an origin a time is; a day goes over into the next one."""
    after = seconds - origin
    return after if after > -_EARLY_SECONDS else after + _DAY
