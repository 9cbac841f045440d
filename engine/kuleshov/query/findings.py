"""What an archive has of each part of a query, for all its segments: who is let in, and what each part counts.

Choose ``find`` where more than one question is asked of the same query: who fulfils it, in what order, why not this
one. A part lets in (``Gate``), or counts in the score by how well it is fulfilled, or both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.store import Archive
from kuleshov.errors import QueryError
from kuleshov.query.compared import Compared, compared_to, likeness_standing
from kuleshov.query.courses import going_on_so
from kuleshov.query.over_time import Judged
from kuleshov.query.query import Condition, Query, Sort
from kuleshov.query.spoken import Match, matches
from kuleshov.query.standing import Standing, Standings
from kuleshov.query.table import Table, table_of
from kuleshov.query.term import Term
from kuleshov.query.weights import graded, normalised


class Gate(NamedTuple):
    """One thing that a query asks for, and which segments have it: bool ``[n]``."""

    words: str
    lets_in: NDArray[np.bool_]


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

    ``lines``, ``courses`` and ``comparisons`` are one for each of ``query.said``, ``wishes`` and ``likes``.
    ``keys`` float64 ``[n]`` is what the answer is ordered by, largest first, ``None`` = by score. ``rows`` int64,
    ascending: where in ``table`` those segments stand that fulfil everything.
    """

    query: Query
    table: Table
    standings: Standings
    gates: tuple[Gate, ...]
    lines: tuple[Mapping[int, Match], ...]
    courses: tuple[Course, ...]
    comparisons: tuple[Comparison, ...]
    keys: NDArray[np.float64] | None
    rows: NDArray[np.int64]

    def scores(self) -> NDArray[np.float64]:
        """Return the score of every segment that fulfils everything, float64, in the order of ``rows``."""
        total = np.zeros(len(self.rows))
        for term in self.query.terms:
            counted = self.standings.counted(term.name)[self.rows]
            total += term.weight * term.sign * np.nan_to_num(counted)
        if not (self.lines or self.courses or self.comparisons):
            return total
        ids = self.table.ids[self.rows].tolist()
        for said, found in zip(self.query.said, self.lines, strict=True):
            total += said.weight * np.array([found[id].found.score for id in ids])
        for wish, (judged, standing) in zip(self.query.wishes, self.courses, strict=True):
            total += wish.weight * standing.counted([judged[id].score for id in ids])
        for like, (compared, standing) in zip(self.query.likes, self.comparisons, strict=True):
            total += like.weight * standing.counted([compared[id].likeness for id in ids])
            for number, term in enumerate(like.deltas):
                steps = np.array([compared[id].steps[number] for id in ids]) / 2
                values = self.table.column(term.name)[self.rows]
                total += term.weight * self.standings.of(term.name).counted(values, sign=term.sign, amounts=steps)
        return total


def find(archive: Archive, query: Query, *, films: Collection[str] | None = None, calibrated: bool = True) -> Findings:
    """Return what an archive has of a query. ``films``: the content ids to stay within, ``None`` = all.

    A query of limits alone is ordered by its first: "longer than 20 s" brings the longest first. Raises ``QueryError``
    for a name that no vector has or a comparison with a time that its film has not, ``ArchiveError`` where the archive
    can't be read, or has not the film that is compared with.
    """
    query = normalised(query)
    table = table_of(archive, query.unit)
    sort = query.sort or _implied_sort(query)
    asked = [*(term.name for term in query.terms), *([] if sort is None or sort.by_measure else [sort.key])]
    if unknown := [name for name in asked if name not in table.names]:
        raise QueryError(f"{unknown[0]!r} is in no vector of this archive; there are: {', '.join(table.names)}")
    gates = [_limit(one, table) for one in query.conditions]
    gates += [Gate(term.words or term.name, _accepted(term, table)) for term in query.terms if not term.hint]
    if films is not None:
        gates.append(Gate(" and ".join(one.words for one in query.filters), _of_films(table, films)))
    lines = tuple(matches(archive, query.unit, said) for said in query.said)
    gates += [_holders(said.words, found, table) for said, found in zip(query.said, lines, strict=True)]
    courses = []
    for wish in query.wishes:
        fulfilling, scores = going_on_so(archive, query.unit, wish, films=films)
        courses.append(Course(fulfilling, Standing.of(scores, among=query.unit, calibrated=calibrated)))
        gates.append(_holders(wish.words, fulfilling, table))
    keys = None if sort is None else _keys(table, sort)
    if sort is not None and keys is not None:
        gates.append(Gate(sort.words, ~np.isnan(keys)))
    allowed = np.logical_and.reduce([gate.lets_in for gate in gates]) if gates else np.ones(len(table), dtype=bool)
    comparisons = []
    for like in query.likes:
        compared = compared_to(archive, query.unit, like, allowed=table.ids[allowed])
        standing = likeness_standing(archive, table, like, calibrated=calibrated)
        comparisons.append(Comparison(compared, standing))
        allowed &= _holders(like.words, compared, table).lets_in
    return Findings(
        query=query,
        table=table,
        standings=Standings(table, calibrated=calibrated),
        gates=tuple(gates),
        lines=lines,
        courses=tuple(courses),
        comparisons=tuple(comparisons),
        keys=keys,
        rows=np.flatnonzero(allowed),
    )


def _limit(condition: Condition, table: Table) -> Gate:
    compare = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}[condition.op]
    words = condition.words or f"{condition.measure} {condition.op} {condition.value:g}"
    return Gate(words, compare(table.measure(condition.measure), condition.value))


def _accepted(term: Term, table: Table) -> NDArray[np.bool_]:
    """Return which segments fulfil a quality: as ``Term.accepts``, of all at once."""
    wanted = term.sign * table.column(term.name).astype(np.float64)
    return wanted >= term.minimum if term.inclusive else wanted > term.minimum


def _of_films(table: Table, films: Collection[str]) -> NDArray[np.bool_]:
    among = np.array([content_id in films for content_id in table.content_ids], dtype=bool)
    return among[table.film]


def _holders(words: str, found: Mapping[int, object], table: Table) -> Gate:
    return Gate(words, table.mask(np.array(sorted(found), dtype=np.int64)))


def _implied_sort(query: Query) -> Sort | None:
    if not query.conditions or any(graded(query)):
        return None
    first = query.conditions[0]
    return Sort(first.measure, descending=first.op in (">", ">="), words=first.words)


def _keys(table: Table, sort: Sort) -> NDArray[np.float64]:
    values = table.measure(sort.key) if sort.by_measure else table.column(sort.key).astype(np.float64)
    return values if sort.descending else -values
