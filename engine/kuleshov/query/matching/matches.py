"""What an archive has of each part of a query: who fulfils everything, and what each part counts.

Choose ``find`` where more than one question is asked of the same query: who fulfils it, in what order, why not this
one, why none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.store import Archive
from kuleshov.errors import QueryError
from kuleshov.query.matching.calibration import Standing, Standings
from kuleshov.query.matching.candidates import Candidates
from kuleshov.query.matching.column_table import Table, table_of
from kuleshov.query.matching.example_match import Compared, compared_to, likeness_standing
from kuleshov.query.matching.line_match import Match, matches
from kuleshov.query.matching.picture_match import Look, Sighted, looks
from kuleshov.query.matching.temporal_match import going_on_so
from kuleshov.query.matching.temporal_query import Judged
from kuleshov.query.spec.query import Query, Sort
from kuleshov.query.spec.weights import graded, normalised


class Course(NamedTuple):
    """The segments that go on as one wish asks, by id, and the standing of all that were judged."""

    found: Mapping[int, Judged]
    standing: Standing


class Comparison(NamedTuple):
    """The segments that compare to an example as one wish asks, by id, and the standing of any segment's likeness."""

    found: Mapping[int, Compared]
    standing: Standing


@dataclass(frozen=True, eq=False)
class Findings:
    """What the segments of an archive have of the parts of ``query``, whose weights add up to 1.

    ``lines``, ``courses``, ``comparisons`` and ``looks`` are one for each of ``query.language.line_reader``,
    ``wishes``, ``likes`` and ``seen``. ``sort`` is what the answer is ordered by, ``None`` = by score. ``films``:
    content ids to stay within. ``rows`` int64, ascending: where in ``table`` those segments stand that fulfil
    everything.
    """

    query: Query
    sort: Sort | None
    films: Collection[str] | None
    table: Table
    standings: Standings
    lines: tuple[Mapping[int, Match], ...]
    courses: tuple[Course, ...]
    comparisons: tuple[Comparison, ...]
    looks: tuple[Mapping[int, Look], ...]
    rows: NDArray[np.int64]

    def keys(self) -> NDArray[np.float64] | None:
        """Return what the answer is ordered by, float64, largest first, in the order of ``rows``; ``None`` = score."""
        if self.sort is None:
            return None
        of = self.table.measure if self.sort.by_measure else self.table.column
        values = of(self.sort.key)[self.rows].astype(np.float64)
        return values if self.sort.descending else -values

    def scores(self) -> NDArray[np.float64]:
        """Return the score of every segment that fulfils everything, float64, in the order of ``rows``."""
        total = np.zeros(len(self.rows))
        for term in self.query.terms:
            values = self.table.column(term.name)[self.rows]
            counted = self.standings.of(term.name).counted(values, sign=term.sign)
            total += term.weight * np.where(np.isnan(counted), 0, counted)
        if not (self.lines or self.courses or self.comparisons or self.looks):
            return total
        ids = self.table.columns.ids(self.rows).tolist()
        for said, found in zip(self.query.said, self.lines, strict=True):
            total += said.weight * np.array([found[id].found.score for id in ids])
        for seen, looked in zip(self.query.seen, self.looks, strict=True):
            total += seen.weight * np.array([looked[id].score for id in ids])
        for wish, (judged, standing) in zip(self.query.wishes, self.courses, strict=True):
            total += wish.weight * standing.counted([judged[id].score for id in ids])
        for like, (compared, standing) in zip(self.query.likes, self.comparisons, strict=True):
            total += like.weight * standing.counted([compared[id].likeness for id in ids])
            for number, term in enumerate(like.deltas):
                steps = np.array([compared[id].steps[number] for id in ids]) / 2
                values = self.table.column(term.name)[self.rows]
                total += term.weight * self.standings.of(term.name).counted(values, sign=term.sign, amounts=steps)
        return total


def find(
    archive: Archive, sighted: Sighted, *, films: Collection[str] | None = None, calibrated: bool = True
) -> Findings:
    """Return what an archive has of a query. ``films``: the content ids to stay within, ``None`` = all.

    A query of limits alone is ordered by its first: "longer than 20 s" brings the longest first. Raises ``QueryError``
    for a name that no vector has or a comparison with a time that its film has not, ``ArchiveError`` where the archive
    can't be read, or has not the film that is compared with.
    """
    query = normalised(sighted.query)
    table = table_of(archive, query.unit)
    sort = query.sort or _implied_sort(query)
    asked = [*(term.name for term in query.terms), *([] if sort is None or sort.by_measure else [sort.key])]
    if unknown := [name for name in asked if name not in table.names]:
        raise QueryError(f"{unknown[0]!r} is in no vector of this archive; there are: {', '.join(table.names)}")
    candidates = Candidates(table.columns, query, sort, films=films)
    lines = tuple(matches(archive, query.unit, said) for said in query.said)
    courses = []
    for wish in query.wishes:
        fulfilling, scores = going_on_so(archive, query.unit, wish, films=films)
        courses.append(Course(fulfilling, Standing.of(scores, among=query.unit, calibrated=calibrated)))
    for found in (*lines, *(course.found for course in courses)):
        candidates.keep(found)
    comparisons = []
    for like in query.likes:
        allowed = None if candidates.all_are else candidates.ids()
        compared = compared_to(archive, query.unit, like, allowed=allowed)
        standing = likeness_standing(archive, table, like, calibrated=calibrated)
        comparisons.append(Comparison(compared, standing))
        candidates.keep(compared)
    looked = []
    for seen, vector in sighted.wishes:
        allowed = None if candidates.all_are else candidates.ids()
        looked.append(looks(archive, query.unit, seen, vector, allowed=allowed))
        candidates.keep(id for id, look in looked[-1].items() if look.fulfilled)
    return Findings(
        query=query,
        sort=sort,
        films=films,
        table=table,
        standings=Standings(table, calibrated=calibrated),
        lines=lines,
        courses=tuple(courses),
        comparisons=tuple(comparisons),
        looks=tuple(looked),
        rows=candidates.rows(),
    )


def _implied_sort(query: Query) -> Sort | None:
    if not query.conditions or any(graded(query)):
        return None
    first = query.conditions[0]
    return Sort(first.measure, descending=first.op in (">", ">="), words=first.words)
