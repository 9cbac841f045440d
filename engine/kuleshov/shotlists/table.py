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
_MARKS = ";\t|,"  # a comma may be the decimal mark
_SEPARATOR = re.compile(r"sep=(.)", re.IGNORECASE)  # a first line that spreadsheets write and obey
_BEFORE_HEADING = 5  # lines to look for the heading in
_FRACTION = re.compile(r"\d[.,]\d")


def read_table(text: str, *, source: str) -> dict[str, Any]:
    """Return ``shots``, ``rate``, ``end_is_last`` and ``remarks`` of a table. Raises ``ShotListError``."""
    lines = text.splitlines()
    stated = _SEPARATOR.fullmatch(lines[0].strip('\ufeff "')) if lines else None
    if stated:
        lines[0] = ""
    rows, header_at = _rows(lines, stated[1] if stated else _MARKS)
    if header_at is None:
        raise ShotListError(
            f"{source}: no heading for the start of shots; use start_frame and end_frame, or start and end"
        )
    header = _names(rows[header_at][1])
    columns = _columns(rows[header_at][1])
    assert columns is not None
    unit, start_at, end_at = columns
    base = 1 if "scene_number" in header and unit == "frame" else 0  # PySceneDetect counts frames from 1
    kind_at = next((header.index(name) for name in _TRANSITION if name in header), None)
    ours = "transition_start_frame" in header and "transition_end_frame" in header
    remarks = [
        f"line {number} passed over, it is before the heading: {' '.join(filter(None, row))[:60]!r}"
        for number, row in rows[:header_at]
        if row[0].strip() != "Timecode List:"  # PySceneDetect's first line
    ]
    shots = []
    rows = rows[header_at + 1 :]
    for number, row in rows:
        if len(row) <= max(start_at, end_at or 0):
            raise ShotListError(f"{source}: line {number} has {len(row)} columns, fewer than the heading")
        if len(row) > len(header) and all(cell.strip().isdigit() for cell in row):
            raise ShotListError(
                f"{source}: line {number} has {len(row)} columns, the heading {len(header)} (decimal commas need "
                "quotes, or another separator)"
            )
    ends = [start_at] if end_at is None else [start_at, end_at]
    if unit == "" and any(_FRACTION.search(row[at]) for _, row in rows for at in ends):
        unit = "time"  # 0, 2.4, 5: none of them is a frame
    for number, row in rows:
        where = f"line {number}"
        start = _position(row[start_at], unit, source=source, where=where)
        end = None if end_at is None else _position(row[end_at], unit, source=source, where=where)
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
    rates = {row[header.index("frame_rate")] for _, row in rows} if "frame_rate" in header else set()
    return {
        "shots": tuple(shots),
        "rate": _rate(rates),
        "end_is_last": False if ours or base else None,
        "remarks": tuple(remarks),
    }


def _rows(lines: Sequence[str], marks: str) -> tuple[list[tuple[int, list[str]]], int | None]:
    """Return the rows that hold anything, with their line numbers, and where the heading is among them.

    The mark between columns is the one under which most headings are known: digits may hold more commas than there
    are columns.
    """
    tables = []
    for mark in marks:
        rows = [(number, row) for number, row in enumerate(csv.reader(lines, delimiter=mark), start=1) if any(row)]
        columns = [_columns(row) for _, row in rows[:_BEFORE_HEADING]]
        header_at = next((at for at, known in enumerate(columns) if known is not None), None)
        known = None if header_at is None else columns[header_at]
        tables.append((known is not None and 1 + (known[2] is not None), rows, header_at))
    _, rows, header_at = max(tables, key=lambda table: table[0])
    return rows, header_at


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
            frame = _number(text)
            if frame.denominator == 1:
                return int(frame)
        elif _TIMECODE.fullmatch(text):
            return Timecode(text)
        elif clock := _CLOCK.fullmatch(text):
            hours, minutes, seconds = clock.groups()
            return Seconds((int(hours or 0) * 60 + int(minutes)) * 60 + _number(seconds))
        else:
            return Seconds(_number(text))
    except ValueError:
        pass
    raise ShotListError(f"{source}: {where}: {text!r} is not a {unit or 'position in a film'}")


def _number(text: str) -> Fraction:
    """A number with a decimal point or comma; of both signs the last one is the decimal mark. Raises ``ValueError``."""
    digits = re.sub(r"[\s\u00a0\u202f']", "", text)
    whole, mark, fraction = re.fullmatch(r"(.*?)(?:([.,])(\d*))?", digits).groups()  # type: ignore[union-attr]
    return Fraction(f"{re.sub('[.,]', '', whole)}{'.' * bool(mark)}{fraction or ''}")


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
