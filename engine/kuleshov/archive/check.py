"""Whether film folders, catalogue, columns, rows and vector indexes are undamaged and agree."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.catalog.catalog import Catalog
from kuleshov.archive.catalog.recovery import film_folders
from kuleshov.archive.columns import column_files
from kuleshov.archive.columns.row_cache import read_json, row_file
from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.film.card import read_arc, read_card
from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.film.folder import (
    FILES,
    FORMER_FILES,
    read_lines,
    read_measurements,
    read_moments,
    read_tracks,
    read_vectors,
)
from kuleshov.archive.film.segment_tables import RECORD_TYPES, read_json_rows, read_measures, read_segments, read_spans
from kuleshov.archive.film.space_tables import read_embeddings, read_film_spaces
from kuleshov.archive.norms_file import read_norms
from kuleshov.archive.vectors.indexes import VectorIndexes
from kuleshov.errors import ArchiveError
from kuleshov.records import SEGMENT_UNITS, Unit


def find_problems(layout: Layout, catalog: Catalog, indexes: VectorIndexes) -> list[str]:
    """Read everything and return what is wrong, one line each; an empty list for a sound archive."""
    problems = [f"{layout.catalog}: {line}" for line in catalog.integrity_problems()]
    problems += _folder_problems(layout, catalog)
    problems += _norms_problems(layout)
    for film in catalog.films():
        problems += _film_problems(layout, catalog, film)
    for unit in SEGMENT_UNITS:
        if affect_problem := indexes.affect_problem(catalog, unit):
            problems.append(affect_problem)
        else:  # where the vector index is old or missing, so are the columns: what repairs it repairs them
            problems += _column_problems(layout, catalog, unit, catalog.ids(unit))
    return [*problems, *indexes.space_problems(catalog)]


def _column_problems(layout: Layout, catalog: Catalog, unit: Unit, ids: NDArray[np.int64]) -> Iterator[str]:
    folder, columns = layout.columns(unit), column_files.load(layout.columns(unit))
    if columns is None:
        if len(ids):
            yield f"{folder}: no columns that can be read: every search makes them anew (kuleshov reindex stores them)"
    elif columns.stamp == catalog.stamp:
        if len(columns) != len(ids) or (columns.at(ids) < 0).any():
            yield f"{folder}: the columns hold other segments than the catalogue (kuleshov reindex makes new ones)"
            return
        for film in catalog.films():
            measures = columns.measures(columns.at(catalog.film_ids(film.content_id, unit)))
            try:
                stored = read_measures(layout.films / film.folder_name, unit)
            except ArchiveError:  # told of the film
                continue
            if not np.array_equal(measures, stored, equal_nan=True):
                other = f"the columns hold other measures than {film.folder_name}"
                yield f"{folder}: {other} (kuleshov reindex makes new ones)"


def _norms_problems(layout: Layout) -> list[str]:
    try:
        if layout.norms.is_file():
            read_norms(layout.norms)
    except ArchiveError as error:
        return [str(error)]
    return []


def _folder_problems(layout: Layout, catalog: Catalog) -> Iterator[str]:
    listed = {film.folder_name for film in catalog.films()}
    present = {folder.name for folder in film_folders(layout)}
    for name in sorted(listed - present):
        yield f"{layout.films / name}: in the catalogue, but the folder is missing (ingest the film again)"
    for name in sorted(present - listed):
        yield f"{layout.films / name}: a folder, but not in the catalogue (kuleshov reindex lists undamaged ones)"


def _film_problems(layout: Layout, catalog: Catalog, film: FilmEntry) -> Iterator[str]:
    folder = layout.film(film.content_id, film.pipeline_id)
    if not folder.is_dir():
        return
    names = {path.name for path in folder.iterdir()}
    yield from (f"{folder / name}: no file of an archive" for name in sorted(names - {*FILES, *FORMER_FILES}))
    try:
        card = read_card(folder)
        if card.entry != film:
            yield f"{folder / 'film.json'}: differs from the catalogue (kuleshov reindex corrects it)"
        if card.vector_names != catalog.vector_names:
            yield f"{folder}: described by an older pipeline: its vectors have other columns (ingest the film again)"
    except ArchiveError as error:
        yield str(error)
    try:
        read_tracks(folder)
        read_lines(folder)
        read_measurements(folder)
        read_moments(folder, read_card(folder).vector_names)
        read_arc(folder)
        read_embeddings(folder)
        stored = [
            (space.unit, space.space, space.model, space.dimensions, space.vectors)
            for space in read_film_spaces(folder)
        ]
        if sorted(stored) != catalog.spaces_of(film.content_id):
            yield f"{folder}: the catalogue lists other vectors (kuleshov reindex corrects it)"
    except ArchiveError as error:
        yield str(error)
    for unit in SEGMENT_UNITS:
        yield from _segment_problems(layout, catalog, film, unit)


def _equal(spans: NDArray[np.float64], listed: list[tuple[float, float]]) -> bool:
    return np.array_equal(spans, np.array(listed, dtype=np.float64).reshape(-1, 2), equal_nan=True)


def _segment_problems(layout: Layout, catalog: Catalog, film: FilmEntry, unit: Unit) -> Iterator[str]:
    folder, count = layout.film(film.content_id, film.pipeline_id), film.segment_count(unit)
    try:
        spans = read_spans(folder, unit)
        read_segments(folder, RECORD_TYPES[unit])
        if len(spans) != count:
            yield f"{folder}: {len(spans)} {unit}s, but {count} were stored (remove the film and ingest it again)"
        elif not _equal(spans, [span[1:] for span in catalog.spans(film.content_id, unit)]):
            yield f"{folder}: the catalogue holds other times of {unit}s (kuleshov reindex corrects it)"
        file = row_file(layout, unit, film)
        if file.exists() and read_json(file) != read_json_rows(folder, unit):
            yield f"{file}: other {unit}s than in the Parquet file (delete it; kuleshov reindex makes a new one)"
    except ArchiveError as error:
        yield str(error)
    try:
        read_vectors(folder, unit, (), count=count)
    except ArchiveError as error:
        yield str(error)
