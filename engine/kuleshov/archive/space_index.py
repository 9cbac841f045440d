"""The index of one space for one unit: the vectors of all films that have it, kept up to the catalogue."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive import generations
from kuleshov.archive.catalog import Catalog, Stamp
from kuleshov.archive.embeddings import Space
from kuleshov.archive.entries import SEGMENT_UNITS
from kuleshov.archive.indexes.flat import FlatIndex
from kuleshov.archive.indexes.store import VectorStore
from kuleshov.archive.layout import Layout
from kuleshov.archive.space_files import read_space
from kuleshov.cinema.measures import Unit
from kuleshov.errors import ArchiveError

_ATTEMPTS = 5


@dataclass
class SpaceIndex:
    """Vectors as of one state of the catalogue; films whose ids are above ``through`` have not been looked at."""

    stamp: Stamp
    through: int
    store: VectorStore


class SpaceIndexes:
    """The indexes of an archive's spaces, opened when asked for and brought up to date, on disk by the writer."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._open: dict[tuple[Unit, Space], SpaceIndex] = {}

    def forget(self) -> None:
        """Let go of what is in memory."""
        self._open.clear()

    def get(self, catalog: Catalog, unit: Unit, space: Space, *, writes: bool) -> VectorStore:
        """Return the vectors of a space as of now; ``writes``: a newer state is also put on disk."""
        stamp, folder = catalog.stamp, self._folder(unit, space)
        index = self._open.pop((unit, space), None)
        if index is None or index.stamp != stamp:
            stored = _load(folder)
            bases = [base for base in (index, stored) if base is not None and base.store.dimensions == space.dimensions]
            index = max(bases, key=lambda base: base.stamp.nearness_to(stamp), default=None)
        if index is None or index.stamp != stamp:
            index = self._refreshed(catalog, unit, space, index)
            if writes:
                _save(folder, index)
        self._open[unit, space] = index
        return index.store

    def refresh(self, catalog: Catalog) -> None:
        """Bring all indexes on disk up to the catalogue, and remove those of which no film has vectors any more."""
        wanted: set[Path] = set()
        for unit in SEGMENT_UNITS:
            for space in catalog.spaces(unit):
                self.get(catalog, unit, space, writes=True)
                wanted.add(self._folder(unit, space))
        for folder in self._folders() - wanted:
            shutil.rmtree(folder)

    def problems(self, catalog: Catalog) -> Iterator[str]:
        """Yield what is wrong with the indexes on disk, one line each."""
        for unit in SEGMENT_UNITS:
            for space in catalog.spaces(unit):
                films = catalog.films_of(space, unit)
                count = sum(vectors for _, vectors in films)
                there = np.concatenate([catalog.film_ids(content_id, unit) for content_id, _ in films])
                if count and (found := _problem(self._folder(unit, space), catalog.stamp, there, count)):
                    yield found

    def _folder(self, unit: Unit, space: Space) -> Path:
        return self._layout.space_index(unit, space.space, space.model)

    def _folders(self) -> set[Path]:
        affect = {self._layout.index(unit) for unit in SEGMENT_UNITS}
        spaces = [path for path in (self._layout.root / "index").glob("*-*") if path not in affect]
        return {folder for space in spaces for folder in space.iterdir() if folder.is_dir()}

    def _refreshed(self, catalog: Catalog, unit: Unit, space: Space, base: SpaceIndex | None) -> SpaceIndex:
        for attempt in range(_ATTEMPTS):
            stamp = catalog.stamp
            try:
                return _refreshed(self._layout, catalog, unit, space, base)
            except ArchiveError:
                # A film replaced while its folder was read is no damage: try again from the new state.
                if attempt == _ATTEMPTS - 1 or catalog.stamp == stamp:
                    raise
                base = None
        raise AssertionError("unreachable")


def _refreshed(layout: Layout, catalog: Catalog, unit: Unit, space: Space, base: SpaceIndex | None) -> SpaceIndex:
    with catalog.snapshot():
        stamp, ids = catalog.stamp, catalog.select(unit, ())
        index = base
        if index is not None:
            gone = np.setdiff1d(index.store.ids, ids, assume_unique=True)
            if index.stamp.catalog_id != stamp.catalog_id or 2 * len(gone) > len(index.store.ids):
                index = None
            elif len(gone):
                index.store.remove(gone)
        if index is None:
            index = SpaceIndex(stamp, -1, FlatIndex.empty(space.dimensions))
        having = {content_id for content_id, _ in catalog.films_of(space, unit)}
        films = [film for film in catalog.films_after(unit, index.through) if film.content_id in having]
        films_ids = [catalog.film_ids(film.content_id, unit) for film in films]
    for film, film_ids in zip(films, films_ids, strict=True):
        folder = layout.film(film.content_id, film.pipeline_id)
        rows = read_space(folder, space.space, unit)
        if rows is None or rows.shape != (len(film_ids), space.dimensions):
            found = "no" if rows is None else f"{len(rows)}"
            raise ArchiveError(f"{folder}: {found} {space.space} vectors for {len(film_ids)} {unit}s")
        there = ~np.isnan(rows).any(axis=1)
        index.store.add(film_ids[there], rows[there])
    index.stamp, index.through = stamp, int(ids[-1]) if len(ids) else -1
    return index


def _save(folder: Path, index: SpaceIndex) -> None:
    about = {"through": index.through}
    generations.publish(folder, index.stamp, index.store.ids, about, index.store.save)


def _load(folder: Path) -> SpaceIndex | None:
    return generations.newest(folder, _read)


def _read(folder: Path, name: str) -> SpaceIndex:
    stamp, ids, about = generations.read_ids(folder, name)
    return SpaceIndex(stamp, int(about["through"]), FlatIndex.load(folder / name, ids))


def _problem(folder: Path, stamp: Stamp, ids: NDArray[np.int64], count: int) -> str | None:
    if generations.current(folder) is None:
        return f"{folder}: no vector index yet (kuleshov reindex makes it)"
    index = _load(folder)
    if index is None:
        return f"{folder}: the vector index is damaged (kuleshov reindex makes a new one)"
    if index.stamp != stamp:
        return f"{folder}: the vector index is older than the catalogue (the next ingest brings it up to date)"
    if len(index.store.ids) != count or len(np.setdiff1d(index.store.ids, ids)):
        return f"{folder}: the vector index holds other segments than the catalogue (kuleshov reindex makes a new one)"
    return None
