"""The indexes of an archive's spaces: one for each unit, space and model, of the kind that the settings say."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.catalog.catalog import Catalog, Stamp
from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.film.entries import check_unit
from kuleshov.archive.film.spaces import VectorSpace
from kuleshov.archive.vectors import generations
from kuleshov.archive.vectors.kinds import kind_class
from kuleshov.archive.vectors.settings import IndexSettings, read_settings
from kuleshov.archive.vectors.space_refresh import SpaceIndex, refreshed
from kuleshov.archive.vectors.vector_store import VectorStore
from kuleshov.records import SEGMENT_UNITS, Unit


class SpaceIndexes:
    """Opened when asked for and brought up to date: on disk by the writer, in memory by a reader."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._open: dict[tuple[Unit, VectorSpace], SpaceIndex] = {}
        self._known: tuple[Stamp, dict[Unit, list[VectorSpace]]] | None = None

    def forget(self) -> None:
        """Release what is in memory."""
        self._open.clear()

    def find(self, catalog: Catalog, unit: Unit, space: str, model: str | None) -> VectorSpace | None:
        """Return a space by name and model, ``None`` = that of the newest film; ``None`` where no film has it."""
        stamp = catalog.stamp
        if self._known is None or self._known[0] != stamp:
            self._known = (stamp, {each: catalog.spaces(each) for each in SEGMENT_UNITS})
        spaces = self._known[1][check_unit(unit)]
        return next((each for each in spaces if each.space == space and model in (None, each.model)), None)

    def get(self, catalog: Catalog, unit: Unit, space: VectorSpace, *, writes: bool) -> VectorStore:
        """Return the vectors of a space as of now; ``writes``: a newer state is also put on disk."""
        index = self._open.pop((unit, space), None)
        if index is None or index.stamp != catalog.stamp:
            index = self._now(catalog, unit, space, index, writes=writes)
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
            with suppress(OSError):  # there are other models
                folder.parent.rmdir()

    def held(self, catalog: Catalog) -> list[tuple[Unit, VectorSpace, int, str]]:
        """Return unit, space, number of vectors and kind of index, of all that films have."""
        kind_for = read_settings(self._layout).kind_for
        return [
            (unit, space, count, kind_for(count))
            for unit in SEGMENT_UNITS
            for space in catalog.spaces(unit)
            for count in [_count(catalog, unit, space)]
        ]

    def problems(self, catalog: Catalog) -> Iterator[str]:
        """Yield what is wrong with the indexes on disk, one line each."""
        settings = read_settings(self._layout)
        for unit in SEGMENT_UNITS:
            for space in catalog.spaces(unit):
                count = _count(catalog, unit, space)
                films = catalog.films_of(space, unit)
                ids = np.concatenate([catalog.film_ids(content_id, unit) for content_id, _ in films])
                if count and (found := _problem(self._folder(unit, space), settings, catalog.stamp, ids, count)):
                    yield found

    def _now(
        self, catalog: Catalog, unit: Unit, space: VectorSpace, held: SpaceIndex | None, *, writes: bool
    ) -> SpaceIndex:
        """Return the index as of now: as stored, or made from what is nearest to it.

        The writer makes it of the kind that is wanted; a reader takes what there is, or compares all: it can't wait.
        """
        stamp, folder, settings = catalog.stamp, self._folder(unit, space), read_settings(self._layout)
        kind = settings.kind_for(_count(catalog, unit, space))
        bases = [
            base
            for base in (held, _load(folder, settings))
            if base is not None and base.store.dimensions == space.dimensions and (base.kind == kind or not writes)
        ]
        index = max(bases, key=lambda base: base.stamp.nearness_to(stamp), default=None)
        if index is not None and index.stamp == stamp:
            return index
        if not writes:
            if index is not None and kind_class(index.kind).elsewhere and index.stamp.nearness_to(stamp) >= 0:
                return index  # older than the films, but only the writer may change it
            kind = "flat"

        def make_empty(stamp: Stamp) -> SpaceIndex:
            store = kind_class(kind).empty(space.dimensions, settings=settings, name=self._name(unit, space))
            return SpaceIndex(stamp, -1, kind, store)

        index = refreshed(self._layout, catalog, unit, space, base=index, make_empty=make_empty)
        if writes:
            about = {"through": index.through, "kind": kind}
            generations.publish(folder, index.stamp, index.store.ids, about, index.store.save)
        return index

    def _folder(self, unit: Unit, space: VectorSpace) -> Path:
        return self._layout.space_index(unit, space.space, space.model)

    def _folders(self) -> set[Path]:
        affect = {self._layout.index(unit) for unit in SEGMENT_UNITS}
        spaces = [path for path in (self._layout.root / "index").glob("*-*") if path not in affect]
        return {folder for space in spaces for folder in space.iterdir() if folder.is_dir()}

    def _name(self, unit: Unit, space: VectorSpace) -> str:
        """A name for an index that does not lie in the archive: told from others by the archive's place."""
        archive = blake2b(str(self._layout.root.resolve()).encode(), digest_size=6).hexdigest()
        return f"{archive}_{unit}_{space.space}_{self._folder(unit, space).name}"


def _count(catalog: Catalog, unit: Unit, space: VectorSpace) -> int:
    return sum(vectors for _, vectors in catalog.films_of(space, unit))


def _load(folder: Path, settings: IndexSettings) -> SpaceIndex | None:
    def read(folder: Path, name: str) -> SpaceIndex:
        stamp, ids, about = generations.read_ids(folder, name)
        store = kind_class(about["kind"]).load(folder / name, ids, settings=settings)
        return SpaceIndex(stamp, int(about["through"]), about["kind"], store)

    return generations.newest(folder, read)


def _problem(folder: Path, settings: IndexSettings, stamp: Stamp, ids: NDArray[np.int64], count: int) -> str | None:
    if generations.current(folder) is None:
        return f"{folder}: no vector index yet (kuleshov reindex makes it)"
    index = _load(folder, settings)
    if index is None:
        return f"{folder}: the vector index is damaged (kuleshov reindex makes a new one)"
    if index.stamp != stamp:
        return f"{folder}: the vector index is older than the catalogue (the next ingest brings it up to date)"
    if len(index.store.ids) != count or len(np.setdiff1d(index.store.ids, ids)):
        return f"{folder}: the vector index holds other segments than the catalogue (kuleshov reindex makes a new one)"
    return None
