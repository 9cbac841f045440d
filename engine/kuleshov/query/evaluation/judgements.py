"""Relevance judgements for queries, read from a table, and the segments of an archive that they mean.

A table has a heading and a row for each judgement, separated by commas, semicolons or tabs, much as TREC's qrels:
``query``, ``film`` (a title, or the beginning of an id), ``grade`` (0 = not relevant, the more the better), and the
position, by one of ``time``, ``start`` and ``end``, or ``index`` (of the ``unit``: shot or scene). Without a position
the whole film is meant. Further columns are ignored.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kuleshov.archive.film.entries import check_unit
from kuleshov.archive.store import Archive
from kuleshov.errors import ArchiveError, QueryError
from kuleshov.records import Unit

_NEEDED = ("query", "film", "grade")
_MARKS = "\t,;"
#: A span means the segments that share so much of the shorter of the two with it.
_LEAST_OVERLAP = 0.5


@dataclass(frozen=True)
class Judgement:
    """How relevant a part of a film is for a query.

    A moment has ``start_seconds`` = ``end_seconds``; a film as a whole has neither, nor ``index``.
    """

    query: str
    film: str
    grade: float
    where: str  # file and line
    start_seconds: float | None = None
    end_seconds: float | None = None
    index: int | None = None
    unit: Unit = "shot"

    def spans(self, start_seconds: float, end_seconds: float) -> bool:
        """Whether a segment is meant by this judgement's times."""
        if self.start_seconds is None or self.end_seconds is None:
            return True
        if self.start_seconds == self.end_seconds:
            return start_seconds <= self.start_seconds < end_seconds
        common = min(end_seconds, self.end_seconds) - max(start_seconds, self.start_seconds)
        shorter = min(end_seconds - start_seconds, self.end_seconds - self.start_seconds)
        return common > 0 and common >= _LEAST_OVERLAP * shorter


def read_judgements(path: Path) -> tuple[Judgement, ...]:
    """Return the judgements of a table. Raises ``QueryError`` naming file, line and rule; the first mistake counts."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{path}: can't be read as a table: {error}") from error
    mark = max(_MARKS, key=(lines or [""])[0].count)
    rows = csv.reader(lines, delimiter=mark)
    heading = [name.strip().casefold() for name in next(rows, [])]
    if missing := [name for name in _NEEDED if name not in heading]:
        raise QueryError(
            f"{path}: line 1: no column {missing[0]!r}; needed are {', '.join(_NEEDED)} and one of time, "
            f"start and end, index; there are: {', '.join(heading) or 'none'}"
        )
    judgements = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        where = f"{path}: line {rows.line_num}"
        if len(row) > len(heading):
            raise QueryError(f"{where}: {len(row)} columns, the heading has {len(heading)} (quote what holds {mark!r})")
        judgements.append(_judgement({name: cell.strip() for name, cell in zip(heading, row, strict=False)}, where))
    if not judgements:
        raise QueryError(f"{path}: no judgements below the heading")
    return tuple(judgements)


def _judgement(cell: Mapping[str, str], where: str) -> Judgement:
    for name in _NEEDED:
        if not cell.get(name):
            raise QueryError(f"{where}: {name} is empty")
    grade = _number(cell["grade"], "grade", where)
    if grade < 0:
        raise QueryError(f"{where}: grade {grade:g} is below 0 (0 = not relevant)")
    ways = [name for name in ("time", "start", "index") if cell.get(name)]
    if len(ways) > 1:
        raise QueryError(f"{where}: the position is given twice, by {' and '.join(ways)}")
    start = end = None
    index = None
    if "time" in ways:
        start = end = _seconds(cell["time"], "time", where)
    elif cell.get("start") or cell.get("end"):
        if not (cell.get("start") and cell.get("end")):
            raise QueryError(f"{where}: a span needs both start and end")
        start, end = _seconds(cell["start"], "start", where), _seconds(cell["end"], "end", where)
        if end <= start:
            raise QueryError(f"{where}: end {end:g} s is not after start {start:g} s")
    elif "index" in ways:
        if not cell["index"].isdecimal():
            raise QueryError(f"{where}: index {cell['index']!r} is not a whole number from 0 on")
        index = int(cell["index"])
    try:
        unit = check_unit(cell.get("unit") or "shot")
    except QueryError as error:
        raise QueryError(f"{where}: {error}") from error
    return Judgement(cell["query"], cell["film"], grade, where, start, end, index, unit)


def _number(text: str, name: str, where: str) -> float:
    number = _float(text)
    if not math.isfinite(number):
        raise QueryError(f"{where}: {name} {text!r} is not a number")
    return number


def _seconds(text: str, name: str, where: str) -> float:
    """Read 62.5, 1:02.5 or 0:01:02.5."""
    parts = [_float(part) for part in text.split(":")]
    if len(parts) > 3 or not all(0 <= part < math.inf for part in parts):
        raise QueryError(f"{where}: {name} {text!r} is no time: give seconds, or 1:02:03.5")
    return math.fsum(part * 60.0**place for place, part in enumerate(reversed(parts)))


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


#: A segment by content id and index; the index of a film as a whole is 0.
SegmentKey = tuple[str, int]


def grades_of(archive: Archive, judgements: Sequence[Judgement], unit: str) -> dict[SegmentKey, float]:
    """Return the grades of the shots, scenes or films (``unit``) of an archive that judgements mean.

    The best grade counts where several mean the same segment. A judgement by index of the other unit means what
    overlaps that segment. Raises ``QueryError`` naming the line, for a film or an index that the archive does not have.
    """
    grades: dict[SegmentKey, float] = {}
    for one in judgements:
        try:
            film = archive.resolve(one.film)
        except ArchiveError as error:
            raise QueryError(f"{one.where}: {error}") from error
        if unit == "film":
            indexes = [0]
        else:
            spans = [span[1:] for span in archive.spans(check_unit(unit), film.content_id)]
            meant = _with_times(archive, one, film.content_id)
            indexes = [index for index, span in enumerate(spans) if meant.spans(*span)]
            if not indexes:
                length = f"it is {film.duration_seconds:.1f} s long"
                raise QueryError(f"{one.where}: {film.title} has no {unit} there ({length})")
        for index in indexes:
            key = (film.content_id, index)
            grades[key] = max(grades.get(key, 0.0), one.grade)
    return grades


def _with_times(archive: Archive, one: Judgement, content_id: str) -> Judgement:
    """Return a judgement with times instead of an index."""
    if one.index is None:
        return one
    spans = archive.spans(one.unit, content_id)
    if one.index >= len(spans):
        raise QueryError(f"{one.where}: {one.film} has {len(spans)} {one.unit}s, numbered from 0; got {one.index}")
    _, start, end = spans[one.index]
    return Judgement(one.query, one.film, one.grade, one.where, start, end)
