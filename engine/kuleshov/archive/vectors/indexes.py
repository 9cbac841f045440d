"""The vector indexes of an archive: one of the affect-and-cinema vectors, and one for each space and model."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from kuleshov.archive.catalog.catalog import Catalog, Stamp
from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.film.entries import check_unit
from kuleshov.archive.film.space_tables import VectorSpace
from kuleshov.archive.vectors import generations
from kuleshov.archive.vectors.kinds import AFFECT_KIND, kind_class
from kuleshov.archive.vectors.refresh import AffectVectors, SpaceVectors, VectorIndex, Vectors, refreshed
from kuleshov.archive.vectors.settings import IndexSettings, read_settings
from kuleshov.archive.vectors.vector_store import VectorStore
from kuleshov.records import SEGMENT_UNITS, Unit


class VectorIndexes:
    """Opened when asked for and brought up to date: on disk by the writer (``writes``), in memory by a reader."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._open: dict[Path, tuple[Vectors, VectorIndex]] = {}
        self._spaces: tuple[Stamp, dict[Unit, list[VectorSpace]]] | None = None

    def forget(self) -> None:
        """Release what is in memory."""
        self._open.clear()

    def find(self, catalog: Catalog, unit: Unit, space: str, model: str | None) -> VectorSpace | None:
        """Return a space by name and model, ``None`` = that of the newest film; ``None`` where no film has it."""
        stamp = catalog.stamp
        if self._spaces is None or self._spaces[0] != stamp:
            self._spaces = (stamp, {each: catalog.spaces(each) for each in SEGMENT_UNITS})
        spaces = self._spaces[1][check_unit(unit)]
        return next((known for known in spaces if known.space == space and model in (None, known.model)), None)

    def of_space(self, catalog: Catalog, unit: Unit, space: VectorSpace, *, writes: bool) -> VectorStore:
        """Return the vectors of a space as of now."""
        return self._get(catalog, SpaceVectors(unit, space), writes=writes)

    def of_affect(self, catalog: Catalog, unit: Unit, *, writes: bool) -> VectorStore:
        """Return the affect-and-cinema vectors as of now, as many columns as the catalogue's ``vector_names``."""
        return self._get(catalog, AffectVectors(unit, catalog.vector_names), writes=writes)

    def refresh(self, catalog: Catalog) -> None:
        """Bring all indexes on disk up to the catalogue, and remove those of which no film has vectors any more."""
        wanted: set[Path] = set()
        for unit in SEGMENT_UNITS:
            self.of_affect(catalog, unit, writes=True)
            for space in catalog.spaces(unit):
                self.of_space(catalog, unit, space, writes=True)
                wanted.add(self._folder(SpaceVectors(unit, space)))
        for folder in self._space_folders() - wanted:
            shutil.rmtree(folder)
            with suppress(OSError):  # there are other models
                folder.parent.rmdir()

    def listing(self, catalog: Catalog) -> list[tuple[Unit, VectorSpace, int, str]]:
        """Return unit, space, number of vectors and kind of index, of all spaces that films have."""
        kind_for = read_settings(self._layout).kind_for
        return [
            (unit, space, count, kind_for(count))
            for unit in SEGMENT_UNITS
            for space in catalog.spaces(unit)
            for count in [_count(catalog, unit, space)]
        ]

    def affect_problem(self, catalog: Catalog, unit: Unit) -> str | None:
        """Return what is wrong with the index of the affect-and-cinema vectors on disk; ``None`` if nothing."""
        ids = catalog.ids(unit)
        return self._problem(catalog, AffectVectors(unit, catalog.vector_names), len(ids)) if len(ids) else None

    def space_problems(self, catalog: Catalog) -> Iterator[str]:
        """Yield what is wrong with the indexes of the spaces on disk, one line each."""
        for unit in SEGMENT_UNITS:
            for space in catalog.spaces(unit):
                count = _count(catalog, unit, space)
                if count and (problem := self._problem(catalog, SpaceVectors(unit, space), count)):
                    yield problem

    def _problem(self, catalog: Catalog, vectors: Vectors, count: int) -> str | None:
        folder = self._folder(vectors)
        if generations.current(folder) is None:
            return f"{folder}: no vector index yet (kuleshov reindex makes it)"
        index = self._stored(vectors, read_settings(self._layout))
        if index is None:
            return f"{folder}: the vector index is damaged, or of a former version (kuleshov reindex makes a new one)"
        if index.stamp != catalog.stamp:
            return f"{folder}: the vector index is older than the catalogue (the next ingest brings it up to date)"
        ids = np.concatenate([catalog.film_ids(film, vectors.unit) for film in vectors.films(catalog)])
        if len(index.store.ids) != count or len(np.setdiff1d(index.store.ids, ids)):
            remedy = "kuleshov reindex makes a new one"
            return f"{folder}: the vector index holds other segments than the catalogue ({remedy})"
        return None

    def _get(self, catalog: Catalog, vectors: Vectors, *, writes: bool) -> VectorStore:
        folder = self._folder(vectors)
        opened, index = self._open.pop(folder, (vectors, None))
        if index is None or opened != vectors or index.stamp != catalog.stamp:
            index = self._up_to_date(catalog, vectors, index if opened == vectors else None, writes=writes)
        self._open[folder] = (vectors, index)
        return index.store

    def _up_to_date(self, catalog: Catalog, vectors: Vectors, held: VectorIndex | None, *, writes: bool) -> VectorIndex:
        """Return the index as of now: as stored, or made from the nearest state at hand.

        The writer makes one of the wanted kind; a reader takes the kind that is stored, or compares all, because
        building lists would take too long.
        """
        stamp, settings = catalog.stamp, read_settings(self._layout)
        kind, dimensions = self._wanted(catalog, vectors, settings)
        bases = [
            base
            for base in (held, self._stored(vectors, settings))
            if base is not None and base.store.dimensions == dimensions and (base.kind == kind or not writes)
        ]
        index = max(bases, key=lambda base: base.stamp.nearness_to(stamp), default=None)
        if index is not None and index.stamp == stamp:
            return index
        if not writes:
            if index is not None and kind_class(index.kind).remote and index.stamp.nearness_to(stamp) >= 0:
                return index  # older than the films, but only the writer may change it
            kind = AFFECT_KIND if isinstance(vectors, AffectVectors) else "flat"

        def make_empty(stamp: Stamp) -> VectorIndex:
            store = kind_class(kind).empty(dimensions, settings=settings, name=self._name(vectors))
            return VectorIndex(stamp, -1, kind, store)

        index = refreshed(self._layout, catalog, vectors, base=index, make_empty=make_empty)
        if writes:
            about = {"through": index.through, "kind": kind, **_identity(vectors)}
            generations.publish(self._folder(vectors), index.stamp, index.store.ids, about, index.store.save)
        return index

    def _wanted(self, catalog: Catalog, vectors: Vectors, settings: IndexSettings) -> tuple[str, int]:
        """Return the kind of index that vectors should have, and their dimensions."""
        if isinstance(vectors, AffectVectors):
            return AFFECT_KIND, len(vectors.names)
        return settings.kind_for(_count(catalog, vectors.unit, vectors.space)), vectors.space.dimensions

    def _stored(self, vectors: Vectors, settings: IndexSettings) -> VectorIndex | None:
        def read(folder: Path, name: str) -> VectorIndex:
            stamp, ids, about = generations.read_ids(folder, name)
            if any(about[key] != value for key, value in _identity(vectors).items()):
                raise ValueError("an index of vectors with other columns")
            store = kind_class(about["kind"]).load(folder / name, ids, settings=settings)
            return VectorIndex(stamp, int(about["through"]), about["kind"], store)

        return generations.newest(self._folder(vectors), read)

    def _folder(self, vectors: Vectors) -> Path:
        if isinstance(vectors, AffectVectors):
            return self._layout.affect_index(vectors.unit)
        return self._layout.space_index(vectors.unit, vectors.space.space, vectors.space.model)

    def _space_folders(self) -> set[Path]:
        affect = {self._layout.affect_index(unit) for unit in SEGMENT_UNITS}
        spaces = [path for path in (self._layout.root / "index").glob("*-*") if path not in affect]
        return {folder for space in spaces for folder in space.iterdir() if folder.is_dir()}

    def _name(self, vectors: Vectors) -> str:
        """Return a name for an index outside of the archive's folder, unique by the folder's path."""
        archive = blake2b(str(self._layout.root.resolve()).encode(), digest_size=6).hexdigest()
        folder = self._folder(vectors)
        space = "affect" if isinstance(vectors, AffectVectors) else vectors.space.space
        return f"{archive}_{vectors.unit}_{space}_{folder.name}"


def _identity(vectors: Vectors) -> dict[str, Any]:
    """Return what an index on disk must state to be that of these vectors; a space's folder says it all."""
    return {"vector_names": list(vectors.names)} if isinstance(vectors, AffectVectors) else {}


def _count(catalog: Catalog, unit: Unit, space: VectorSpace) -> int:
    return sum(vectors for _, vectors in catalog.films_of(space, unit))
