"""Why a search found nothing: each thing asked for is looked at alone, with the nearest miss."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.store import Archive
from kuleshov.query.candidates import by_weights, fulfilling
from kuleshov.query.compared import why_not_like
from kuleshov.query.courses import nearest_course, without_moments
from kuleshov.query.explain import behind, label, quantity
from kuleshov.query.query import Condition, Query
from kuleshov.query.spoken import why_not_said
from kuleshov.query.term import Term

#: How a limit on a measure is said: above it, below it, the most, the least.
_COMPARED = {
    "duration_seconds": ("longer", "shorter", "longest", "shortest"),
    "start_seconds": ("later", "earlier", "latest", "earliest"),
    "sound.loudness_lufs": ("louder", "quieter", "loudest", "quietest"),
    "lighting.luma_mean": ("brighter", "darker", "brightest", "darkest"),
}
_MOST_LOOKED_UP = 256
_CAN_ASK = (
    "ask for qualities (dark, hand-held, long take), feelings (tense, calm), numbers (longer than 20 s) "
    "or an order (longest)"
)


class _Alone(NamedTuple):
    """How many segments fulfil one thing alone, in words, and if none does the nearest miss."""

    number: int
    words: str
    miss: str


def why_empty(archive: Archive, query: Query, *, films: Collection[str] | None) -> tuple[str, ...]:
    """Return the reasons why nothing was found, one sentence each."""
    slips = tuple(f'did you mean "{known}" for "{word}"?' for word, known in query.did_you_mean)
    if not query.asks_something:
        return (_nothing_asked(query), *slips, _CAN_ASK)
    known_films = len(archive.films())
    if known_films == 0:
        return ("the archive is empty: ingest films first",)
    if archive.count(query.unit) == 0:
        return (f"the archive has no {query.unit}s",)
    if query.likes and (unlike := why_not_like(archive, query.unit, query.likes)):
        return tuple(unlike)
    if query.wishes:
        rest = () if query.of_films or not (query.terms or query.conditions) else _why_none(archive, query)
        return (*_why_no_course(archive, query, films), *rest, *slips)
    searched = len(films) if films is not None else known_films
    scope = (f"only {searched} of {known_films} films were searched",) if searched < known_films else ()
    return (*_why_none(archive, query), *slips, *scope)


def _why_none(archive: Archive, query: Query) -> tuple[str, ...]:
    alone = [_condition_alone(archive, query, one) for one in query.conditions]
    alone += [_term_alone(archive, query, one) for one in query.terms if not one.hint]
    # Of one phrase ("no dialogue") the first miss says enough.
    misses = {one.words: one.miss for one in reversed(alone) if one.number == 0}
    unsaid = why_not_said(archive, query.said, query.unit)
    if misses or unsaid:
        return (*reversed(misses.values()), *unsaid)
    if not alone and (query.likes or query.filters):
        return (f"no {query.unit} of the films that were searched fulfils all of it",)
    if not alone and query.seen:
        return (f"no {query.unit} of the films that were searched looks like all of it",)
    if not alone and query.said:
        return (f"no {query.unit} holds all of the lines",)
    if not alone:
        return (f"no {query.unit} has what the answer is ordered by",)
    total = archive.count(query.unit)
    counts = "; ".join(f'{one.number} of {total} {query.unit}s fulfil "{one.words}"' for one in alone)
    together = "it here" if len(alone) == 1 else "both" if len(alone) == 2 else "all of them"
    return (f"{counts}; none fulfils {together}",)


def _why_no_course(archive: Archive, query: Query, films: Collection[str] | None) -> tuple[str, ...]:
    """Say of each change or arc how many have it, and of none where it comes nearest."""
    sentences = []
    for wish in query.wishes:
        best, number = nearest_course(archive, query, wish, films=films)
        what = "film" if query.of_films else query.unit
        if number:
            sentences.append(f'{number} {what}s fulfil "{wish.words}", but not the rest of the query')
        elif best is not None:
            sentences.append(f'no {what} fulfils "{wish.words}"; the nearest: {best}')
    if old := without_moments(archive, films):
        sentences.append(f"{len(old)} films were described before there were moments: ingest again {old[0]}, ...")
    return tuple(sentences)


def _nothing_asked(query: Query) -> str:
    if not query.text.strip():
        return "the query is empty"
    if query.not_understood:
        return f"nothing to search for was understood; not understood: {', '.join(query.not_understood)}"
    return "the query names nothing to search for"


def _condition_alone(archive: Archive, query: Query, condition: Condition) -> _Alone:
    ids = fulfilling(archive, query.unit, [condition])
    words = condition.words or f"{condition.measure} {condition.op} {condition.value:g}"
    if ids is not None and len(ids):
        return _Alone(len(ids), words, "")
    values = archive.measures(query.unit, condition.measure)
    if not len(values):
        return _Alone(0, words, f'"{words}": no {query.unit} has a measured {label(condition.measure)}')
    return _Alone(0, words, _missed(query.unit, condition, values))


def _missed(unit: str, condition: Condition, values: NDArray[np.float64]) -> str:
    """Say "no shot is longer than 20 s: the longest is 7.4 s"."""
    above = condition.op in (">", ">=")
    limit = quantity(condition.measure, condition.value)
    nearest = quantity(condition.measure, float(values.max() if above else values.min()))
    inclusive = condition.op in (">=", "<=")
    if condition.measure in _COMPARED:
        more, less, most, least = _COMPARED[condition.measure]
        way = more if above else less
        asked = f"{limit} or {way}" if inclusive else f"{way} than {limit}"
        return f"no {unit} is {asked}: the {most if above else least} is {nearest}"
    side = {">": "above", ">=": "of at least", "<": "below", "<=": "of at most"}[condition.op]
    end = "highest" if above else "lowest"
    return f"no {unit} has {label(condition.measure)} {side} {limit}: the {end} is {nearest}"


def _term_alone(archive: Archive, query: Query, term: Term) -> _Alone:
    weights = {term.name: float(term.sign)}
    ranked = by_weights(archive, query.unit, weights, k=archive.count(query.unit), allowed=None)
    unmeasured = _unmeasured(archive, query, term, [segment for segment, wanted in ranked if wanted == 0])
    measured = [(segment, term.sign * wanted) for segment, wanted in ranked if segment not in unmeasured]
    words = term.words or term.name
    count = sum(term.accepts(value) for _, value in measured)
    if not measured:
        return _Alone(0, words, f'"{words}" could not be measured on any {query.unit}')
    best, value = measured[0]
    (row,) = archive.segments(query.unit, [best])
    number = behind(term.name, row.segment)
    needed = f"{'at least' if term.inclusive else 'above'} {term.minimum:g}"
    nearest = f"the nearest is at {term.sign * value:.2f}" + (f" ({number})" if number else "")
    return _Alone(count, words, f'no {query.unit} fulfils "{words}" ({needed}): {nearest}')


def _unmeasured(archive: Archive, query: Query, term: Term, zeros: list[int]) -> set[int]:
    """Return which of the segments whose value is 0 for the index were not measured.

    Of many, only the first are looked up: a measured value is exactly 0 by rare chance.
    """
    column = archive.vector_names.index(term.name)
    rows = archive.segments(query.unit, zeros[:_MOST_LOOKED_UP])
    return {row.id for row in rows if np.isnan(row.vector[column])} | set(zeros[_MOST_LOOKED_UP:])
