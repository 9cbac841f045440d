"""Whether film folders, catalogue and vector index are whole and agree."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.catalog.catalog import Catalog
from kuleshov.archive.catalog.recovery import film_folders
from kuleshov.archive.columns import column_files
from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.film.arrow import plain_values
from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.film.folder import (
    FILES,
    RECORD_TYPES,
    read_arc,
    read_card,
    read_lines,
    read_measurements,
    read_moments,
    read_segments,
    read_tracks,
    read_vectors,
)
from kuleshov.archive.film.measured import read_measured
from kuleshov.archive.film.space_files import read_embeddings, read_spaces
from kuleshov.archive.norms_file import read_norms
from kuleshov.archive.vectors.generations import problem
from kuleshov.errors import ArchiveError
from kuleshov.records import SEGMENT_UNITS, Unit


def find_problems(layout: Layout, catalog: Catalog) -> list[str]:
    """Read everything and return what is wrong, one line each; an empty list for a sound archive."""
    problems = [f"{layout.catalog}: {line}" for line in catalog.integrity_problems()]
    problems += _folder_problems(layout, catalog)
    problems += _norms_problems(layout)
    for film in catalog.films():
        problems += _film_problems(layout, catalog, film)
    for unit in SEGMENT_UNITS:
        ids = catalog.select(unit, ())
        if len(ids) and (found := problem(layout.index(unit), catalog.stamp, ids)):
            problems.append(found)
        else:  # where the vector index is old or missing, so are the columns: what mends it mends them
            problems += _column_problems(layout, catalog, unit, ids)
    return problems


def _column_problems(layout: Layout, catalog: Catalog, unit: Unit, ids: NDArray[np.int64]) -> Iterator[str]:
    folder, columns = layout.columns(unit), column_files.load(layout.columns(unit))
    if columns is None:
        if len(ids):
            yield f"{folder}: no columns that can be read: every search makes them anew (kuleshov reindex stores them)"
    elif columns.stamp == catalog.stamp:
        rows = columns.at(ids)
        measured = [catalog.measured(film.content_id, unit) for film in catalog.films()]
        agree = len(columns) == len(ids) and (rows >= 0).all()
        if not agree or (
            measured and not np.array_equal(columns.measures(rows), np.concatenate(measured), equal_nan=True)
        ):
            yield f"{folder}: the columns hold something else than the catalogue (kuleshov reindex makes new ones)"


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
        yield f"{layout.films / name}: a folder, but not in the catalogue (kuleshov reindex lists it if it is whole)"


def _film_problems(layout: Layout, catalog: Catalog, film: FilmEntry) -> Iterator[str]:
    folder = layout.film(film.content_id, film.pipeline_id)
    if not folder.is_dir():
        return
    names = {path.name for path in folder.iterdir()}
    yield from (f"{folder / name}: no file of an archive" for name in sorted(names - set(FILES)))
    try:
        card = read_card(folder)
        if card.entry != film:
            yield f"{folder / 'film.json'}: says something else than the catalogue (kuleshov reindex corrects it)"
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
        held = [(each.unit, each.space, each.model, each.dimensions, each.vectors) for each in read_spaces(folder)]
        if sorted(held) != catalog.spaces_of(film.content_id):
            yield f"{folder}: the catalogue lists other vectors (kuleshov reindex corrects it)"
    except ArchiveError as error:
        yield str(error)
    for unit in SEGMENT_UNITS:
        yield from _segment_problems(layout, catalog, film, unit)


def _segment_problems(layout: Layout, catalog: Catalog, film: FilmEntry, unit: Unit) -> Iterator[str]:
    folder = layout.film(film.content_id, film.pipeline_id)
    count = film.shot_count if unit == "shot" else film.scene_count
    try:
        measured = read_measured(folder, unit)
        rows = np.arange(len(measured))
        one_by_one, together = (
            json.dumps(plain_values(segments, RECORD_TYPES[unit]), sort_keys=True)  # as text NaN is the same as NaN
            for segments in (read_segments(folder, RECORD_TYPES[unit], rows), read_segments(folder, RECORD_TYPES[unit]))
        )
        if one_by_one != together:
            yield f"{folder}: its {unit}s one by one are not those of the Parquet file (ingest the film again)"
        if len(measured) != count:
            yield f"{folder}: {len(measured)} {unit}s, but {count} were stored (remove the film and ingest it again)"
        elif not np.array_equal(measured.values, catalog.measured(film.content_id, unit), equal_nan=True):
            yield f"{folder}: the catalogue holds other {unit} measures (kuleshov reindex corrects it)"
    except ArchiveError as error:
        yield str(error)
    try:
        _, vectors = read_vectors(folder, unit)
        if len(vectors) != count:
            yield f"{folder}: {len(vectors)} {unit} vectors for {count} {unit}s (remove the film and ingest it again)"
    except ArchiveError as error:
        yield str(error)
