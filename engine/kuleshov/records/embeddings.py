"""Vectors of shots, scenes and lines, made by networks or from picture and sound statistics.

A *space* is a set of vectors that can be compared. Vectors of different spaces, or of one space by different models,
can't.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kuleshov.records.segments import SEGMENT_UNITS, Segment, Unit

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_RESERVED = "affect"  # the affect-and-cinema vectors, which are no space
#: How far the length of a vector may be from 1: the rounding error of half precision, with a margin.
_LENGTH_TOLERANCE = 2e-3


@dataclass(frozen=True, eq=False)
class Embeddings:
    """Vectors of one space for a film's shots and scenes.

    ``space``: ``"visual"`` (an image-text model), ``"look"`` (picture statistics, no network), ``"sound"``,
    ``"dialogue"``; ``model``: identity of what made them. ``vectors``: by unit, float32 ``[segments, D]``, rows of unit
    length; a row of NaN = this segment has no vector. A unit that is missing has no vectors.
    """

    space: str
    model: str
    vectors: Mapping[Unit, NDArray[np.float32]]

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.space) or self.space == _RESERVED:
            raise ValueError(f"space {self.space!r}: lower-case letters, digits and _, and not {_RESERVED!r}")
        if not self.model:
            raise ValueError(f"space {self.space!r}: no model is named")
        for unit, vectors in self.vectors.items():
            _check_vectors(f"{self.space} vectors of {unit}s", vectors)
        if len({vectors.shape[1] for vectors in self.vectors.values()}) > 1:
            raise ValueError(f"space {self.space!r}: vectors of shots and scenes have different dimensions")


@dataclass(frozen=True, eq=False)
class LineVectors:
    """Vectors of a film's lines by a sentence model: float32 ``[lines, D]`` of unit length, 0 for captions."""

    model: str
    vectors: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Vector:
    """A vector float32 ``[D]`` of unit length, and what made it."""

    model: str
    values: NDArray[np.float32]


def has_vector(rows: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which rows of float32 ``[segments, D]`` are a vector, bool ``[segments]``."""
    return np.logical_not(np.isnan(rows).all(axis=1))


def vectors_of_segment(embeddings: Sequence[Embeddings], unit: Unit, index: int) -> dict[str, Vector]:
    """Return the vectors of one shot or scene, by space, without the spaces in which it has none."""
    return {
        space.space: Vector(space.model, space.vectors[unit][index])
        for space in embeddings
        if unit in space.vectors and np.isfinite(space.vectors[unit][index]).all()
    }


def carry_over(
    embeddings: Sequence[Embeddings],
    *,
    before: Mapping[Unit, Sequence[Segment]],
    after: Mapping[Unit, Sequence[Segment]],
) -> list[Embeddings]:
    """Return embeddings for a film that was divided again: shots and scenes of the same frames keep their vectors.

    Any other gets a row of NaN: its vector can't be computed without the film.
    """
    return [
        replace(
            space,
            vectors={unit: _kept(rows, before[unit], after[unit]) for unit, rows in space.vectors.items()},
        )
        for space in embeddings
    ]


def missing_vectors(embeddings: Sequence[Embeddings]) -> list[str]:
    """Return how many segments have no vector, one line for each space and unit with such segments."""
    return [
        f"{missing} of {len(space.vectors[unit])} {unit}s have no {space.space} vector"
        for space in embeddings
        for unit in SEGMENT_UNITS
        if unit in space.vectors and (missing := int((~has_vector(space.vectors[unit])).sum()))
    ]


def _check_vectors(what: str, rows: NDArray[np.float32]) -> None:
    if rows.ndim != 2 or rows.shape[1] == 0 or rows.dtype != np.float32:
        raise ValueError(f"{what} are {rows.dtype} {rows.shape}, not float32 [segments, D]")
    lengths = np.linalg.norm(rows[has_vector(rows)].astype(np.float64), axis=1)
    wrong = ~(np.abs(lengths - 1) <= _LENGTH_TOLERANCE)  # also where some of a row is NaN
    if wrong.any():
        raise ValueError(f"{what}: one has the length {lengths[wrong][0]:.4g}, not 1 (a row of NaN means no vector)")


def _kept(rows: NDArray[np.float32], before: Sequence[Segment], after: Sequence[Segment]) -> NDArray[np.float32]:
    by_frames = {(segment.start_frame, segment.end_frame): row for segment, row in zip(before, rows, strict=True)}
    none = np.full(rows.shape[1], np.nan, dtype=np.float32)
    kept = [by_frames.get((segment.start_frame, segment.end_frame), none) for segment in after]
    return np.array(kept, dtype=np.float32).reshape(len(after), rows.shape[1])
