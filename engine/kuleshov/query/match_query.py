"""What an archive has of a query: its parts matched one after the other, the cheap ones first.

Choose ``match_query`` where more than one question is asked of the same query: which segments satisfy it, in what
order, why not this one, why none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.store import Archive
from kuleshov.query.matching.column_table import Selection
from kuleshov.query.matching.context import FilmView, SearchContext, View
from kuleshov.query.matching.part import GradedPart, Part, PartMatch
from kuleshov.query.spec.query import Query


@dataclass(frozen=True, eq=False)
class Matches:
    """What the segments of an archive have of the parts of ``query``, as the archive can answer it.

    ``parts``: the match of each, their weights adding up to 1. ``rows`` int64, ascending: which rows of
    ``context.table`` satisfy every hard part. ``notes``: what the user should know of how parts were answered.
    """

    query: Query
    context: SearchContext
    parts: tuple[PartMatch[Any], ...] = ()
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    notes: tuple[str, ...] = ()

    def scores(self) -> NDArray[np.float64]:
        """Return the score of every row, float64 ``[len(rows)]``."""
        total = np.zeros(len(self.rows))
        for match in self.parts:
            total += match.scores(self.rows)
        return total

    def keys(self) -> NDArray[np.float64] | None:
        """Return what the answer is ordered by, float64 ``[len(rows)]``, largest first; ``None`` = by score."""
        order = self.query.order
        return None if order is None else order.match(self.context, Selection.of(self.context.table)).keys(self.rows)

    def film_view(self, film: FilmEntry) -> FilmView:
        """Return a film as the parts look at it when whole films are asked for."""
        return FilmView(self.context, film, self._moment_entries)

    def satisfied_by(self, view: View) -> bool:
        """Whether a segment or film satisfies every hard part."""
        return all(verdict.fulfilled for match in self.parts if match.part.hard for verdict in match.verdicts(view))

    @cached_property
    def _moment_entries(self) -> frozenset[str]:
        return frozenset[str]().union(*(part.moment_entries for part in self.query.parts))


def match_query(
    archive: Archive,
    query: Query,
    *,
    films: Collection[str] | None = None,
    calibrated: bool = True,
) -> Matches:
    """Return what an archive has of a query, for whole films what its shots have. ``films``: content ids to stay
    within, ``None`` = all.

    Raises ``QueryError`` for a name that no vector has or a comparison with a time that its film does not have,
    ``ArchiveError`` where the archive can't be read, or does not have the film that is compared with.
    """
    context = SearchContext(archive, query.unit, of_films=query.of_films, within=films, calibrated=calibrated)
    query, notes = _resolved(archive, query)
    if not len(context.table.columns):
        return Matches(query, context, notes=notes)
    matches, selection = match_parts(context, query.normalised().matched_parts)
    return Matches(query, context, matches, selection.rows(), notes)


def match_parts(context: SearchContext, parts: Collection[Part]) -> tuple[tuple[PartMatch[Any], ...], Selection]:
    """Return the match of each part, in their order, and what satisfies all hard ones.

    Parts of one cost do not narrow one another, except those that look among the rest. Where whole films are the
    answer, only the filters of films narrow the shots that are searched.
    """
    selection = given = Selection.of(context.table, context.within)
    matches: dict[int, PartMatch[Any]] = {}
    cost = 0
    for number, part in sorted(enumerate(parts), key=lambda pair: pair[1].cost):
        if part.cost > cost or part.looks_among_the_rest:
            given, cost = selection, part.cost
        matches[number] = part.match(context, given)
        if part.hard and not (context.of_films and part.cost):
            selection = matches[number].narrow(selection)
    return tuple(matches[number] for number in range(len(matches))), selection


def _resolved(archive: Archive, query: Query) -> tuple[Query, tuple[str, ...]]:
    """Return the query as the archive can answer it, and notes on how.

    What can be answered only now weighs as a line does, and its words are no longer reported as not understood.
    """
    notes: list[str] = []
    new: list[GradedPart] = []

    def answered(part: Part) -> Part | None:
        answer, note = part.resolved(archive, query.unit)
        notes.extend(filter(None, [note]))
        if isinstance(answer, GradedPart) and answer.asks and not part.asks:
            new.append(answer)
        return answer

    resolved = query.with_parts(answered)
    if new:
        read = {word for part in new for word in part.unknown}
        resolved = replace(
            _with_shares(resolved, new), not_understood=tuple(word for word in query.not_understood if word not in read)
        )
    return resolved, tuple(notes)


def _with_shares(query: Query, new: Sequence[GradedPart]) -> Query:
    """Return a query in which new parts weigh as much as a line does; the others keep their proportions."""
    others = [part for part in query.graded() if part not in new]
    count = sum(not part.weighed_together for part in others) + any(part.weighed_together for part in query.parts)
    share = 1.0 / (len(new) + count)
    return query.with_weights(lambda part: share if part in new else part.weight * (1 - share * len(new)))
