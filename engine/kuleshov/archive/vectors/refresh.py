"""Bringing a vector index up to the catalogue: new films are added, gone ones removed, or all is built anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.catalog.catalog import Catalog, Stamp
from kuleshov.archive.catalog.film_reads import read_films
from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.film.folder import read_vectors
from kuleshov.archive.film.space_tables import VectorSpace, read_space
from kuleshov.archive.vectors.vector_store import VectorStore
from kuleshov.errors import ArchiveError
from kuleshov.records import Unit

#: Films are added together, because an index copies all its ids each time.
_BLOCK_ROWS = 1 << 16


@dataclass
class VectorIndex:
    """Vectors as of one state of the catalogue; films whose ids are above ``through`` have not been read."""

    stamp: Stamp
    through: int
    kind: str
    store: VectorStore


@dataclass(frozen=True)
class SpaceVectors:
    """The vectors of a space, in films' folders."""

    unit: Unit
    space: VectorSpace

    def films(self, catalog: Catalog) -> set[str]:
        """Return the content ids of the films that have such vectors."""
        return {content_id for content_id, _ in catalog.films_of(self.space, self.unit)}

    def read(self, folder: Path, count: int) -> NDArray[np.float32]:
        """Return a film's vectors, float32 ``[count, D]``; a row of NaN where there is none."""
        rows = read_space(folder, self.space.space, self.unit)
        if rows is None or rows.shape != (count, self.space.dimensions):
            number = "no" if rows is None else str(len(rows))
            raise ArchiveError(f"{folder}: {number} {self.space.space} vectors for {count} {self.unit}s")
        return rows


@dataclass(frozen=True)
class AffectVectors:
    """The affect-and-cinema vectors, with the columns ``names``; unmeasured values are 0: they add nothing."""

    unit: Unit
    names: tuple[str, ...]

    def films(self, catalog: Catalog) -> set[str]:
        return catalog.content_ids(self.unit)

    def read(self, folder: Path, count: int) -> NDArray[np.float32]:
        return np.nan_to_num(read_vectors(folder, self.unit, self.names, count=count), nan=0.0)


Vectors = SpaceVectors | AffectVectors


def refreshed(
    layout: Layout,
    catalog: Catalog,
    vectors: Vectors,
    *,
    base: VectorIndex | None,
    make_empty: Callable[[Stamp], VectorIndex],
) -> VectorIndex:
    """Return an index of the catalogue's present state; ``base`` is changed. Raises ``ArchiveError``."""
    return read_films(
        catalog,
        lambda attempt: _refreshed(layout, catalog, vectors, base=None if attempt else base, make_empty=make_empty),
    )


def _refreshed(
    layout: Layout,
    catalog: Catalog,
    vectors: Vectors,
    *,
    base: VectorIndex | None,
    make_empty: Callable[[Stamp], VectorIndex],
) -> VectorIndex:
    with catalog.snapshot():
        stamp, ids = catalog.stamp, catalog.ids(vectors.unit)
        index = base
        if index is not None:
            gone = np.setdiff1d(index.store.ids, ids, assume_unique=True)
            if index.stamp.catalog_id != stamp.catalog_id or 2 * len(gone) > len(index.store.ids):
                index = None
            elif len(gone):
                index.store.remove(gone)
        if index is None:
            index = make_empty(stamp)
        having = vectors.films(catalog)
        films = [film for film in catalog.films_after(vectors.unit, index.through) if film.content_id in having]
        films_ids = [catalog.film_ids(film.content_id, vectors.unit) for film in films]
    for block_ids, rows in _in_blocks(_read(layout, vectors, zip(films, films_ids, strict=True))):
        index.store.add(block_ids, rows)
    index.stamp, index.through = stamp, int(ids[-1]) if len(ids) else -1
    return index


_Rows = tuple[NDArray[np.int64], NDArray[np.float32]]


def _read(layout: Layout, vectors: Vectors, films: Iterable[tuple[FilmEntry, NDArray[np.int64]]]) -> Iterator[_Rows]:
    """Yield the ids and vectors of each film, without the segments that have none."""
    for film, ids in films:
        rows = vectors.read(layout.film(film.content_id, film.pipeline_id), len(ids))
        present = ~np.isnan(rows).any(axis=1)
        yield ids[present], rows[present]


def _in_blocks(parts: Iterable[_Rows]) -> Iterator[_Rows]:
    """Yield the same rows, in order, in fewer and larger arrays."""
    waiting: list[_Rows] = []
    for part in parts:
        waiting.append(part)
        if sum(len(ids) for ids, _ in waiting) >= _BLOCK_ROWS:
            yield _joined(waiting)
            waiting = []
    if waiting:
        yield _joined(waiting)


def _joined(parts: list[_Rows]) -> _Rows:
    return np.concatenate([ids for ids, _ in parts]), np.concatenate([rows for _, rows in parts])
