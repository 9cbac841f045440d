"""Norms: what is usual in an archive and in its decades, in addition to the grammar's reference and the film itself.

Choose them if the reference ("near the medians of a few real clips") does not fit an archive: silents, cartoons, one
director. Every film counts equally, whatever its length. Norms are a file that is made on request only, so that a
film's description does not change while others are added. A film is judged by the narrowest group with enough films:
its decade, if its year is known, else the whole archive; else by the reference. ``Reason.z`` has all of them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.attributes.measures import Unit
from kuleshov.cinema.attributes.scaled_measure import ScaledMeasure
from kuleshov.emotion.grammar import Cue, Grammar
from kuleshov.emotion.robust_stats import median_and_spread
from kuleshov.records import Scene, Segment

NORMS_SCHEMA_VERSION = 1
#: The fewest films that make a norm (a design value).
LEAST_FILMS = 5
ARCHIVE = "archive"
#: A film of more segments is reduced to this many quantiles, so that memory grows with the number of films only.
_QUANTILES = 64


@dataclass(frozen=True)
class Norm:
    """What is usual for one number, in its reading's own unit (on a log scale ``spread`` is a factor)."""

    median: float
    spread: float
    films: int
    segments: int


@dataclass(frozen=True)
class Group:
    """The films of an archive, or those of one of its decades, with norms by unit and cue."""

    decade: int | None  # 1940; None = the whole archive
    films: int
    segments: dict[Unit, int]
    norms: dict[Unit, dict[str, Norm]]

    @property
    def name(self) -> str:
        return ARCHIVE if self.decade is None else f"{self.decade}s"


@dataclass(frozen=True)
class CueWords:
    """The number that a cue reads, and its words, in the grammar that the norms were made with.

    ``least_spread``: on the reading's scale; smaller ones are raised to it, so that noise is not amplified in an
    archive that hardly varies.
    """

    reading: ScaledMeasure
    low: str
    high: str
    only_above_usual: bool
    least_spread: float


@dataclass(frozen=True)
class Norms:
    """The norms of an archive at one time. ``id`` is a hash of their content: the same films give the same id."""

    schema_version: int
    id: str
    made_at: str  # UTC, ISO 8601
    kuleshov_version: str
    grammar: str  # its id
    least_films: int
    cues: dict[str, CueWords]
    groups: list[Group]  # the archive first, then the decades

    def of_year(self, year: int | None) -> list[Group]:
        """Return the groups that a film of this year belongs to, the narrowest first."""
        decade = None if year is None else year // 10 * 10
        own = [group for group in self.groups if group.decade is not None and group.decade == decade]
        return own + [group for group in self.groups if group.decade is None]

    def scales_for(self, grammar: Grammar, year: int | None) -> Scales:
        """Return the scales for a film of this year, for the cues that read the same number in grammar and norms."""
        same = [
            cue.name
            for cue in grammar.cues
            if cue.name in self.cues and _same_number(cue.reading, self.cues[cue.name].reading)
        ]
        groups = [
            replace(
                group,
                norms={
                    unit: {name: norm for name, norm in norms.items() if name in same}
                    for unit, norms in group.norms.items()
                },
            )
            for group in self.of_year(year)
        ]
        return Scales(self.id, tuple(groups))


@dataclass(frozen=True)
class Scales:
    """The norms for one film in addition to its own and the reference: groups, the narrowest first."""

    norms_id: str
    groups: tuple[Group, ...]

    @property
    def id(self) -> str:
        """The norms and the group, for provenance."""
        return f"{self.norms_id}, {self.groups[0].name}" if self.groups else self.norms_id


@dataclass(frozen=True, eq=False)
class FilmNumbers:
    """The input of norms: ``cues.cue_numbers`` of a film's segments by unit, float64 ``[n, cues]``, and their
    seconds."""

    year: int | None
    numbers: Mapping[Unit, NDArray[np.float64]]
    seconds: Mapping[Unit, NDArray[np.float64]]


def unit_of(segments: Sequence[Segment]) -> Unit:
    """Return the unit of the norms for segments of one kind: parts of shots and live windows use those of shots."""
    return "scene" if segments and isinstance(segments[0], Scene) else "shot"


def make_norms(
    films: Iterable[FilmNumbers], *, grammar: Grammar, least_films: int = LEAST_FILMS, made_at: str, version: str
) -> Norms:
    """Return the norms of films. There are none of a group of fewer than ``least_films``, of a cue measured in fewer,
    and of a cue whose spread is 0 (events that mostly do not happen). Films of the same numbers in the same order give
    the same norms.
    """
    summaries = [_Summary.of(film, grammar) for film in films]
    decades = sorted({film.decade for film in summaries if film.decade is not None})
    groups = [_group(summaries, None, grammar, least_films)]
    groups += [
        _group([film for film in summaries if film.decade == decade], decade, grammar, least_films)
        for decade in decades
    ]
    large = [group for group in groups if group.films >= least_films]
    words = {cue.name: _words(cue, grammar) for cue in grammar.cues}
    norms = Norms(NORMS_SCHEMA_VERSION, "", made_at, version, grammar.id, least_films, words, large)
    return replace(norms, id=_id(norms))


def z_of(numbers: Any, norm: Norm, reading: ScaledMeasure, *, least_spread: float) -> Any:
    """Return how many spreads numbers on the reading's scale (a float or an array) are above a norm's median."""
    return (numbers - reading.scaled(norm.median)) / max(reading.distance(norm.spread), least_spread)


def group_words(name: str) -> str:
    """Return a group's name in words: "this archive", "the 1940s"."""
    return "this archive" if name == ARCHIVE else f"the {name}"


def _words(cue: Cue, grammar: Grammar) -> CueWords:
    least = grammar.film.enough_spread * cue.reading.distance(cue.spread)
    return CueWords(cue.reading, cue.low, cue.high, cue.only_above_usual, least)


def _same_number(one: ScaledMeasure, other: ScaledMeasure) -> bool:
    return replace(one, label="") == replace(other, label="")


def _id(norms: Norms) -> str:
    content = asdict(replace(norms, id="", made_at="", kuleshov_version="", grammar=""))
    return f"norms-{hashlib.blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=6).hexdigest()}"


@dataclass(frozen=True, eq=False)
class _Summary:
    """A film in norms: by unit and cue, the measured numbers float32 ``[n]``, their float64 weights, whose sum is 1,
    and the number of segments."""

    decade: int | None
    segments: dict[Unit, int]
    columns: dict[Unit, list[tuple[NDArray[np.float32], NDArray[np.float64], int]]]

    @classmethod
    def of(cls, film: FilmNumbers, grammar: Grammar) -> _Summary:
        columns = {}
        for unit, table in film.numbers.items():
            even = np.ones(len(table))
            columns[unit] = [
                _summarised(table[:, column], even if cue.per_shot else film.seconds[unit])
                for column, cue in enumerate(grammar.cues)
            ]
        decade = None if film.year is None else film.year // 10 * 10
        return cls(decade, {unit: len(table) for unit, table in film.numbers.items()}, columns)


def _summarised(
    numbers: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float64], int]:
    """The measured numbers of a film and their weights, or their quantiles if there are many; and their count."""
    known = np.isfinite(numbers) & (weights > 0)
    values, own, count = numbers[known], weights[known], int(known.sum())
    if count > _QUANTILES:
        order = np.argsort(values, kind="stable")
        below = np.cumsum(own[order])
        ranks = np.searchsorted(below, (np.arange(_QUANTILES) + 0.5) / _QUANTILES * below[-1])
        values, own = values[order][ranks], np.ones(_QUANTILES)
    return values.astype(np.float32), own / max(own.sum(), 1e-12), count


def _group(summaries: Sequence[_Summary], decade: int | None, grammar: Grammar, least_films: int) -> Group:
    norms: dict[Unit, dict[str, Norm]] = {}
    segments: dict[Unit, int] = {}
    for unit in ("shot", "scene"):
        segments[unit] = sum(film.segments.get(unit, 0) for film in summaries)
        norms[unit] = {}
        for column, cue in enumerate(grammar.cues):
            films = [film.columns[unit][column] for film in summaries if unit in film.columns]
            films = [film for film in films if film[2]]
            if len(films) < least_films:
                continue
            values, weights = (np.concatenate([film[part] for film in films]).astype(np.float64) for part in (0, 1))
            median, spread = median_and_spread(values, weights)
            if spread > 0:
                own = (math.exp(median), math.exp(spread)) if cue.reading.log else (median, spread)
                norms[unit][cue.name] = Norm(*own, len(films), sum(film[2] for film in films))
    return Group(decade, len(summaries), segments, norms)
