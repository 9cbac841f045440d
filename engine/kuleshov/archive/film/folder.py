"""One description of one film as a folder: ``film.json`` and Parquet files that anyone can read.

The format is described for strangers in ``docs/archive-format.md``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.disk.durable import new_file, replace_file
from kuleshov.archive.disk.layout import ARCHIVE_SCHEMA_VERSION, check_schema_version
from kuleshov.archive.film import embeddings as spaces_table
from kuleshov.archive.film import measurements
from kuleshov.archive.film import moments as moments_table
from kuleshov.archive.film.arrow import from_table, to_table
from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.film.row_files import read_rows, write_rows
from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.tracks import Tracks
from kuleshov.errors import ArchiveError
from kuleshov.media.track_choice import choose_audio_track
from kuleshov.records import (
    SEGMENT_UNITS,
    Analysis,
    Arc,
    Editing,
    Embeddings,
    Film,
    Line,
    LineVectors,
    Moments,
    Provenance,
    Scene,
    Segment,
    Shot,
    Unit,
)

CARD = "film.json"
TABLES: dict[type[Segment], str] = {Shot: "shots.parquet", Scene: "scenes.parquet"}
RECORD_TYPES: dict[Unit, type[Shot] | type[Scene]] = {"shot": Shot, "scene": Scene}
TRACKS = "tracks.parquet"
EMBEDDINGS = "embeddings.parquet"
LINES = "lines.parquet"
#: A folder without these is whole too: it was written before there were such files.
MEASUREMENTS = "measurements.parquet"
MOMENTS = "moments.parquet"
ARC = "arc.json"
SPACES = "spaces.parquet"
ROWS: dict[type[Segment], str] = {Shot: "shots.jsonl.zst", Scene: "scenes.jsonl.zst"}
FILES = (CARD, *TABLES.values(), TRACKS, EMBEDDINGS, LINES, MEASUREMENTS, MOMENTS, ARC, SPACES, *ROWS.values())

#: Page checksums let a reader tell a flipped bit from a measurement. Byte-stream split halves the size of time series.
_PARQUET_OPTIONS: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True}
_SCHEMA_KEY, _TRACKS_KEY, _VECTOR_NAMES_KEY = b"kuleshov.schema_version", b"kuleshov.tracks", b"kuleshov.vector_names"
_MODEL_KEY, _LINE_VECTOR = b"kuleshov.text_model", "vector"

S = TypeVar("S", bound=Segment)


@dataclass(frozen=True)
class FilmCard:
    """The content of ``film.json``: all that is said about the film as a whole."""

    schema_version: int
    added_at: str
    film: Film
    provenance: Provenance
    shot_count: int
    scene_count: int
    vector_names: tuple[str, ...]
    line_count: int | None = None  # None: made before lines were kept
    editing: Editing | None = None  # None: made before it was measured
    spaces: tuple[str, ...] = ()  # what it has vectors of

    @property
    def entry(self) -> FilmEntry:
        heard = choose_audio_track(self.film.audio_tracks)
        return FilmEntry(
            content_id=self.film.content_id,
            title=self.film.title,
            source=self.film.source,
            duration_seconds=self.film.duration_seconds,
            frame_count=self.film.frame_count,
            shot_count=self.shot_count,
            scene_count=self.scene_count,
            pipeline_id=self.provenance.pipeline_id,
            added_at=self.added_at,
            year=self.film.year,
            director=self.film.director,
            country=self.film.country,
            language=self.film.language or (heard.language if heard else None),
        )


def make_card(
    analysis: Analysis, vector_names: Sequence[str], *, added_at: str, spaces: Sequence[str] = ()
) -> FilmCard:
    return FilmCard(
        schema_version=ARCHIVE_SCHEMA_VERSION,
        added_at=added_at,
        film=analysis.film,
        provenance=analysis.provenance,
        shot_count=len(analysis.shots),
        scene_count=len(analysis.scenes),
        vector_names=tuple(vector_names),
        line_count=len(analysis.lines),
        editing=analysis.editing,
        spaces=tuple(spaces),
    )


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
        CARD: lambda file: file.write(_encode_card(card)),
        TABLES[Shot]: lambda file: _write_table(file, to_table(analysis.shots, Shot)),
        TABLES[Scene]: lambda file: _write_table(file, to_table(analysis.scenes, Scene)),
        TRACKS: lambda file: _write_tracks(file, tracks),
        EMBEDDINGS: lambda file: _write_table(file, _embedding_table(vectors, card.vector_names)),
        LINES: lambda file: _write_table(file, _line_table(analysis.lines, line_vectors)),
        ROWS[Shot]: lambda file: write_rows(file, analysis.shots, Shot),
        ROWS[Scene]: lambda file: write_rows(file, analysis.scenes, Scene),
    }
    if measured is not None:
        writers[MEASUREMENTS] = lambda file: _write_table(file, measurements.to_table(measured))
    if moments is not None:
        writers[MOMENTS] = lambda file: _write_table(file, moments_table.to_table(moments))
    if embeddings:
        writers[SPACES] = lambda file: _write_groups(file, spaces_table.to_tables(embeddings))
    if analysis.arc is not None:
        writers[ARC] = lambda file: file.write(_encode_arc(analysis.arc))
    for name, write in writers.items():
        with new_file(folder / name) as file:
            write(file)


def rewrite_card(folder: Path, card: FilmCard) -> None:
    """Replace ``film.json``; a reader sees the old one or the new one, whole."""
    replace_file(folder / CARD, _encode_card(card))


def read_card(folder: Path) -> FilmCard:
    """Return what ``film.json`` says. Raises ``ArchiveError`` for a missing, damaged or newer file."""
    with damage_explained(folder / CARD):
        content = json.loads((folder / CARD).read_bytes())
        check_schema_version(folder / CARD, content["schema_version"])
        card: FilmCard = _card_adapter().validate_python(content)
    return card


def read_segments(folder: Path, record_type: type[S], rows: NDArray[np.int64] | None = None) -> list[S]:
    """Return the shots or scenes of a film, or only those at ``rows``. Raises ``ArchiveError``."""
    if rows is not None and (file := folder / ROWS[record_type]).exists():
        with damage_explained(file):
            return read_rows(file, record_type, rows)
    file = folder / TABLES[record_type]
    with damage_explained(file):
        table = read_table(file)
        return from_table(table if rows is None else table.take(rows), record_type)


def read_tracks(folder: Path) -> Tracks:
    """Return all tracks of a film, in the order in which they were given. Raises ``ArchiveError``."""
    tracks = Tracks()
    with damage_explained(folder / TRACKS):
        table = read_table(folder / TRACKS)
        rows = table.num_rows
        seconds = table["seconds"].to_numpy().astype(np.float64, copy=False)
        values = table["value"].to_numpy().astype(np.float32, copy=False)
        start = 0
        for track in json.loads(table.schema.metadata[_TRACKS_KEY]):
            end = start + track["samples"]
            tracks.add(track["name"], unit=track["unit"], seconds=seconds[start:end], values=values[start:end])
            start = end
        if start != rows:
            raise ValueError(f"{rows} rows, but its tracks have {start}")
    return tracks


def read_measurements(folder: Path) -> FilmMeasurements | None:
    """Return what a film can be divided by anew; ``None`` if it was not kept. Raises ``ArchiveError``."""
    file = folder / MEASUREMENTS
    if not file.exists() and (folder / CARD).exists():
        return None
    tracks, film, (lines, _) = read_tracks(folder), read_card(folder).film, read_lines(folder)
    with damage_explained(file):
        return measurements.from_table(read_table(file), tracks, end_seconds=film.duration_seconds, lines=lines)


def read_moments(folder: Path, names: Collection[str]) -> Moments | None:
    """Return the moments with these values; ``None`` if they were not kept. Raises ``ArchiveError``."""
    file = folder / MOMENTS
    if not file.exists() and (folder / CARD).exists():
        return None
    with damage_explained(file):
        return moments_table.from_table(read_table(file, columns=moments_table.columns(names)), names)


def read_arc(folder: Path) -> Arc | None:
    """Return the arc of a film; ``None`` if it was not kept. Raises ``ArchiveError``."""
    file = folder / ARC
    if not file.exists() and (folder / CARD).exists():
        return None
    with damage_explained(file):
        content = json.loads(file.read_bytes())
        check_schema_version(file, content.pop("schema_version"))
        arc: Arc = _arc_adapter().validate_python(content)
    return arc


def read_vectors(folder: Path, unit: Unit) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Return vector names (D of them) and vectors, float32 ``[n, D]``, NaN = not measured. Raises ``ArchiveError``."""
    import pyarrow.compute as pc

    with damage_explained(folder / EMBEDDINGS):
        table = read_table(folder / EMBEDDINGS)
        names = tuple(json.loads(table.schema.metadata[_VECTOR_NAMES_KEY]))
        rows = table.filter(pc.equal(table["unit"].cast("string"), unit)).sort_by("index")
        vectors = rows["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        return names, vectors.astype(np.float32, copy=False).reshape(rows.num_rows, len(names))


def read_lines(folder: Path) -> tuple[list[Line], LineVectors | None]:
    """Return a film's lines, and their vectors if it has any. Raises ``ArchiveError`` for a damaged file.

    A description that was made before lines were kept has no such file: it has no lines.
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


def align(vectors: NDArray[np.float32], names: Sequence[str], wanted: Sequence[str]) -> NDArray[np.float32]:
    """Return the columns ``wanted``, by name; NaN where the vectors were made without such a column."""
    if tuple(names) == tuple(wanted):
        return vectors
    column = {name: index for index, name in enumerate(names)}
    aligned = np.full((len(vectors), len(wanted)), np.nan, dtype=np.float32)
    for index, name in enumerate(wanted):
        if name in column:
            aligned[:, index] = vectors[:, column[name]]
    return aligned


def _encode_card(card: FilmCard) -> bytes:
    # ASCII, because a file name that is no UTF-8 must survive too: it is a lone surrogate here.
    return (json.dumps(asdict(card), indent=2, allow_nan=False) + "\n").encode("ascii")


def _encode_arc(arc: Any) -> bytes:
    text = json.dumps({"schema_version": ARCHIVE_SCHEMA_VERSION, **asdict(arc)}, allow_nan=False)
    return (text + "\n").encode("ascii")


def _write_table(file: Any, table: Any) -> None:
    import pyarrow.parquet as pq

    metadata = {**(table.schema.metadata or {}), _SCHEMA_KEY: str(ARCHIVE_SCHEMA_VERSION)}
    pq.write_table(table.replace_schema_metadata(metadata), file, **_PARQUET_OPTIONS)


def _write_groups(file: Any, tables: Sequence[Any]) -> None:
    """Write tables of one schema, each as one row group: who asks for one reads only that one."""
    import pyarrow.parquet as pq

    metadata = {**tables[0].schema.metadata, _SCHEMA_KEY: str(ARCHIVE_SCHEMA_VERSION)}
    schema = tables[0].schema.with_metadata(metadata)
    with pq.ParquetWriter(file, schema, use_dictionary=["space", "unit"], **_PARQUET_OPTIONS) as writer:
        for table in tables:
            writer.write_table(table, row_group_size=max(1, table.num_rows))


def _write_tracks(file: Any, tracks: Tracks) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = pa.dictionary(pa.int32(), pa.string())
    listing = [{"name": t.name, "unit": t.unit, "samples": len(t.values)} for t in tracks.values()]
    schema = pa.schema(
        [("track", names), ("unit", names), ("seconds", pa.float64()), ("value", pa.float32())],
        metadata={_SCHEMA_KEY: str(ARCHIVE_SCHEMA_VERSION), _TRACKS_KEY: json.dumps(listing)},
    )
    options = {"use_dictionary": ["track", "unit"], "use_byte_stream_split": ["seconds", "value"], **_PARQUET_OPTIONS}
    with pq.ParquetWriter(file, schema, **options) as writer:
        # One row group a track: who asks for one reads only that one.
        for track in tracks.values():
            zeros = np.zeros(len(track.values), dtype=np.int32)
            columns = [
                pa.DictionaryArray.from_arrays(zeros, [track.name]),
                pa.DictionaryArray.from_arrays(zeros, [track.unit]),
                pa.array(track.seconds),
                pa.array(track.values),
            ]
            writer.write_table(pa.table(columns, schema=schema), row_group_size=max(1, len(zeros)))


def _embedding_table(vectors: Mapping[Unit, NDArray[np.float32]], names: Sequence[str]) -> Any:
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


@contextmanager
def open_table(path: Path) -> Iterator[Any]:
    """Open a Parquet file of a film folder as a ``ParquetFile`` that verifies page checksums.

    For use in ``damage_explained``.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        check_schema_version(path, int(file.schema_arrow.metadata[_SCHEMA_KEY]))
        yield file


def read_table(path: Path, *, columns: Collection[str] | None = None) -> Any:
    """Return a Parquet file of a film folder, or those of its columns that it has, its page checksums verified.

    For use in ``damage_explained``.
    """
    with open_table(path) as file:
        names = None if columns is None else [name for name in file.schema_arrow.names if name in columns]
        return file.read(columns=names, use_threads=False)


@cache
def _card_adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(FilmCard)


@cache
def _arc_adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Arc)


@contextmanager
def damage_explained(path: Path) -> Iterator[None]:
    """Turn whatever a missing or damaged file raises into an ``ArchiveError`` naming it."""
    import pyarrow as pa

    remedy = "remove the film from the archive and ingest it again"
    try:
        yield
    except ArchiveError:
        raise
    except FileNotFoundError as error:
        raise ArchiveError(f"{path}: missing ({remedy})") from error
    except (OSError, ValueError, TypeError, LookupError, pa.ArrowException) as error:
        first_line = " ".join(str(error).split())[:200] or type(error).__name__
        raise ArchiveError(f"{path}: damaged: {first_line} ({remedy})") from error
