"""One description of one film as a folder: ``film.json`` and Parquet files that anyone can read.

The format is documented in ``docs/archive-format.md``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.disk.durable import new_file
from kuleshov.archive.film import measurements_table, moments_table
from kuleshov.archive.film.arrow import from_table, to_table
from kuleshov.archive.film.card import ARC, CARD, FilmCard, encode_arc, encode_card, is_absent, read_card
from kuleshov.archive.film.parquet import damage_explained, read_table, write_row_groups, write_table
from kuleshov.archive.film.segment_tables import TABLES
from kuleshov.archive.film.space_tables import SPACES, write_embeddings
from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.tracks import Tracks
from kuleshov.errors import ArchiveError
from kuleshov.records import SEGMENT_UNITS, Analysis, Embeddings, Line, LineVectors, Moments, Scene, Shot, Unit

TRACKS = "tracks.parquet"
EMBEDDINGS = "embeddings.parquet"
LINES = "lines.parquet"
#: A folder without these is complete too: it was written before there were such files.
MEASUREMENTS = "measurements.parquet"
MOMENTS = "moments.parquet"
FILES = (CARD, *TABLES.values(), TRACKS, EMBEDDINGS, LINES, MEASUREMENTS, MOMENTS, ARC, SPACES)
#: Written by former versions, read no more.
FORMER_FILES = ("shots.jsonl.zst", "scenes.jsonl.zst")

_TRACKS_KEY, _VECTOR_NAMES_KEY = b"kuleshov.tracks", b"kuleshov.vector_names"
_MODEL_KEY, _LINE_VECTOR = b"kuleshov.text_model", "vector"


def write_film(
    folder: Path,
    card: FilmCard,
    analysis: Analysis,
    tracks: Tracks,
    vectors: Mapping[Unit, NDArray[np.float32]],
    *,
    line_vectors: LineVectors | None = None,
    measured: FilmMeasurements | None = None,
    moments: Moments | None = None,
    embeddings: Sequence[Embeddings] = (),
) -> None:
    """Write a description into an empty folder; the files are on the disk when this returns.

    Raises ``OSError``, and ``ValueError`` where a record holds what its type does not allow.
    """
    writers: dict[str, Callable[[Any], None]] = {
        CARD: lambda file: file.write(encode_card(card)),
        TABLES[Shot]: lambda file: write_table(file, to_table(analysis.shots, Shot)),
        TABLES[Scene]: lambda file: write_table(file, to_table(analysis.scenes, Scene)),
        TRACKS: lambda file: _write_tracks(file, tracks),
        EMBEDDINGS: lambda file: write_table(file, embedding_table(vectors, card.vector_names)),
        LINES: lambda file: write_table(file, _line_table(analysis.lines, line_vectors)),
    }
    if measured is not None:
        writers[MEASUREMENTS] = lambda file: write_table(file, measurements_table.to_table(measured))
    if moments is not None:
        writers[MOMENTS] = lambda file: write_table(file, moments_table.to_table(moments))
    if embeddings:
        writers[SPACES] = lambda file: write_embeddings(file, embeddings)
    if (arc := analysis.arc) is not None:
        writers[ARC] = lambda file: file.write(encode_arc(arc))
    for name, write in writers.items():
        with new_file(folder / name) as file:
            write(file)


def read_tracks(folder: Path) -> Tracks:
    """Return all tracks of a film, in the order in which they were given. Raises ``ArchiveError``."""
    tracks = Tracks()
    with damage_explained(folder / TRACKS):
        table = read_table(folder / TRACKS)
        seconds = table["seconds"].to_numpy().astype(np.float64, copy=False)
        values = table["value"].to_numpy().astype(np.float32, copy=False)
        start = 0
        for track in json.loads(table.schema.metadata[_TRACKS_KEY]):
            end = start + track["samples"]
            tracks.add(track["name"], unit=track["unit"], seconds=seconds[start:end], values=values[start:end])
            start = end
        if start != table.num_rows:
            raise ValueError(f"{table.num_rows} rows, but its tracks have {start}")
    return tracks


def read_measurements(folder: Path) -> FilmMeasurements | None:
    """Return what the film can be divided by again; ``None`` if it was not stored. Raises ``ArchiveError``."""
    file = folder / MEASUREMENTS
    if is_absent(file):
        return None
    tracks, film, (lines, _) = read_tracks(folder), read_card(folder).film, read_lines(folder)
    with damage_explained(file):
        return measurements_table.from_table(read_table(file), tracks, end_seconds=film.duration_seconds, lines=lines)


def read_moments(folder: Path, names: Collection[str]) -> Moments | None:
    """Return the moments with these values; ``None`` if none were stored. Raises ``ArchiveError``."""
    file = folder / MOMENTS
    if is_absent(file):
        return None
    with damage_explained(file):
        return moments_table.from_table(read_table(file, columns=moments_table.columns(names)), names)


def read_vectors(folder: Path, unit: Unit, names: Sequence[str], *, count: int) -> NDArray[np.float32]:
    """Return the affect-and-cinema vectors of a film's shots or scenes, float32 ``[count, len(names)]``.

    ``names``: the columns wanted; NaN = not measured, or the film was described without such a column. Raises
    ``ArchiveError``, also where there are not ``count`` vectors.
    """
    import pyarrow.compute as pc

    with damage_explained(folder / EMBEDDINGS):
        table = read_table(folder / EMBEDDINGS)
        stored = json.loads(table.schema.metadata[_VECTOR_NAMES_KEY])
        rows = table.filter(pc.equal(table["unit"].cast("string"), unit)).sort_by("index")
        flat = rows["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        vectors: NDArray[np.float32] = flat.astype(np.float32, copy=False).reshape(rows.num_rows, len(stored))
    if len(vectors) != count:
        remedy = "remove the film and ingest it again"
        raise ArchiveError(f"{folder}: {len(vectors)} {unit} vectors for {count} {unit}s ({remedy})")
    if tuple(stored) == tuple(names):
        return vectors
    aligned = np.full((len(vectors), len(names)), np.nan, dtype=np.float32)
    for column, name in enumerate(names):
        if name in stored:
            aligned[:, column] = vectors[:, stored.index(name)]
    return aligned


def read_lines(folder: Path) -> tuple[list[Line], LineVectors | None]:
    """Return a film's lines, and their vectors if it has any. Raises ``ArchiveError`` for a damaged file.

    A description that was written before lines were stored has no such file, and no lines.
    """
    file = folder / LINES
    if not file.exists() and read_card(folder).line_count is None:
        return [], None
    with damage_explained(file):
        table = read_table(file)
        if _LINE_VECTOR not in table.column_names:
            return from_table(table, Line), None
        model = table.schema.metadata[_MODEL_KEY].decode()
        width = table.schema.field(_LINE_VECTOR).type.list_size
        vectors = table[_LINE_VECTOR].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        lines = from_table(table.drop_columns([_LINE_VECTOR]), Line)
        return lines, LineVectors(model, vectors.astype(np.float32, copy=False).reshape(len(lines), width))


def embedding_table(vectors: Mapping[Unit, NDArray[np.float32]], names: Sequence[str]) -> Any:
    """Return the affect-and-cinema vectors, float32 ``[n, D]`` by unit, as a ``pyarrow.Table``."""
    import pyarrow as pa

    units = np.repeat(np.arange(len(SEGMENT_UNITS), dtype=np.int32), [len(vectors[unit]) for unit in SEGMENT_UNITS])
    stacked = np.concatenate([vectors[unit] for unit in SEGMENT_UNITS])
    offsets = np.arange(len(stacked) + 1, dtype=np.int32) * len(names)
    columns = {
        "unit": pa.DictionaryArray.from_arrays(units, list(SEGMENT_UNITS)),
        "index": pa.array(np.concatenate([np.arange(len(vectors[unit]), dtype=np.int64) for unit in SEGMENT_UNITS])),
        "vector": pa.ListArray.from_arrays(offsets, pa.array(stacked.reshape(-1))),
    }
    return pa.table(columns).replace_schema_metadata({_VECTOR_NAMES_KEY: json.dumps(list(names))})


def _write_tracks(file: Any, tracks: Tracks) -> None:
    import pyarrow as pa

    names = pa.dictionary(pa.int32(), pa.string())
    listing = [{"name": t.name, "unit": t.unit, "samples": len(t.values)} for t in tracks.values()]
    schema = pa.schema(
        [("track", names), ("unit", names), ("seconds", pa.float64()), ("value", pa.float32())],
        metadata={_TRACKS_KEY: json.dumps(listing)},
    )
    tables = [schema.empty_table()] if not listing else []
    for track in tracks.values():
        zeros = np.zeros(len(track.values), dtype=np.int32)
        columns = [
            pa.DictionaryArray.from_arrays(zeros, [track.name]),
            pa.DictionaryArray.from_arrays(zeros, [track.unit]),
            pa.array(track.seconds),
            pa.array(track.values),
        ]
        tables.append(pa.table(columns, schema=schema))
    # Byte-stream split halves the size of time series.
    write_row_groups(file, tables, use_dictionary=["track", "unit"], use_byte_stream_split=["seconds", "value"])


def _line_table(lines: Sequence[Line], vectors: LineVectors | None) -> Any:
    import pyarrow as pa

    table = to_table(lines, Line)
    if vectors is None:
        return table
    if len(vectors.vectors) != len(lines):
        raise ValueError(f"{len(vectors.vectors)} vectors for {len(lines)} lines")
    width = vectors.vectors.shape[1]
    flat = pa.array(np.ascontiguousarray(vectors.vectors, dtype=np.float32).reshape(-1))
    column = pa.FixedSizeListArray.from_arrays(flat, width)
    return table.append_column(_LINE_VECTOR, column).replace_schema_metadata({_MODEL_KEY: vectors.model})
