"""Bringing the columns up to the catalogue: new films make a new part, gone ones are marked, or all are made again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from kuleshov.archive.catalog.catalog import Catalog
from kuleshov.archive.catalog.film_reads import read_films
from kuleshov.archive.columns.column_files import save
from kuleshov.archive.columns.columns import Columns, FilmColumns, Part
from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.film.folder import read_vectors
from kuleshov.archive.film.segment_tables import read_measures
from kuleshov.errors import ArchiveError
from kuleshov.records import Unit

#: A part has so many segments or a few more: some 80 MB, twice that while it is being made.
_MOST_ROWS = 1 << 16


def refreshed_columns(
    layout: Layout, catalog: Catalog, unit: Unit, base: Columns | None, *, folder: Path | None
) -> Columns:
    """Return the columns as of the catalogue's present state, made from ``base``; stored in ``folder`` if one is given.

    Raises ``ArchiveError`` for a film that can't be read.
    """
    return read_films(catalog, lambda _: _refreshed(layout, catalog, unit, base, folder=folder))


def _refreshed(layout: Layout, catalog: Catalog, unit: Unit, base: Columns | None, *, folder: Path | None) -> Columns:
    with catalog.snapshot():
        stamp, names = catalog.stamp, catalog.vector_names
        if base is not None and (base.names != names or base.stamp.catalog_id != stamp.catalog_id):
            base = None
        added = catalog.films_after(unit, -1 if base is None else base.newest)
        parts = _parts(layout, catalog, unit, base=base, added=added, names=names)
        return Columns(stamp, names, list(parts)) if folder is None else save(folder, stamp, names, parts)


def _parts(
    layout: Layout,
    catalog: Catalog,
    unit: Unit,
    *,
    base: Columns | None,
    added: Sequence[FilmEntry],
    names: tuple[str, ...],
) -> Iterator[Part]:
    if base is not None:
        # A film that was added again has only new segments.
        present = catalog.content_ids(unit) - {film.content_id for film in added}
        for part in base.parts:
            gone = part.gone.union(film for film, _ in part.films if film not in present)
            yield part if gone == part.gone else replace(part, gone=gone)
    films: list[FilmColumns] = []
    rows = 0
    for film in added:
        films.append(_columns_of(layout, catalog, unit, film, names=names))
        rows += len(films[-1].ids)
        if rows >= _MOST_ROWS:
            yield Part.of(films, len(names))
            films, rows = [], 0
    if films:
        yield Part.of(films, len(names))


def _columns_of(
    layout: Layout, catalog: Catalog, unit: Unit, film: FilmEntry, *, names: tuple[str, ...]
) -> FilmColumns:
    folder, ids = layout.film(film.content_id, film.pipeline_id), catalog.film_ids(film.content_id, unit)
    measures = read_measures(folder, unit)
    if len(measures) != len(ids):
        raise ArchiveError(
            f"{folder}: {len(measures)} {unit}s, but {len(ids)} are listed (kuleshov reindex lists them)"
        )
    return FilmColumns(film.content_id, ids, measures, read_vectors(folder, unit, names, count=len(ids)))
