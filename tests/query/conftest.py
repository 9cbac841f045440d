"""An archive held in memory, filled with shots made by hand: what a test asks of the real one, without files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kuleshov.archive.catalog.catalog import Stamp
from kuleshov.archive.catalog.resolve import resolve_film
from kuleshov.archive.columns.columns import Columns, Part
from kuleshov.archive.film.entries import FilmEntry, SegmentRow
from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES, attributes
from kuleshov.cinema.attributes.measures import MEASURES, flatten, measure
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.records import (
    DIMENSIONS,
    MOODS,
    Camera,
    Color,
    Dialogue,
    Emotion,
    Lighting,
    Pace,
    PaletteColor,
    Reason,
    Shot,
    Sound,
    Transition,
)


def make_emotion(**scores: float) -> Emotion:
    """Scores by name, each made of two cues that add up to it; all others 0."""
    reasons = [
        Reason(cue, 0.5, f"{cue} (0.5)", {name: value * share for name, value in scores.items()})
        for cue, share in (("motion", 0.25), ("lighting_key", 0.75))
    ]
    values = {name: scores.get(name, 0.0) for name in (*DIMENSIONS, *MOODS)}
    moods = {mood: values[mood] for mood in MOODS}
    dimensions = {name: values[name] for name in DIMENSIONS}
    return Emotion(**dimensions, moods=moods, strong=[], confidence=1.0, reasons=reasons)


def make_shot(
    index: int = 0, *, seconds: float = 3.0, start: float | None = None, feel: Any = None, **changes: Any
) -> Shot:
    """A usual shot; ``changes`` name fields of its measurements (``luma_mean=0.1``), or a sense (``sound=None``)."""
    senses: dict[str, Any] = {
        "lighting": Lighting("normal", 0.07, 0.31, 0.2, 0.62, 0.3, 0.05, 0.001),
        "color": Color(0.11, -0.43, False, [PaletteColor("grey", "#808080", 0.8)]),
        "camera": Camera("moderate", 0.09, 0.05, 0.1, 0.0, 0.0, 0.0, 0.003),
        "pace": Pace(seconds, seconds, 3.5, 2.5, 17.0, 60.0),
        "sound": Sound(-21.0, -15.0, 0.1, 0.05, []),
        "dialogue": Dialogue(1, 5, 2.8, 0.3, 0, 0, "a line of five words", "en"),
    }
    for name, value in changes.items():
        if name in senses:
            senses[name] = value
        else:
            (owner,) = [sense for sense, record in senses.items() if hasattr(record, name)]
            senses[owner] = replace(senses[owner], **{name: value})
    begin = 10.0 * index if start is None else start
    return Shot(
        index=index,
        start_frame=round(begin * 24),
        end_frame=round((begin + seconds) * 24),
        start_seconds=begin,
        end_seconds=begin + seconds,
        emotion=make_emotion(**(feel or {})),
        transition_in=Transition("cut", 0, 1, 0.9),
        **senses,
    )


def vector_of(shot: Shot) -> NDArray[np.float32]:
    values = attributes(shot, shots=[])
    emotion = shot.emotion
    assert emotion is not None
    feelings = (*(getattr(emotion, name) for name in DIMENSIONS), *(emotion.moods[mood] for mood in MOODS))
    return np.array([*(values[name] for name in ATTRIBUTE_NAMES), *feelings], dtype=np.float32)


@dataclass(eq=False)
class FakeArchive:
    """The searching half of ``Archive``, by linear search; counts the rows that were read."""

    rows: list[SegmentRow] = field(default_factory=list)
    entries: list[FilmEntry] = field(default_factory=list)
    rows_read: int = 0
    path: Path = Path("fake")
    vector_names: tuple[str, ...] = VECTOR_NAMES

    def add(self, title: str, shots: Sequence[Shot], **about: Any) -> FilmEntry:
        content_id = f"{len(self.entries):032x}"
        film = FilmEntry(
            content_id, title, f"{title}.mkv", 60.0, 1440, len(shots), 0, "p", "2024-01-01T00:00:00.000000", **about
        )
        self.entries.append(film)
        first = len(self.rows)
        self.rows += [SegmentRow(first + i, film, "shot", shot, vector_of(shot)) for i, shot in enumerate(shots)]
        return film

    def films(self) -> list[FilmEntry]:
        return self.entries

    def resolve(self, text: str) -> FilmEntry:
        return resolve_film(self.path, self.entries, text)

    def count(self, unit: str) -> int:
        return sum(row.unit == unit for row in self.rows)

    def ids(self, unit: str) -> NDArray[np.int64]:
        return np.array([row.id for row in self.rows if row.unit == unit], dtype=np.int64)

    def columns(self, unit: str) -> Columns:
        rows = [row for row in self.rows if row.unit == unit]
        films = [(film.content_id, sum(row.film is film for row in rows)) for film in self.entries]
        part = Part(
            np.array([(row.id, row.segment.index) for row in rows], dtype=np.int64).reshape(-1, 2).T,
            np.array([list(flatten(row.segment).values()) for row in rows]).reshape(-1, len(MEASURES)).T,
            np.array([row.vector for row in rows], dtype=np.float32).reshape(-1, len(self.vector_names)).T,
            tuple(films),
        )
        return Columns(Stamp("fake", len(rows)), self.vector_names, [part])

    def nearest(self, unit: str, weights: Any, *, k: int, allowed: Any = None) -> list[tuple[int, float]]:
        assert np.shape(weights) == (len(self.vector_names),)
        ids = [row.id for row in self.rows if row.unit == unit and (allowed is None or row.id in set(allowed.tolist()))]
        products = {i: float(np.nan_to_num(self.rows[i].vector) @ np.asarray(weights, dtype=np.float32)) for i in ids}
        return sorted(products.items(), key=lambda pair: (-pair[1], pair[0]))[:k]

    def spaces(self, unit: str) -> list[Any]:
        """Films that no image-text model has seen."""
        return []

    def spans(self, unit: str, content_id: str) -> list[tuple[int, float, float]]:
        rows = [row for row in self.rows if row.unit == unit and row.film.content_id == content_id]
        return [(row.id, row.segment.start_seconds, row.segment.end_seconds) for row in rows]

    def at(self, unit: str, content_id: str, seconds: float) -> int | None:
        spans = self.spans(unit, content_id)
        return next((id for id, start, end in spans if start <= seconds < end), None)

    def moments(self, content_id: str, names: Any) -> None:
        """Films described before there were moments."""

    def film_measures(self, unit: str, content_id: str) -> NDArray[np.float64]:
        rows = [row for row in self.rows if row.unit == unit and row.film.content_id == content_id]
        return np.array([[measure(row.segment, one.path) for one in MEASURES] for row in rows])

    def segments(self, unit: str, ids: Any) -> list[SegmentRow]:
        self.rows_read += len(ids)
        rows = [self.rows[i] for i in np.asarray(ids).tolist()]
        assert all(row.unit == unit for row in rows)
        return rows


@pytest.fixture
def archive() -> FakeArchive:
    return FakeArchive()


@pytest.fixture(scope="session")
def shot() -> Callable[..., Shot]:
    return make_shot
