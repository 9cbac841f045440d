"""``spaces.parquet``: a film's vectors of every space, a row group for each space and unit, so that one is read alone.

They are stored as float16, which halves the file: the inner product of two unit vectors changes by less than 0.001.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.card import read_card
from kuleshov.archive.film.parquet import damage_explained, open_table, write_row_groups
from kuleshov.records import SEGMENT_UNITS, Embeddings, Unit, has_vector

SPACES = "spaces.parquet"
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


def write_embeddings(file: Any, embeddings: Sequence[Embeddings]) -> None:
    """Write the vectors of all spaces, one row for each vector, into an open file."""
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
    write_row_groups(file, tables, use_dictionary=["space", "unit"])


def read_embeddings(folder: Path) -> list[Embeddings]:
    """Return a film's embeddings; none where it was stored without. Raises ``ArchiveError`` for a damaged file."""
    if not _expected(folder):
        return []
    by_space: dict[tuple[str, str], dict[Unit, NDArray[np.float32]]] = {}
    with damage_explained(folder / SPACES):
        for about, rows in _read(folder / SPACES, lambda _: True):
            by_space.setdefault((about.space, about.model), {})[about.unit] = rows
        return [Embeddings(space, model, vectors) for (space, model), vectors in by_space.items()]


def read_space(folder: Path, space: str, unit: Unit) -> NDArray[np.float32] | None:
    """Return a film's vectors of a space, float32 ``[segments, D]``, NaN = none; ``None`` where it has none of it.

    Raises ``ArchiveError`` for a damaged file.
    """
    if not _expected(folder):
        return None
    with damage_explained(folder / SPACES):
        parts = _read(folder / SPACES, lambda about: (about.space, about.unit) == (space, unit))
        return next((rows for _, rows in parts), None)


def read_film_spaces(folder: Path) -> list[FilmSpace]:
    """Return what a film has of each space, from the file's footer alone. Raises ``ArchiveError``."""
    if not _expected(folder):
        return []
    with damage_explained(folder / SPACES), open_table(folder / SPACES) as parquet:
        return _listing(parquet.schema_arrow.metadata)


def _expected(folder: Path) -> bool:
    return (folder / SPACES).exists() or bool(read_card(folder).spaces)


def _read(file: Path, wanted: Callable[[FilmSpace], bool]) -> Iterator[tuple[FilmSpace, NDArray[np.float32]]]:
    """Yield the vectors of the spaces that are wanted, in the file's order."""
    with open_table(file) as parquet:
        for group, about in enumerate(_listing(parquet.schema_arrow.metadata)):
            if wanted(about):
                yield about, _rows(parquet.read_row_group(group, use_threads=False), about)


def _listing(metadata: Mapping[bytes, bytes]) -> list[FilmSpace]:
    """Return what a file holds, one for each row group, from its schema metadata."""
    return [FilmSpace(**about) for about in json.loads(metadata[_KEY])]


def _rows(table: Any, about: FilmSpace) -> NDArray[np.float32]:
    """Return the vectors of one row group, float32 ``[segments, D]``."""
    index = table["index"].to_numpy()
    flat = table["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    if len(index) != about.vectors:
        raise ValueError(f"{len(index)} {about.space} vectors of {about.unit}s, but {about.vectors} were stored")
    rows = np.full((about.segments, about.dimensions), np.nan, dtype=np.float32)
    rows[index] = flat.reshape(len(index), about.dimensions)
    return rows
