"""Vectors of what networks and picture statistics see and hear, as a film's folder keeps them.

A space is what its vectors are compared in: vectors of different spaces, or of one space by different models, say
nothing of each other. They are stored as float16, which halves the folder: the inner product of two unit vectors moves
by less than 0.001.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.entries import SEGMENT_UNITS
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.records import Segment

#: How far a row's length may be from 1: what half precision does to it, with room.
LENGTH_TOLERANCE = 2e-3

_KEY = b"kuleshov.spaces"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = "affect"  # the index of the affect-and-cinema vectors has this place


@dataclass(frozen=True, eq=False)
class Embeddings:
    """Vectors of one space for a film's shots and scenes.

    ``space``: ``"visual"`` (an image-text model), ``"look"`` (picture statistics, no network), ``"sound"``,
    ``"dialogue"``; ``model``: identity of what made them. ``vectors``: by unit, float32 ``[segments, D]``, rows of unit
    length; a row of NaN = there is none. A unit that is missing has none.
    """

    space: str
    model: str
    vectors: Mapping[Unit, NDArray[np.float32]]

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.space) or self.space == _TAKEN:
            raise ValueError(f"space {self.space!r}: lower-case letters, digits and _, and not {_TAKEN!r}")
        if not self.model:
            raise ValueError(f"space {self.space!r}: no model is named")
        for unit, vectors in self.vectors.items():
            _check_vectors(f"{self.space} vectors of {unit}s", vectors)
        if len({vectors.shape[1] for vectors in self.vectors.values()}) > 1:
            raise ValueError(f"space {self.space!r}: vectors of shots and scenes have different dimensions")


@dataclass(frozen=True)
class Space:
    """A space that films of an archive have vectors in: one for each model."""

    space: str
    model: str
    dimensions: int


@dataclass(frozen=True)
class SpaceOfFilm:
    """What a film has of one space for one unit: so many of its shots or scenes have vectors."""

    unit: Unit
    space: str
    model: str
    dimensions: int
    segments: int
    vectors: int

    @classmethod
    def of(cls, embeddings: Embeddings, unit: Unit) -> SpaceOfFilm:
        rows = embeddings.vectors[unit]
        return cls(unit, embeddings.space, embeddings.model, rows.shape[1], len(rows), int(_there(rows).sum()))


def carried(
    embeddings: Sequence[Embeddings],
    *,
    before: Mapping[Unit, Sequence[Segment]],
    after: Mapping[Unit, Sequence[Segment]],
) -> list[Embeddings]:
    """Return embeddings for a film that was divided anew: shots and scenes of the same frames keep their vectors.

    What has other frames than anything before has a row of NaN: its vector can't be told without the film.
    """
    return [
        replace(each, vectors={unit: _carried(rows, before[unit], after[unit]) for unit, rows in each.vectors.items()})
        for each in embeddings
    ]


def gaps(embeddings: Sequence[Embeddings]) -> list[str]:
    """Return what has no vector, one line for each space and unit of which that is true."""
    return [
        f"{about.segments - about.vectors} of {about.segments} {unit}s have no {each.space} vector"
        for each in embeddings
        for unit in SEGMENT_UNITS
        if unit in each.vectors and (about := SpaceOfFilm.of(each, unit)).vectors < about.segments
    ]


def to_tables(embeddings: Sequence[Embeddings]) -> list[Any]:
    """Return a ``pyarrow.Table`` for each space and unit, all of one schema: one row for each vector that there is."""
    import pyarrow as pa

    parts = [
        (SpaceOfFilm.of(each, unit), each.vectors[unit])
        for each in embeddings
        for unit in SEGMENT_UNITS
        if unit in each.vectors
    ]
    name = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        [("space", name), ("unit", name), ("index", pa.int64()), ("vector", pa.list_(pa.float16()))],
        metadata={_KEY: json.dumps([asdict(about) for about, _ in parts])},
    )
    tables = []
    for about, rows in parts:
        there = np.flatnonzero(_there(rows))
        zeros = np.zeros(len(there), dtype=np.int32)
        offsets = np.arange(len(there) + 1, dtype=np.int32) * about.dimensions
        columns = [
            pa.DictionaryArray.from_arrays(zeros, [about.space]),
            pa.DictionaryArray.from_arrays(zeros, [about.unit]),
            pa.array(there, pa.int64()),
            pa.ListArray.from_arrays(offsets, pa.array(rows[there].astype(np.float16).reshape(-1))),
        ]
        tables.append(pa.table(columns, schema=schema))
    return tables


def listing(metadata: Mapping[bytes, bytes]) -> list[SpaceOfFilm]:
    """Return what a file holds, a row group each, from its schema metadata. Raises ``LookupError``, ``ValueError``."""
    return [SpaceOfFilm(**about) for about in json.loads(metadata[_KEY])]


def from_table(table: Any, about: SpaceOfFilm) -> NDArray[np.float32]:
    """Return the vectors of one table, float32 ``[segments, D]``. Raises ``ValueError`` if they are not as told."""
    index = table["index"].to_numpy()
    flat = table["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    if len(index) != about.vectors:
        raise ValueError(f"{len(index)} {about.space} vectors of {about.unit}s, but {about.vectors} were stored")
    rows = np.full((about.segments, about.dimensions), np.nan, dtype=np.float32)
    rows[index] = flat.reshape(len(index), about.dimensions)
    return rows


def together(parts: Sequence[tuple[SpaceOfFilm, NDArray[np.float32]]]) -> list[Embeddings]:
    """Return embeddings from what they have of each unit."""
    found: dict[tuple[str, str], dict[Unit, NDArray[np.float32]]] = {}
    for about, rows in parts:
        found.setdefault((about.space, about.model), {})[about.unit] = rows
    return [Embeddings(space, model, vectors) for (space, model), vectors in found.items()]


def _there(rows: NDArray[np.float32]) -> NDArray[np.bool_]:
    return np.logical_not(np.isnan(rows).all(axis=1))


def _check_vectors(what: str, rows: NDArray[np.float32]) -> None:
    if rows.ndim != 2 or rows.shape[1] == 0 or rows.dtype != np.float32:
        raise ValueError(f"{what} are {rows.dtype} {rows.shape}, not float32 [segments, D]")
    lengths = np.linalg.norm(rows[_there(rows)].astype(np.float64), axis=1)
    wrong = ~(np.abs(lengths - 1) <= LENGTH_TOLERANCE)  # also where some of a row is NaN
    if wrong.any():
        raise ValueError(
            f"{what}: one has the length {lengths[wrong][0]:.4g}, not 1 (a row of NaN says: there is none)"
        )


def _carried(rows: NDArray[np.float32], before: Sequence[Segment], after: Sequence[Segment]) -> NDArray[np.float32]:
    place = {(segment.start_frame, segment.end_frame): row for segment, row in zip(before, rows, strict=True)}
    none = np.full(rows.shape[1], np.nan, dtype=np.float32)
    kept = [place.get((segment.start_frame, segment.end_frame), none) for segment in after]
    return np.array(kept, dtype=np.float32).reshape(len(after), rows.shape[1])
