"""Bringing the vectors up to the catalogue: new films are added and gone ones taken out, or all is built anew."""

from __future__ import annotations

import numpy as np

from kuleshov.archive.catalog.catalog import Catalog
from kuleshov.archive.catalog.film_reads import read_films
from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.film.folder import read_vectors
from kuleshov.archive.vectors.affect_index import AffectIndex
from kuleshov.records import Unit


def refreshed(layout: Layout, catalog: Catalog, unit: Unit, base: AffectIndex | None) -> AffectIndex:
    """Return an index as of the catalogue's present state; ``base`` is used up. Raises ``ArchiveError``."""
    return read_films(catalog, lambda attempt: _refreshed(layout, catalog, unit, None if attempt else base))


def _refreshed(layout: Layout, catalog: Catalog, unit: Unit, base: AffectIndex | None) -> AffectIndex:
    with catalog.snapshot():
        stamp, names, ids = catalog.stamp, catalog.vector_names, catalog.ids(unit)
        index = base
        if index is not None:
            gone = np.setdiff1d(index.ids, ids, assume_unique=True)
            comparable = index.names == names and index.stamp.catalog_id == stamp.catalog_id
            if not comparable or 2 * len(gone) > len(index.ids):
                index = None
            elif len(gone):
                index.remove(gone)
        if index is None:
            index = AffectIndex.empty(stamp, names)
        newest = int(index.ids[-1]) if len(index.ids) else -1
        films = [(film, catalog.film_ids(film.content_id, unit)) for film in catalog.films_after(unit, newest)]
    for film, film_ids in films:
        folder = layout.film(film.content_id, film.pipeline_id)
        index.add(film_ids, read_vectors(folder, unit, names, count=len(film_ids)))
    index.stamp = stamp
    return index
