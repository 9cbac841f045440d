"""What an emotion model learns from: the cues of the segments that people spoke of, and what they said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.annotations.ratings import Placed, RatedSegment, segments
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.emotion.cues import cues
from kuleshov.emotion.grammar import Cue, Grammar
from kuleshov.records import Analysis, Segment
from kuleshov.training.emotion_fit import Said

#: Which sense a measured number belongs to, by the beginning of its path; another one is a sense of its own.
_SENSES = {
    "lighting": "light",
    "color": "light",
    "camera": "camera and cutting",
    "pace": "camera and cutting",
    "duration_seconds": "camera and cutting",
    "dialogue": "words",
}


def sense_of(cue: Cue) -> str:
    """Return the sense that a cue belongs to: "light", "camera and cutting", "sound", "words", ..."""
    first = cue.reading.path.split(".")[0]
    return _SENSES.get(first, first)


def senses_of(grammar: Grammar) -> dict[str, NDArray[np.bool_]]:
    """Return which cues are of each sense, bool ``[cues]``."""
    named = np.array([sense_of(cue) for cue in grammar.cues])
    return {sense: named == sense for sense in dict.fromkeys(named.tolist())}


def prior_weights(grammar: Grammar, score: str) -> NDArray[np.float64]:
    """Return a score's weights of all cues of the grammar, float64 ``[cues]``; their sizes add up to its gain."""
    (entry,) = [each for each in grammar.scores if each.name == score]
    weights = np.zeros(len(grammar.cues))
    for term in entry.terms:
        weights[grammar.cue_names.index(term.cue)] = term.weight
    return np.asarray(weights * entry.gain / np.abs(weights).sum())


@dataclass(frozen=True, eq=False)
class CueTable:
    """Segments of films as cues: float64 ``[n, cues]``, 0 where not ``speaking``; ``places`` names the rows."""

    places: list[RatedSegment]
    segments: list[Segment]
    cues: NDArray[np.float64]
    speaking: NDArray[np.bool_]

    @property
    def films(self) -> NDArray[np.int64]:
        """Which film each row is of, int64 ``[n]``, films numbered in the order of their content ids."""
        ids = [place.content_id for place in self.places]
        return np.searchsorted(np.unique(ids), ids).astype(np.int64)

    def only(self, rows: Sequence[int]) -> CueTable:
        chosen = list(rows)
        return CueTable(
            [self.places[row] for row in chosen],
            [self.segments[row] for row in chosen],
            self.cues[chosen],
            self.speaking[chosen],
        )


def cue_table(films: Mapping[str, Analysis], unit: Unit, grammar: Grammar) -> CueTable:
    """Return all shots or scenes of films as cues, film after film."""
    places: list[RatedSegment] = []
    all_segments: list[Segment] = []
    tables = []
    for content_id, film in films.items():
        own = segments(film, unit)
        if own:
            places += [RatedSegment(content_id, unit, segment.index) for segment in own]
            all_segments += own
            tables.append(cues(own, grammar=grammar))
    table = np.concatenate(tables) if tables else np.empty((0, len(grammar.cues)))
    speaking = speaks(table, grammar)
    return CueTable(places, all_segments, np.where(speaking, table, 0.0), speaking)


def speaks(table: NDArray[np.float64], grammar: Grammar) -> NDArray[np.bool_]:
    """Return which cues of a table ``[n, cues]`` count: measured, and no events that did not happen."""
    events = np.array([cue.only_above_usual for cue in grammar.cues], dtype=bool)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.isfinite(table) & ~(events & (table <= 0)))


def said_of(placed: Placed, table: CueTable, score: str) -> tuple[Said, list[str]]:
    """Return the ratings of a score by rows of a table, and the raters' names."""
    rows = {place: row for row, place in enumerate(table.places)}
    own = [rating for rating in placed.ratings if rating.score == score and rating.place in rows]
    people = sorted({rating.annotator for rating in own})
    said = Said(
        np.array([rating.value for rating in own], dtype=np.float64),
        np.array([rows[rating.place] for rating in own], dtype=np.int64),
        np.array([people.index(rating.annotator) for rating in own], dtype=np.int64),
    )
    return said, people
