"""Why a search found nothing: each thing asked for is looked at alone, with the nearest miss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    return (*_why_none(matches), *slips, *scope)


def _nothing_asked(matches: Matches) -> str:
    query = matches.query
    if not query.text.strip():
        return "the query is empty"
    if query.not_understood:
        return f"nothing to search for was understood; not understood: {', '.join(query.not_understood)}"
    return "the query names nothing to search for"


def _why_none(matches: Matches) -> tuple[str, ...]:
    """Say of each part that nothing has how near the nearest comes; else how many have each, and what is in the way."""
    context, answer = matches.context, matches.context.answer
    hard = [match for match in matches.parts if match.part.hard]
    # Limits say most plainly what is missing, the order least.
    hard.sort(key=lambda match: (isinstance(match.part, Sort), any(match.part.graded())))
    masks: dict[str, NDArray[np.bool_]] = {}  # what one phrase asks for is one thing
    first: dict[str, PartMatch[Any]] = {}
    for match, mask in zip(hard, _alone(matches, hard), strict=True):
        phrase = match.part.phrase
        masks[phrase] = masks.get(phrase, True) & mask
        first.setdefault(phrase, match)
    misses = [why for phrase, match in first.items() if not masks[phrase].any() for why in match.why_none()]
    if misses:
        return tuple(dict.fromkeys(misses))
    # What is looked for among the rest only is named last.
    last = [] if context.of_films else [phrase for phrase, match in first.items() if match.part.looks_among_the_rest]
    masks = {phrase: mask for phrase, mask in masks.items() if phrase not in last}
    if context.within is not None and not context.of_films:
        masks["in the films searched"] = Selection.of(context.table, context.within).mask
    left = np.logical_and.reduce(list(masks.values())) if masks else context.table.counted
    if last and left.any():
        wanted = " and ".join(f'"{phrase}"' for phrase in last)
        return (f"of {_number(int(left.sum()), answer)} that fulfil the rest none fulfils {wanted}",)
    total = len(context.films if context.of_films else context.table.columns)
    counts = "; ".join(f'{mask.sum()} of {total} {answer}s fulfil "{phrase}"' for phrase, mask in masks.items())
    together = "it here" if len(masks) == 1 else "both" if len(masks) == 2 else "all of them"
    return (f"{counts}; none fulfils {together}", *_in_the_way(answer, masks))


def _alone(matches: Matches, parts: Sequence[PartMatch[Any]]) -> list[NDArray[np.bool_]]:
    """Return which rows of the table, or films, satisfy each part if nothing else is asked for, bool ``[n]``."""
    if matches.context.of_films:
        views = map(matches.film_view, matches.context.films)
        fulfilled = [[all(one.fulfilled for one in match.verdicts(view)) for match in parts] for view in views]
        return list(np.array(fulfilled, dtype=bool).reshape(-1, len(parts)).T)
    everything = Selection.of(matches.context.table)
    alone = (
        match.part.match(matches.context, everything) if match.part.looks_among_the_rest else match for match in parts
    )
    return [match.narrow(everything).mask for match in alone]


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
