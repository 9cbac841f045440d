"""The rows of shots and scenes as JSON, 16 to a compressed batch, from which a search reads the few that it shows.

The Parquet files are the truth, but one row of theirs takes as long as all: some 28 ms for nearly 200 columns and 100
rows, against 0.4 ms here. A file is a film's shots or scenes, in Arrow's file format; its name holds the film's
``added_at``, so that a film that is described again gets another file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.catalog.catalog import Catalog
from kuleshov.archive.disk.durable import TEMPORARY, explained, new_file, sync_folder
from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.film.arrow import from_json_rows
from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.film.segment_tables import read_json_rows
from kuleshov.records import Segment, Unit

S = TypeVar("S", bound=Segment)

_BATCH_ROWS = 16
_COLUMN = "row"


def refresh_rows(layout: Layout, catalog: Catalog, unit: Unit, *, all_anew: bool) -> None:
    """Write the files that are missing, or all, and remove those of films that are gone. For the writer.

    Raises ``ArchiveError`` for a film that can't be read.
    """
    folder = layout.rows(unit)
    films = {row_file(layout, unit, film): film for film in catalog.films()}
    with explained(folder, "the rows can't be written"):
        folder.mkdir(parents=True, exist_ok=True)
        present = set(folder.iterdir())
        for path in present - films.keys():
            path.unlink()
        for path, film in films.items():
            if all_anew or path not in present:
                _write(path, read_json_rows(layout.films / film.folder_name, unit))
        sync_folder(folder)


def row_file(layout: Layout, unit: Unit, film: FilmEntry) -> Path:
    """Return where the rows of a film's shots or scenes are."""
    added = re.sub(r"\D", "", film.added_at)
    return layout.rows(unit) / f"{film.folder_name}-{added}.arrow"


def read_rows(path: Path, rows: NDArray[np.int64], record_type: type[S]) -> list[S] | None:
    """Return the shots or scenes at ``rows``, in that order; ``None`` if there is no file or it can't be read."""
    try:
        with _open(path) as file:
            numbers = {row // _BATCH_ROWS for row in rows.tolist()}
            batches = {number: file.get_batch(number)[_COLUMN] for number in numbers}
            texts = [batches[row // _BATCH_ROWS][row % _BATCH_ROWS].as_py() for row in rows.tolist()]
        return from_json_rows(texts, record_type)
    except (OSError, ValueError, LookupError):
        return None


def read_json(path: Path) -> list[str] | None:
    """Return all rows of a file as JSON; ``None`` if it can't be read."""
    try:
        with _open(path) as file:
            texts: list[str] = file.read_all()[_COLUMN].to_pylist()
        return texts
    except (OSError, ValueError, LookupError):
        return None


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    import pyarrow as pa

    # Not memory-mapped: of so little, page faults cost more than reading.
    with pa.OSFile(str(path)) as source:
        yield pa.ipc.open_file(source)


def _write(path: Path, rows: list[str]) -> None:
    import pyarrow as pa

    table = pa.table({_COLUMN: pa.array(rows, pa.string())})
    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=6))
    staged = path.with_name(TEMPORARY + path.name)
    staged.unlink(missing_ok=True)
    with new_file(staged) as file, pa.ipc.new_file(file, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=_BATCH_ROWS)
    staged.replace(path)
