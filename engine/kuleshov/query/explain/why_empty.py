"""Why a search found nothing: each thing asked for is looked at alone, with the nearest miss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.query.match_query import Matches
from kuleshov.query.matching.column_table import Selection
from kuleshov.query.matching.part import PartMatch
from kuleshov.query.parts.sort import Sort

_CAN_ASK = (
    "ask for qualities (dark, hand-held, long take), feelings (tense, calm), numbers (longer than 20 s) "
    "or an order (longest)"
)


def why_empty(matches: Matches) -> tuple[str, ...]:
    """Return the reasons why nothing was found, one sentence each."""
    query, context = matches.query, matches.context
    films = context.archive.films()
    slips = tuple(f'did you mean "{known}" for "{word}"?' for word, known in query.did_you_mean)
    if not query.asks_something:
        return (_nothing_asked(matches), *slips, _CAN_ASK)
    if not films:
        return ("the archive is empty: ingest films first",)
    if not len(context.table.columns):
        return (f"the archive has no {context.unit}s",)
    searched = len(context.films)
    scope = (f"only {searched} of {len(films)} films were searched",) if searched < len(films) else ()
    return (*(_why_no_film if query.of_films else _why_none)(matches), *slips, *scope)


def _nothing_asked(matches: Matches) -> str:
    query = matches.query
    if not query.text.strip():
        return "the query is empty"
    if query.not_understood:
        return f"nothing to search for was understood; not understood: {', '.join(query.not_understood)}"
    return "the query names nothing to search for"


def _why_none(matches: Matches) -> tuple[str, ...]:
    """Say of each part that nothing has how near the nearest comes; else how many have each, and what is in the way."""
    unit, table = matches.context.unit, matches.context.table
    hard = [match for match in matches.parts if match.part.hard]
    # Limits say most plainly what is missing, the order least.
    hard.sort(key=lambda match: (isinstance(match.part, Sort), any(match.part.graded())))
    alone, misses = {}, []
    for phrase, group in _by_phrase(hard).items():
        alone[phrase] = np.logical_and.reduce([_alone(match) for match in group])
        if not alone[phrase].any():
            misses += group[0].why_none()
    if misses:
        return tuple(dict.fromkeys(misses))
    # What is only looked for among what the other parts leave does not stand beside them.
    last = dict.fromkeys(match.part.phrase for match in hard if match.part.looks_among_the_rest)
    masks = {phrase: mask for phrase, mask in alone.items() if phrase not in last}
    if matches.context.within is not None:
        masks["in the films searched"] = Selection.of(table, matches.context.within).mask
    left = np.logical_and.reduce([*masks.values(), table.counted])
    if last and left.any():
        wanted = " and ".join(f'"{phrase}"' for phrase in last)
        return (f"of {_number(int(left.sum()), unit)} that fulfil the rest none fulfils {wanted}",)
    counts = _counts({phrase: int(mask.sum()) for phrase, mask in masks.items()}, len(table.columns), unit)
    return (counts, *_in_the_way(unit, masks))


def _why_no_film(matches: Matches) -> tuple[str, ...]:
    """Say of each part that no film satisfies why that is so; else how many films have each."""
    views = [matches.view(film) for film in matches.context.films]
    fulfilling = {}
    misses = []
    for match in matches.parts:
        fulfilling[match.part.phrase] = sum(match.film_reasons(view) is not None for view in views)
        if not fulfilling[match.part.phrase]:
            misses += match.why_no_film(views)
    return tuple(dict.fromkeys(misses)) or (_counts(fulfilling, len(views), "film"),)


def _counts(fulfilling: Mapping[str, int], total: int, unit: str) -> str:
    """Say how many have each of several things, which none has together."""
    counts = "; ".join(f'{count} of {total} {unit}s fulfil "{phrase}"' for phrase, count in fulfilling.items())
    together = "it here" if len(fulfilling) == 1 else "both" if len(fulfilling) == 2 else "all of them"
    return f"{counts}; none fulfils {together}"


def _by_phrase(matches: Iterable[PartMatch[Any]]) -> dict[str, list[PartMatch[Any]]]:
    """Return the matches by the words that ask for them: what one phrase asks for is one thing."""
    groups: dict[str, list[PartMatch[Any]]] = {}
    for match in matches:
        groups.setdefault(match.part.phrase, []).append(match)
    return groups


def _alone(match: PartMatch[Any]) -> NDArray[np.bool_]:
    """Return which rows satisfy a part if nothing else is asked for, bool ``[n]``."""
    everything = Selection.of(match.context.table)
    if match.part.looks_among_the_rest:
        match = match.part.match(match.context, everything)
    return match.narrow(everything).mask


def _in_the_way(unit: str, masks: Mapping[str, NDArray[np.bool_]]) -> tuple[str, ...]:
    """Say what removed the last candidates: what without which there would be some, else the last part of all."""
    if len(masks) < 3:
        return ()
    without = {
        phrase: int(np.logical_and.reduce([mask for other, mask in masks.items() if other != phrase]).sum())
        for phrase in masks
    }
    if any(without.values()):
        return tuple(f'without "{phrase}" there would be {_number(n, unit)}' for phrase, n in without.items() if n)
    left = np.ones_like(next(iter(masks.values())))
    for phrase, mask in masks.items():
        if not (left & mask).any():
            return (f'taken in this order, "{phrase}" removes the last {_number(int(left.sum()), unit)}',)
        left &= mask
    return ()


def _number(count: int, unit: str) -> str:
    return f"{count} {unit}{'s' if count != 1 else ''}"
