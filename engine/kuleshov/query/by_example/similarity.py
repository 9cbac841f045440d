"""What is like an example (a shot, scene, frame or file) by sight, sound, words and feeling, with reasons.

The score is the weighted mean of the likenesses in each space (``query.by_example.similarity_scale``). With more asked
("but calmer") the likeness, each difference and all qualities together have equal weights.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.entries import SegmentRow, check_unit
from kuleshov.archive.store import Archive
from kuleshov.errors import QueryError
from kuleshov.query.by_example.example_deltas import ExampleDeltas
from kuleshov.query.by_example.similarity_scale import FEELING, Scale, feelings
from kuleshov.query.explain.hits import explained, hit_of
from kuleshov.query.explain.result import Hit, SearchResult
from kuleshov.query.match_query import Matches, match_parts
from kuleshov.query.matching.column_table import Selection
from kuleshov.query.matching.context import SearchContext
from kuleshov.query.matching.part import Reason
from kuleshov.query.spec.query import Query
from kuleshov.records import Example, Unit

#: The senses by which an example is compared, and the spaces of each with their weights in it.
SENSES: Mapping[str, Mapping[str, float]] = {
    "sight": {"visual": 0.6, "look": 0.4},
    "sound": {"sound": 1.0},
    "words": {"dialogue": 1.0},
    "feeling": {"feeling": 1.0},
}
#: The weights of the senses by default.
USUAL = {"sight": 0.5, "sound": 0.2, "words": 0.1, "feeling": 0.2}
#: So many nearest segments of each space are compared in all spaces.
_CANDIDATES = 1000
#: The descriptions of so many of them, the most alike, are read where feelings or qualities count.
_ROWS = 1000


@dataclass(frozen=True)
class Similar:
    """The answer. ``weights``: of the spaces that counted, adding up to 1; ``notes``: what could not count, and why."""

    example: str
    weights: Mapping[str, float]
    result: SearchResult
    notes: tuple[str, ...] = ()


def similar(
    archive: Archive,
    example: Example,
    *,
    by: Mapping[str, float] | None = None,
    but: str = "",
    unit: Unit = "shot",
    k: int = 10,
    films: Collection[str] | None = None,
    own_film: bool = True,
) -> Similar:
    """Return the up to ``k`` shots or scenes most like an example, best first, without the example itself.

    ``by``: senses (``SENSES``) or spaces and their weights; those that the example or the archive lacks are left out
    and named in the notes. ``but``: what should differ, in words: ``"calmer, without music"``. ``films``: content ids
    to stay within; ``own_film`` ``False`` leaves out the film that the example is from. Exact among the nearest
    thousand of each space. Raises ``QueryError`` where nothing can be compared or ``but`` is not understood.
    """
    if k < 1:
        raise QueryError(f"k is {k}: ask for at least 1 hit")
    unit = check_unit(unit)
    query = _query(example, but, unit)
    spaces, notes = _spaces(archive, example, unit, by)
    besides = _besides(archive, example, query, films=films, own_film=own_film)
    allowed = besides.context.table.columns.ids(besides.rows)
    deltas = ExampleDeltas(query, example, archive.vector_names)
    scales = {name: Scale(archive, example, unit, name) for name in spaces}
    vectors = {name: scale for name, scale in scales.items() if name != FEELING}
    ids = _nearest(archive, example, unit, vectors, allowed)
    first = sum(
        (spaces[name] * np.nan_to_num(scale.of_ids(ids)) for name, scale in vectors.items()), np.zeros(len(ids))
    )
    read_all = FEELING in spaces or deltas.any
    ids = ids[np.lexsort((ids, -first))[: _ROWS if read_all else k]]
    if read_all:
        ids = np.union1d(ids, _nearest_affect(archive, example, query, allowed, feeling=FEELING in spaces))
    rows = archive.segments(unit, ids)
    likeness = {name: scale.of_rows(rows) if name == FEELING else scale.of_ids(ids) for name, scale in scales.items()}
    ranked = []
    for number, row in enumerate(rows):
        added = deltas.score(row)
        if added is not None:
            alike = math.fsum(spaces[name] * np.nan_to_num(values[number]) for name, values in likeness.items())
            ranked.append((deltas.share * float(alike) + added, number))
    ranked.sort(key=lambda pair: (-pair[0], rows[pair[1]].film.content_id, rows[pair[1]].segment.index))
    hits = []
    for _, number in ranked[:k]:
        reasons = [
            Reason(
                name,
                float(values[number]),
                deltas.share * spaces[name] * float(np.nan_to_num(values[number])),
                scales[name].in_words(rows[number], float(values[number])),
            )
            for name, values in likeness.items()
        ]
        reasons += deltas.reasons(rows[number])
        hits.append(_hit(rows[number], besides, reasons))
    empty = () if hits else (_why_none(unit, len(allowed), len(rows)),)
    return Similar(example.words, spaces, SearchResult(query, tuple(hits), empty), tuple(notes))


def _besides(
    archive: Archive, example: Example, query: Query, *, films: Collection[str] | None, own_film: bool
) -> Matches:
    """Return what the archive has of all that is asked besides the likeness, values as they are.

    Its rows are the segments that may be hits: the limits and films that are asked for, without the example.
    """
    if not own_film and example.content_id is not None:
        searched = [film.content_id for film in archive.films()] if films is None else films
        films = [film for film in searched if film != example.content_id]
    context = SearchContext(archive, query.unit, within=films, calibrated=False, with_norms=False)
    terms = [term.match(context, Selection.of(context.table)) for term in query.terms]
    limits, selection = match_parts(context, replace(query, terms=(), likes=()).matched_parts)
    rows = selection.rows()
    own = example.within.get(query.unit)
    if own is not None:
        rows = rows[context.table.columns.ids(rows) != own]
    return Matches(query, context, (*terms, *limits), rows)


def _hit(row: SegmentRow, besides: Matches, likeness: Sequence[Reason]) -> Hit:
    told = explained(row, besides)
    return hit_of(row, [*likeness, *(told.reasons if told else ())])


def _query(example: Example, but: str, unit: Unit) -> Query:
    """Return the query that compares with the example, and asks for what is said in ``but``."""
    from kuleshov.query.language.parser import parse

    asked = parse(f'{unit}s like "example"@0{f" but {but}" if but else ""}', unit=unit)
    if asked.not_understood:
        raise QueryError(f"but {but!r}: not understood: {', '.join(asked.not_understood)}")
    if asked.said or asked.changes or asked.arcs or asked.sort is not None or len(asked.likes) != 1:
        raise QueryError(f"but {but!r}: only qualities, limits and films can be asked for besides an example")
    (like,) = asked.likes
    words = f"like {example.words}"
    text = f"{words}, but {but}" if but else words
    return replace(asked, text=text, likes=(replace(like, film=example.words, words=words),), pieces=())


def _spaces(
    archive: Archive, example: Example, unit: Unit, by: Mapping[str, float] | None
) -> tuple[dict[str, float], list[str]]:
    """Return the weights of the spaces that count, adding up to 1, and notes on those that can't."""
    available = {(space.space, space.model) for space in archive.spaces(unit)}
    of_senses = {space for spaces in SENSES.values() for space in spaces}
    known = {space for space, _ in available} | of_senses
    weights: dict[str, float] = {}
    notes = []
    for name, weight in (by or USUAL).items():
        if not (math.isfinite(weight) and weight > 0):
            raise QueryError(f"by {name}: its weight is {weight:g}: it must be above 0")
        parts = SENSES.get(name, {name: 1.0})
        if unknown := sorted(set(parts) - known):
            raise QueryError(f"by {unknown[0]!r}: there are {', '.join([*SENSES, *sorted(known - set(SENSES))])}")
        lacks = {space: _lack(archive, example, space, available) for space in parts}
        usable = {space: share for space, share in parts.items() if not lacks[space]}
        for space, share in usable.items():  # a sense has the same weight with however many spaces
            weights[space] = weights.get(space, 0.0) + weight * share / sum(usable.values())
        if not usable:
            notes.append(f"{name} does not count: {'; '.join(dict.fromkeys(lacks.values()))}")
    if not weights:
        raise QueryError(f"{example.words}: nothing to compare by ({'; '.join(notes)})")
    total = sum(weights.values())
    return {space: weight / total for space, weight in weights.items()}, notes


def _lack(archive: Archive, example: Example, space: str, available: Collection[tuple[str, str]]) -> str:
    """Return why a space can't count, "" where it can."""
    if space == FEELING:
        return "" if len(feelings(example, archive.vector_names)[0]) else "the example reads as nothing"
    own = example.spaces.get(space)
    if own is None:
        return f"the example has no {space} vector"
    return "" if (space, own.model) in available else f"no film of the archive has {space} vectors of {own.model}"


def _nearest(
    archive: Archive, example: Example, unit: Unit, spaces: Collection[str], allowed: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the ids of the segments nearest to the example in one of the spaces, ascending."""
    found: set[int] = set()
    for name in spaces:
        own = example.spaces[name]
        ranked = archive.nearest_in(name, unit, own.values, k=_CANDIDATES, allowed=allowed, model=own.model)
        found.update(id for id, _ in ranked)
    return np.array(sorted(found), dtype=np.int64)


def _nearest_affect(
    archive: Archive, example: Example, query: Query, allowed: NDArray[np.int64], *, feeling: bool
) -> NDArray[np.int64]:
    """Return the ids of the segments that read as the example does (``feeling``) and above all differ as asked."""
    names = archive.vector_names
    weights = np.zeros(len(names), dtype=np.float32)
    if feeling:
        places, values = feelings(example, names)
        weights[places] = values
    for term in (*query.likes[0].deltas, *query.terms):
        weights[names.index(term.name)] = term.sign * len(names)
    if not weights.any():  # an example without any feeling is equally near to all
        return allowed[:_CANDIDATES]
    ranked = archive.nearest(query.unit, weights, k=_CANDIDATES, allowed=allowed)
    return np.array([id for id, _ in ranked], dtype=np.int64)


def _why_none(unit: Unit, allowed: int, compared: int) -> str:
    if not allowed:
        return f"no {unit} of the archive is left to compare with"
    if not compared:
        return f"no {unit} has anything to compare by"
    return f"none of the {compared} {unit}s most alike differs in the way that was asked for"
