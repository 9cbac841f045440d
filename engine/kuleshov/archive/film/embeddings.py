"""``spaces.parquet``: a film's vectors of every space, a row group for each space and unit, so that one is read alone.

They are stored as float16, which halves the file: the inner product of two unit vectors changes by less than 0.001.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.records import SEGMENT_UNITS, Embeddings, Unit, has_vector

_KEY = b"kuleshov.spaces"


@dataclass(frozen=True)
class VectorSpace:
    """A space of an archive's films, by one model."""

    space: str
    model: str
    dimensions: int


@dataclass(frozen=True)
class FilmSpace:
    """What a film has of one space for one unit: ``vectors`` of its ``segments`` have a vector."""

    unit: Unit
    space: str
    model: str
    dimensions: int
    segments: int
    vectors: int

    @classmethod
    def of(cls, embeddings: Embeddings, unit: Unit) -> FilmSpace:
        rows = embeddings.vectors[unit]
        return cls(unit, embeddings.space, embeddings.model, rows.shape[1], len(rows), int(has_vector(rows).sum()))


def to_tables(embeddings: Sequence[Embeddings]) -> list[Any]:
    """Return a ``pyarrow.Table`` for each space and unit, all of one schema: one row for each vector."""
    import pyarrow as pa

    parts = [
        (FilmSpace.of(space, unit), space.vectors[unit])
        for space in embeddings
        for unit in SEGMENT_UNITS
        if unit in space.vectors
    ]
    name = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        [("space", name), ("unit", name), ("index", pa.int64()), ("vector", pa.list_(pa.float16()))],
        metadata={_KEY: json.dumps([asdict(about) for about, _ in parts])},
    )
    tables = []
    for about, rows in parts:
        present = np.flatnonzero(has_vector(rows))
        zeros = np.zeros(len(present), dtype=np.int32)
        offsets = np.arange(len(present) + 1, dtype=np.int32) * about.dimensions
        columns = [
            pa.DictionaryArray.from_arrays(zeros, [about.space]),
            pa.DictionaryArray.from_arrays(zeros, [about.unit]),
            pa.array(present, pa.int64()),
            pa.ListArray.from_arrays(offsets, pa.array(rows[present].astype(np.float16).reshape(-1))),
        ]
        tables.append(pa.table(columns, schema=schema))
    return tables


def listing(metadata: Mapping[bytes, bytes]) -> list[FilmSpace]:
    """Return what a file holds, one for each row group, from its schema metadata.

    Raises ``LookupError``, ``ValueError``.
    """
    return [FilmSpace(**about) for about in json.loads(metadata[_KEY])]


def from_table(table: Any, about: FilmSpace) -> NDArray[np.float32]:
    """Return the vectors of one table, float32 ``[segments, D]``. Raises ``ValueError`` if they do not match."""
    index = table["index"].to_numpy()
    flat = table["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    if len(index) != about.vectors:
        raise ValueError(f"{len(index)} {about.space} vectors of {about.unit}s, but {about.vectors} were stored")
    rows = np.full((about.segments, about.dimensions), np.nan, dtype=np.float32)
    rows[index] = flat.reshape(len(index), about.dimensions)
    return rows


def together(parts: Sequence[tuple[FilmSpace, NDArray[np.float32]]]) -> list[Embeddings]:
    """Return embeddings from the vectors of each unit."""
    by_space: dict[tuple[str, str], dict[Unit, NDArray[np.float32]]] = {}
    for about, rows in parts:
        by_space.setdefault((about.space, about.model), {})[about.unit] = rows
    return [Embeddings(space, model, vectors) for (space, model), vectors in by_space.items()]
