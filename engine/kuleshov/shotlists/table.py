"""Shot lists as tables: ours, PySceneDetect's, and any table with columns for the start and the end of shots.

Columns are recognised by their headings. Frames are preferred to seconds, seconds to timecodes. Under a heading without
unit (``start``, ``in``), ``00:00:01:05`` is a timecode, ``00:00:01.200`` and ``1.2`` are times, and ``30`` is a frame.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, get_args

from kuleshov.records import TransitionType
from kuleshov.shotlists.entries import ListedShot, ListPosition, Seconds, ShotListError, Timecode

_START = {
    "frame": ("start_frame", "first_frame", "in_frame", "frame_in", "startframe"),
    "seconds": ("start_seconds", "start_time_seconds", "in_seconds", "start_s"),
    "": ("timecode_in", "start_timecode", "record_in", "tc_in", "in_tc", "start_time", "start", "in", "begin", "from"),
}
_END = {
    "frame": ("end_frame", "last_frame", "out_frame", "frame_out", "endframe"),
    "seconds": ("end_seconds", "end_time_seconds", "out_seconds", "end_s"),
    "": ("timecode_out", "end_timecode", "record_out", "tc_out", "out_tc", "end_time", "end", "out", "to"),
}
_TRANSITION = ("transition", "transition_type", "transition_in", "type")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:[.,]\d+)?)")
_TIMECODE = re.compile(r"\d{1,2}:\d\d:\d\d[:;]\d\d\d?")
_MARKS = ",;\t|"


def read_table(text: str, *, source: str) -> dict[str, Any]:
    """Return ``shots``, ``rate`` and ``end_is_last`` of a table. Raises ``ShotListError``."""
    lines = text.splitlines()
    mark = max(_MARKS, key=lambda sign: sum(line.count(sign) for line in lines[:5]))
    rows = [(number, row) for number, row in enumerate(csv.reader(lines, delimiter=mark), start=1) if any(row)]
    header_at = next((at for at, (_, row) in enumerate(rows[:5]) if _columns(row) is not None), None)
    if header_at is None:
        raise ShotListError(
            f"{source}: no heading for the start of shots; use start_frame and end_frame, or start and end"
        )
    header = _names(rows[header_at][1])
    columns = _columns(rows[header_at][1])
    assert columns is not None
    start_unit, start_at, end_at = columns
    base = 1 if "scene_number" in header and start_unit == "frame" else 0  # PySceneDetect counts frames from 1
    kind_at = next((header.index(name) for name in _TRANSITION if name in header), None)
    ours = "transition_start_frame" in header and "transition_end_frame" in header
    shots = []
    for number, row in rows[header_at + 1 :]:
        where = f"line {number}"
        if len(row) <= max(start_at, end_at or 0):
            raise ShotListError(f"{source}: {where} has {len(row)} columns, fewer than the heading")
        start = _position(row[start_at], start_unit, source=source, where=where)
        end = None if end_at is None else _position(row[end_at], start_unit, source=source, where=where)
        if base and isinstance(start, int):
            start -= base
        kind = _kind(row[kind_at], source=source, where=where) if kind_at is not None and kind_at < len(row) else None
        extent = None
        if ours and kind not in (None, "start", "cut"):
            before, after = (
                _position(row[header.index(name)], "frame", source=source, where=where)
                for name in ("transition_start_frame", "transition_end_frame")
            )
            extent = (before + 1, after) if isinstance(before, int) else None
        shots.append(ListedShot(where, start, end, kind, mixed=extent))
    rates = {row[header.index("frame_rate")] for _, row in rows[header_at + 1 :]} if "frame_rate" in header else set()
    # Ends are exclusive in our tables and PySceneDetect's, and where they are times; else the data must show it.
    known = ours or bool(base) or start_unit == "seconds" or not all(isinstance(shot.end, int) for shot in shots)
    return {"shots": tuple(shots), "rate": _rate(rates), "end_is_last": False if known else None}


def _names(row: Sequence[str]) -> list[str]:
    """Headings in one spelling: ``"Start Time (seconds)"`` becomes ``start_time_seconds``."""
    return [re.sub(r"[^a-z0-9]+", "_", name.lower().replace("\ufeff", "")).strip("_") for name in row]


def _columns(row: Sequence[str]) -> tuple[str, int, int | None] | None:
    """The unit, and the columns of starts and ends; ``None`` if no heading is known."""
    names = _names(row)
    for unit, headings in _START.items():
        starts = [names.index(name) for name in headings if name in names]
        ends = [names.index(name) for name in _END[unit] if name in names]
        if starts:
            return unit, starts[0], ends[0] if ends else None
    return None


def _position(text: str, unit: str, *, source: str, where: str) -> ListPosition:
    text = text.strip()
    try:
        if unit == "frame" or (unit == "" and text.isdigit()):
            return int(text)
        if unit == "seconds" and ":" not in text:
            return Seconds(Fraction(text.replace(",", ".")))
        if _TIMECODE.fullmatch(text):
            return Timecode(text)
        if clock := _CLOCK.fullmatch(text):
            hours, minutes, seconds = clock.groups()
            return Seconds((int(hours or 0) * 60 + int(minutes)) * 60 + Fraction(seconds.replace(",", ".")))
        return Seconds(Fraction(text))
    except ValueError:
        raise ShotListError(f"{source}: {where}: {text!r} is not a {unit or 'position in a film'}") from None


def _kind(text: str, *, source: str, where: str) -> TransitionType | None:
    name = re.sub(r"[\s-]+", "_", text.strip().lower())
    for known in get_args(TransitionType):
        if name == known:
            return known  # type: ignore[no-any-return]
    if name in ("", "hard_cut", "none"):
        return None
    names = ", ".join(get_args(TransitionType))
    raise ShotListError(f"{source}: {where}: transition {text!r} is unknown; known are {names}")


def _rate(texts: set[str]) -> Fraction | None:
    try:
        rates = {Fraction(text) for text in texts if text}
    except (ValueError, ZeroDivisionError):
        return None
    return rates.pop() if len(rates) == 1 else None
