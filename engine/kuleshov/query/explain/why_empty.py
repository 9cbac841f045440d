"""Why a search found nothing: each thing asked for is looked at alone, with the nearest miss."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.store import Archive
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.query.explain.reasons import behind, label, quantity
from kuleshov.query.matching.candidates import accepting, fulfilling
from kuleshov.query.matching.example_match import why_not_like
from kuleshov.query.matching.line_match import why_not_said
from kuleshov.query.matching.matches import Findings
from kuleshov.query.matching.temporal_match import nearest_course, without_moments
from kuleshov.query.parts.condition import Condition
from kuleshov.query.parts.term import Term
from kuleshov.query.spec.query import Query

#: How a limit on a measure is said: above it, below it, the most, the least.
_COMPARED = {
    "duration_seconds": ("longer", "shorter", "longest", "shortest"),
    "start_seconds": ("later", "earlier", "latest", "earliest"),
    "sound.loudness_lufs": ("louder", "quieter", "loudest", "quietest"),
    "lighting.luma_mean": ("brighter", "darker", "brightest", "darkest"),
}
_CAN_ASK = (
    "ask for qualities (dark, hand-held, long take), feelings (tense, calm), numbers (longer than 20 s) "
    "or an order (longest)"
)


def why_empty(
    archive: Archive, query: Query, *, films: Collection[str] | None, found: Findings | None
) -> tuple[str, ...]:
    """Return the reasons why nothing was found, one sentence each. ``found``: what the archive has of the query."""
    slips = tuple(f'did you mean "{known}" for "{word}"?' for word, known in query.did_you_mean)
    if not query.asks_something:
        return (_nothing_asked(query), *slips, _CAN_ASK)
    known_films = len(archive.films())
    if known_films == 0:
        return ("the archive is empty: ingest films first",)
    if not len(archive.columns(query.unit)):
        return (f"the archive has no {query.unit}s",)
    if found is None:
        return (*_why_no_course(archive, query, films), *slips)
    searched = len(films) if films is not None else known_films
    scope = (f"only {searched} of {known_films} films were searched",) if searched < known_films else ()
    return (*_why_none(archive, found, films), *slips, *scope)


def _why_none(archive: Archive, found: Findings, films: Collection[str] | None) -> tuple[str, ...]:
    """Say of each part that nothing has how near the nearest comes; else how many have each, and what is in the way."""
    query, unit = found.query, found.query.unit
    parts = _parts(found)
    misses = {
        words: _limits_missed(found, words, limits)
        for words, limits in _limits(query).items()
        if not parts[words].any()
    }
    for term in (one for one in query.terms if not one.hint):
        words = _words(term)
        if words not in misses and not parts[words].any():
            misses[words] = _term_missed(archive, found, term)
    unsaid = why_not_said(archive, query.said, unit)
    no_course = any(not parts[wish.words].any() for wish in query.wishes)
    courses = _why_no_course(archive, query, films) if no_course else ()
    unlike = why_not_like(archive, unit, query.likes)
    if misses or unsaid or courses or unlike:
        return (*misses.values(), *unsaid, *courses, *unlike)
    if query.sort is not None and not parts[query.sort.words].any():
        return (f"no {unit} has what the answer is ordered by",)
    left = np.logical_and.reduce([*parts.values(), found.table.counted])
    if left.any():
        likes = " and ".join(f'"{like.words}"' for like in query.likes)
        return (f"of {left.sum()} {unit}s that fulfil the rest none differs as {likes} asks",)
    total = len(found.table.columns)
    counts = "; ".join(f'{mask.sum()} of {total} {unit}s fulfil "{words}"' for words, mask in parts.items())
    together = "it here" if len(parts) == 1 else "both" if len(parts) == 2 else "all of them"
    return (f"{counts}; none fulfils {together}", *_in_the_way(unit, parts))


def _parts(found: Findings) -> dict[str, NDArray[np.bool_]]:
    """Return which rows fulfil each part, by its words: what one phrase asks for is one part."""
    query, table = found.query, found.table
    masks = [(_words(one), fulfilling(one, table.measure(one.measure))) for one in query.conditions]
    masks += [(_words(term), accepting(term, table.column(term.name))) for term in query.terms if not term.hint]
    if found.films is not None:
        words = " and ".join(one.words for one in query.filters) or "in the films searched"
        masks.append((words, table.columns.within(found.films)))
    held = [(said.words, sorted(lines)) for said, lines in zip(query.said, found.lines, strict=True)]
    held += [(wish.words, sorted(course.found)) for wish, course in zip(query.wishes, found.courses, strict=True)]
    held += [
        (one.words, sorted(id for id, look in looks.items() if look.fulfilled))
        for one, looks in zip(query.seen, found.looks, strict=True)
    ]
    masks += [(words, table.mask(np.array(ids, dtype=np.int64))) for words, ids in held]
    if query.sort is not None:
        values = table.measure(query.sort.key) if query.sort.by_measure else table.column(query.sort.key)
        masks.append((query.sort.words, ~np.isnan(values)))
    parts: dict[str, NDArray[np.bool_]] = {}
    for words, mask in masks:
        parts[words] = parts.get(words, table.counted) & mask
    return parts


def _words(part: Condition | Term) -> str:
    if isinstance(part, Term):
        return part.words or part.name
    return part.words or f"{part.measure} {part.op} {part.value:g}"


def _in_the_way(unit: Unit, parts: Mapping[str, NDArray[np.bool_]]) -> tuple[str, ...]:
    """Say what removed the last candidates: what without which there would be some, else the last part of all."""
    if len(parts) < 3:
        return ()
    without = {
        words: int(np.logical_and.reduce([mask for other, mask in parts.items() if other != words]).sum())
        for words in parts
    }
    if any(without.values()):
        return tuple(f'without "{words}" there would be {_number(n, unit)}' for words, n in without.items() if n)
    left = np.ones_like(next(iter(parts.values())))
    for words, mask in parts.items():
        if not (left & mask).any():
            return (f'taken in this order, "{words}" removes the last {_number(int(left.sum()), unit)}',)
        left &= mask
    return ()


def _number(count: int, unit: Unit) -> str:
    return f"{count} {unit}{'s' if count != 1 else ''}"


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


def _limits(query: Query) -> dict[str, list[Condition]]:
    """Return the limits by their words: a range is one."""
    limits: dict[str, list[Condition]] = {}
    for one in query.conditions:
        limits.setdefault(_words(one), []).append(one)
    return limits


def _limits_missed(found: Findings, words: str, limits: Sequence[Condition]) -> str:
    """Say how near the nearest comes to a limit, or to both ends of a range."""
    unit = found.query.unit
    near = []
    for one in limits:
        values = found.table.measure(one.measure)
        values = values[~np.isnan(values)]
        if not len(values):
            return f'"{words}": no {unit} has a measured {label(one.measure)}'
        if not any(one.accepts(value) for value in (values.min(), values.max())):
            return _missed(unit, one, values)
        above = one.op in (">", ">=")
        near.append(
            quantity(one.measure, values[values <= one.value].max() if above else values[values >= one.value].min())
        )
    return f'no {unit} fulfils "{words}": the nearest have {" and ".join(near)}'


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


def _term_missed(archive: Archive, found: Findings, term: Term) -> str:
    unit, words, columns = found.query.unit, _words(term), found.table.columns
    wanted = term.sign * found.table.column(term.name)
    if np.isnan(wanted).all():
        return f'"{words}" could not be measured on any {unit}'
    best = np.flatnonzero(wanted == np.nanmax(wanted))
    best = best[columns.places(best).argmin()]
    (row,) = archive.segments(unit, columns.ids(best.reshape(1)))
    number = behind(term.name, row.segment)
    needed = f"{'at least' if term.inclusive else 'above'} {term.minimum:g}"
    nearest = f"the nearest is at {term.sign * wanted[best]:.2f}" + (f" ({number})" if number else "")
    return f'no {unit} fulfils "{words}" ({needed}): {nearest}'
