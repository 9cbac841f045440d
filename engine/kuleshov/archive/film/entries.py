"""What the archive returns: films as the catalogue lists them, segments as they are read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.disk.layout import folder_name
from kuleshov.errors import QueryError
from kuleshov.records import SEGMENT_UNITS, Scene, Shot, Unit


@dataclass(frozen=True)
class FilmEntry:
    """A film as the catalogue lists it. ``added_at`` is UTC, ISO 8601 with microseconds: it sorts as text."""

    content_id: str
    title: str
    source: str
    duration_seconds: float
    frame_count: int
    shot_count: int
    scene_count: int
    pipeline_id: str
    added_at: str
    year: int | None = None
    director: str | None = None  # several are separated by commas, as are countries
    country: str | None = None
    language: str | None = None  # of the dialogue: as stated, else that of the first sound track

    @property
    def folder_name(self) -> str:
        return folder_name(self.content_id, self.pipeline_id)

    def segment_count(self, unit: Unit) -> int:
        return self.shot_count if unit == "shot" else self.scene_count


@dataclass(frozen=True, eq=False)
class SegmentRow:
    """A shot or scene with its film; ``vector`` float32 ``[D]``, NaN where a value was not measured."""

    id: int
    film: FilmEntry
    unit: Unit
    segment: Shot | Scene
    vector: NDArray[np.float32]


def check_unit(unit: str) -> Unit:
    """Return ``unit`` if segments of that kind exist. Raises ``QueryError``."""
    for known in SEGMENT_UNITS:
        if unit == known:
            return known
    raise QueryError(f"unknown unit {unit!r}: known are {', '.join(SEGMENT_UNITS)}")
