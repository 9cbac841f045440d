"""Cues: how unusual measured numbers are, for their film and for films in general.

A cue is ``tanh(z / 2)``, so that half of a usual spread is 0.24, one spread 0.46, two 0.76. ``z`` averages two scales:

- films in general: ``(f(x) - f(median)) / spread`` with the norms of the grammar, the reference; or, if a film is
  described with an archive's norms that include the cue, with those of its decade or of the archive
  (``emotion.norms``). The least spread is ``enough_spread`` times that of the reference;
- the film: the same with the film's own median and spread (1.4826 * median absolute deviation, both weighted by
  seconds, or by segments if the cue is ``per_shot``). Its weight is ``w = min(1, spread / (enough_spread * reference
  spread))`` to the other's 1, and 0 in a film of few segments: a film that never changes is judged by the other scale
  alone, and noise around a constant is not amplified.

Cues of events (``only_above_usual``) are 0 if there is no more of them than usual.

``f`` is the reading's scale (a logarithm for lengths, rates and speeds).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.attributes.measures import Unit
from kuleshov.emotion.grammar import Grammar
from kuleshov.emotion.norms import Scales, unit_of, z_of
from kuleshov.emotion.robust_stats import median_and_spread
from kuleshov.records import Segment

REFERENCE, FILM = "reference", "film"
#: The largest z: it keeps every cue strictly inside -1..1.
FARTHEST = 6.0


@dataclass(frozen=True, eq=False)
class CueTable:
    """The cues of segments, and their z by scale.

    ``values`` float64 ``[n_segments, n_cues]``, -1..1, columns as ``grammar.cue_names``, NaN = not measured; ``z`` by
    scale ("reference", "film", "archive", "1940s"), the same shape, -6..6, NaN where that scale has no norm;
    ``references``: the scale that counts in addition to the film's, by cue.
    """

    values: NDArray[np.float64]
    z: dict[str, NDArray[np.float64]]
    references: tuple[str, ...]


def cues(
    segments: Sequence[Segment],
    *,
    grammar: Grammar,
    among: Sequence[Segment] | None = None,
    scales: Scales | None = None,
) -> NDArray[np.float64]:
    """Return the values of ``cue_table``."""
    return cue_table(segments, grammar=grammar, among=among, scales=scales).values


def cue_table(
    segments: Sequence[Segment],
    *,
    grammar: Grammar,
    among: Sequence[Segment] | None = None,
    scales: Scales | None = None,
) -> CueTable:
    """Return the cues of segments of one film and one kind (all its shots, or all its scenes).

    ``among``: the segments that define what is usual in the film, if not these (moments are compared with the shots).
    ``scales``: norms of an archive, used instead of the grammar's reference.
    """
    numbers = _table(segments, grammar)
    usual = None if among is None else _table(among, grammar)
    seconds = _seconds(segments if among is None else among)
    return cues_of_numbers(numbers, seconds, grammar=grammar, usual=usual, scales=scales, unit=unit_of(segments))


def cue_numbers(segment: Segment, *, grammar: Grammar) -> list[float]:
    """Return the number that each cue reads, on its scale, NaN = not measured."""
    return [cue.reading.scaled(cue.reading.value(segment)) for cue in grammar.cues]


def cues_of_numbers(
    numbers: NDArray[np.float64],
    seconds: NDArray[np.float64],
    *,
    grammar: Grammar,
    usual: NDArray[np.float64] | None = None,
    scales: Scales | None = None,
    unit: Unit = "shot",
) -> CueTable:
    """Return ``cue_table`` of segments by their ``cue_numbers`` ``[n_segments, n_cues]``.

    ``usual``: the numbers of the segments that define what is usual, if not these; ``seconds`` are their durations.
    """
    groups = scales.groups if scales else ()
    names = [*(group.name for group in groups), REFERENCE, FILM]
    table, references = np.empty_like(numbers), []
    z = {name: np.full_like(numbers, np.nan) for name in names}
    for column, cue in enumerate(grammar.cues):
        with np.errstate(over="ignore"):  # an absurd number becomes the largest z
            own, compared = numbers[:, column], (numbers if usual is None else usual)[:, column]
            least = grammar.film.enough_spread * cue.reading.distance(cue.spread)
            by_scale = {
                group.name: z_of(own, group.norms[unit][cue.name], cue.reading, least_spread=least)
                for group in groups
                if cue.name in group.norms[unit]
            }
            by_scale[REFERENCE] = (own - cue.reading.scaled(cue.median)) / cue.reading.distance(cue.spread)
            reference = next(iter(by_scale))  # the narrowest
            weights = np.ones_like(seconds) if cue.per_shot else seconds
            values, by_scale[FILM] = _averaged_with_film(
                by_scale[reference], own, compared, weights, enough=grammar.film.enough_segments, least_spread=least
            )
            for name, values_z in by_scale.items():
                z[name][:, column] = np.clip(values_z, -FARTHEST, FARTHEST)
            references.append(reference)
        table[:, column] = np.maximum(values, 0) if cue.only_above_usual else values
    return CueTable(table, z, tuple(references))


def _averaged_with_film(
    z: NDArray[np.float64],
    numbers: NDArray[np.float64],
    usual: NDArray[np.float64],
    weights: NDArray[np.float64],
    *,
    enough: int,
    least_spread: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the cue, from ``z`` averaged with that in the film, and the latter, NaN if the film has no scale."""
    in_film = np.full_like(z, np.nan)
    known = np.isfinite(usual)
    if np.count_nonzero(known) >= enough:
        median, spread = median_and_spread(usual[known], weights[known])
        if spread > 0:
            film_weight = min(1.0, spread / least_spread)
            in_film = (numbers - median) / max(spread, least_spread)
            z = (z + film_weight * in_film) / (1 + film_weight)
    squashed: NDArray[np.float64] = np.tanh(np.clip(z, -FARTHEST, FARTHEST) / 2)
    return squashed, in_film


def _table(segments: Sequence[Segment], grammar: Grammar) -> NDArray[np.float64]:
    rows = [cue_numbers(segment, grammar=grammar) for segment in segments]
    return np.array(rows, dtype=np.float64).reshape(len(segments), len(grammar.cues))


def _seconds(segments: Sequence[Segment]) -> NDArray[np.float64]:
    return np.array([segment.duration_seconds for segment in segments])
