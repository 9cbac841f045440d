"""The records of the archive's interface: films as listed, segments as found, conditions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.attributes.measures import UNITS
from kuleshov.errors import QueryError
from kuleshov.records import SEGMENT_UNITS, Scene, Shot, Unit

Comparison = Literal["<", "<=", ">", ">="]


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
    director: str | None = None  # several with commas, as countries
    country: str | None = None
    language: str | None = None  # of the dialogue: as stated, else that of the first sound track

    @property
    def folder_name(self) -> str:
        return folder_name(self.content_id, self.pipeline_id)


@dataclass(frozen=True)
class Condition:
    """``measure op value`` on one of ``cinema.attributes.measures.MEASURES``; it never holds where nothing was
    measured."""

    measure: str
    op: Comparison
    value: float

    def __post_init__(self) -> None:
        check_measure(self.measure)
        if self.op not in get_args(Comparison):
            raise QueryError(f"condition on {self.measure}: {self.op!r} is none of {' '.join(get_args(Comparison))}")
        if math.isnan(self.value):
            raise QueryError(f"condition on {self.measure}: the value is not a number")


@dataclass(frozen=True, eq=False)
class SegmentRow:
    """A shot or scene with the film it is from; ``vector`` float32 ``[D]``, NaN where a value was not measured."""

    id: int
    film: FilmEntry
    unit: Unit
    segment: Shot | Scene
    vector: NDArray[np.float32]


def folder_name(content_id: str, pipeline_id: str) -> str:
    """Return the name of the folder that holds one description of one film."""
    return f"{content_id}-{pipeline_id}"


def check_measure(path: str) -> str:
    """Return ``path`` if it is a known measure. Raises ``QueryError``."""
    if path not in UNITS:
        raise QueryError(f"unknown measure {path!r}: known are {', '.join(UNITS)}")
    return path


def check_unit(unit: str) -> Unit:
    """Return ``unit`` if segments of that kind exist. Raises ``QueryError``."""
    for known in SEGMENT_UNITS:
        if unit == known:
            return known
    raise QueryError(f"unknown unit {unit!r}: known are {', '.join(SEGMENT_UNITS)}")
