"""Statements on the segments of films as they are divided now.

A statement speaks of seconds. It is read as being about the shot or scene that it shares most of its time with, where
they overlap by at least half of what they cover together; else it is *adrift*: kept and counted, not used, until the
film is divided so that it fits. Where a person speaks twice of one score of one segment, the later word counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.annotations.agreement import Level, icc2, krippendorff_alpha
from kuleshov.annotations.annotation_store import AnnotationStore
from kuleshov.annotations.statement import SCORES, SENSES, Statement
from kuleshov.archive import Archive
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.records import DIMENSIONS, Analysis, Segment

#: Overlap of a statement's stretch and a segment, by what they cover together, from which on it is about it.
SAME_STRETCH = 0.5


@dataclass(frozen=True)
class RatedSegment:
    """A segment of a film as it is divided now."""

    content_id: str
    unit: Unit
    index: int


@dataclass(frozen=True)
class Rating:
    """What one person said last of one score of one segment."""

    place: RatedSegment
    annotator: str
    score: str
    value: float


@dataclass(frozen=True)
class Placed:
    """What holds of the films of an archive; ``films`` are those that are spoken of, by content id."""

    ratings: list[Rating]
    senses: dict[tuple[RatedSegment, str, str], frozenset[str]]  # by place, annotator and sense: the words
    adrift: list[Statement]  # on no segment, or on a film that is not in the archive
    films: dict[str, Analysis]


def place(archive: Archive) -> Placed:
    """Return what people say of the films of an archive, by segment. Raises ``ArchiveError``."""
    statements = AnnotationStore(archive.path).current()
    present = {film.content_id for film in archive.films()}
    films = {
        each: archive.analysis(each) for each in sorted({each.content_id for each in statements}) if each in present
    }
    ratings: dict[tuple[RatedSegment, str, str], Rating] = {}
    senses: dict[tuple[RatedSegment, str, str], frozenset[str]] = {}
    adrift = []
    for statement in statements:  # oldest first, so that the later word counts
        film = films.get(statement.content_id)
        index = None if film is None else segment_of(segments(film, statement.unit), statement)
        if index is None:
            adrift.append(statement)
            continue
        where = RatedSegment(statement.content_id, statement.unit, index)
        for score, value in statement.scores.items():
            ratings[where, statement.annotator, score] = Rating(where, statement.annotator, score, value)
        for sense, words in statement.senses.items():
            senses[where, statement.annotator, sense] = frozenset(words)
    return Placed(list(ratings.values()), senses, adrift, films)


def segments(film: Analysis, unit: Unit) -> Sequence[Segment]:
    return film.shots if unit == "shot" else film.scenes


def segment_of(candidates: Sequence[Segment], statement: Statement) -> int | None:
    """Return the index of the segment that a statement is about, ``None`` where it is about none."""
    if not candidates:
        return None
    starts = np.array([each.start_seconds for each in candidates])
    ends = np.array([each.end_seconds for each in candidates])
    shared = np.minimum(ends, statement.end_seconds) - np.maximum(starts, statement.start_seconds)
    covered = np.maximum(ends, statement.end_seconds) - np.minimum(starts, statement.start_seconds)
    overlap = np.maximum(shared, 0) / covered
    best = int(overlap.argmax())
    return best if overlap[best] >= SAME_STRETCH else None


def rating_table(ratings: Sequence[Rating], score: str) -> tuple[list[RatedSegment], list[str], NDArray[np.float64]]:
    """Return places, annotators and float64 ``[places, annotators]`` of one score, NaN = not rated."""
    own = [rating for rating in ratings if rating.score == score]
    places = list(dict.fromkeys(rating.place for rating in own))
    people = sorted({rating.annotator for rating in own})
    table = np.full((len(places), len(people)), np.nan)
    rows, columns = {each: row for row, each in enumerate(places)}, {each: column for column, each in enumerate(people)}
    for rating in own:
        table[rows[rating.place], columns[rating.annotator]] = rating.value
    return places, people, table


@dataclass(frozen=True)
class Agreement:
    """How far people agree on one score, or one word of a sense. NaN: too little to tell."""

    subject: str  # "valence", "light: low-key"
    units: int  # rated by two or more
    annotators: int
    alpha: float  # nominal for words, ordinal for moods, interval for dimensions
    level: str
    alpha_ordinal: float  # of a dimension: the same numbers as ranks; else NaN
    icc_single: float  # ICC(2,1) over the units that all annotators rated; NaN for words
    icc_mean: float  # ICC(2,k)


def agreement(placed: Placed) -> list[Agreement]:
    """Return how far people agree on everything that two of them spoke of."""
    found = []
    for score in SCORES:
        _, people, table = rating_table(placed.ratings, score)
        shared = int((np.isfinite(table).sum(axis=1) >= 2).sum()) if len(table) else 0
        if not shared:
            continue
        level: Level = "interval" if score in DIMENSIONS else "ordinal"
        alpha = krippendorff_alpha(table.T, level=level)
        ordinal = krippendorff_alpha(table.T, level="ordinal") if score in DIMENSIONS else float("nan")
        found.append(Agreement(score, shared, len(people), alpha, level, ordinal, *icc2(table)))
    return found + _agreement_on_words(placed)


def _holds(word: str, said: frozenset[str] | None) -> float:
    return float("nan") if said is None else float(word in said)


def _agreement_on_words(placed: Placed) -> list[Agreement]:
    """A person who speaks of a sense says of every word of it whether it holds."""
    found = []
    for sense in SENSES:
        said = {(where, who): words for (where, who, which), words in placed.senses.items() if which == sense}
        people = sorted({who for _, who in said})
        places = list(dict.fromkeys(where for where, _ in said))
        for word in sorted({word for words in said.values() for word in words}):
            table = np.array([[_holds(word, said.get((each, who))) for each in places] for who in people])
            shared = int((np.isfinite(table).sum(axis=0) >= 2).sum())
            if shared:
                alpha = krippendorff_alpha(table, level="nominal")
                nan = float("nan")
                found.append(Agreement(f"{sense}: {word}", shared, len(people), alpha, "nominal", nan, nan, nan))
    return found
