"""Bringing the vectors of a space up to the catalogue: new films come, gone ones go, or all is built anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.catalog.catalog import Catalog, Stamp
from kuleshov.archive.catalog.film_reads import read_films
from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.film.spaces import VectorSpace, read_space
from kuleshov.archive.vectors.vector_store import VectorStore
from kuleshov.errors import ArchiveError
from kuleshov.records import Unit

#: Films are added together: an index copies the list of all its ids each time.
_BLOCK_ROWS = 1 << 16


@dataclass
class SpaceIndex:
    """Vectors as of one state of the catalogue; films whose ids are above ``through`` have not been looked at."""

    stamp: Stamp
    through: int
    kind: str
    store: VectorStore


def refreshed(
    layout: Layout,
    catalog: Catalog,
    unit: Unit,
    space: VectorSpace,
    *,
    base: SpaceIndex | None,
    make_empty: Callable[[Stamp], SpaceIndex],
) -> SpaceIndex:
    """Return an index as of the catalogue's present state; ``base`` is used up. Raises ``ArchiveError``."""
    return read_films(
        catalog,
        lambda attempt: _refreshed(layout, catalog, unit, space, base=None if attempt else base, make_empty=make_empty),
    )


def _refreshed(
    layout: Layout,
    catalog: Catalog,
    unit: Unit,
    space: VectorSpace,
    *,
    base: SpaceIndex | None,
    make_empty: Callable[[Stamp], SpaceIndex],
) -> SpaceIndex:
    with catalog.snapshot():
        stamp, ids = catalog.stamp, catalog.ids(unit)
        index = base
        if index is not None:
            gone = np.setdiff1d(index.store.ids, ids, assume_unique=True)
            if index.stamp.catalog_id != stamp.catalog_id or 2 * len(gone) > len(index.store.ids):
                index = None
            elif len(gone):
                index.store.remove(gone)
        if index is None:
            index = make_empty(stamp)
        having = {content_id for content_id, _ in catalog.films_of(space, unit)}
        films = [film for film in catalog.films_after(unit, index.through) if film.content_id in having]
        films_ids = [catalog.film_ids(film.content_id, unit) for film in films]
    vectors = _vectors(layout, unit, space, zip(films, films_ids, strict=True))
    for block_ids, rows in _in_blocks(vectors):
        index.store.add(block_ids, rows)
    index.stamp, index.through = stamp, int(ids[-1]) if len(ids) else -1
    return index


_Rows = tuple[NDArray[np.int64], NDArray[np.float32]]


def _vectors(
    layout: Layout, unit: Unit, space: VectorSpace, films: Iterable[tuple[FilmEntry, NDArray[np.int64]]]
) -> Iterator[_Rows]:
    """Yield the ids and vectors of each film, without the segments that have none."""
    for film, film_ids in films:
        folder = layout.film(film.content_id, film.pipeline_id)
        rows = read_space(folder, space.space, unit)
        if rows is None or rows.shape != (len(film_ids), space.dimensions):
            found = "no" if rows is None else str(len(rows))
            raise ArchiveError(f"{folder}: {found} {space.space} vectors for {len(film_ids)} {unit}s")
        there = ~np.isnan(rows).any(axis=1)
        yield film_ids[there], rows[there]


def _in_blocks(parts: Iterable[_Rows]) -> Iterator[_Rows]:
    """Yield the same rows, in order, in fewer and larger arrays."""
    waiting: list[_Rows] = []
    for part in parts:
        waiting.append(part)
        if sum(len(ids) for ids, _ in waiting) >= _BLOCK_ROWS:
            yield _together(waiting)
            waiting = []
    if waiting:
        yield _together(waiting)


def _together(parts: list[_Rows]) -> _Rows:
    return np.concatenate([ids for ids, _ in parts]), np.concatenate([rows for _, rows in parts])
