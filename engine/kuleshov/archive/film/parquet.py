"""Parquet files of a film's folder, written and read: versioned, compressed, with page checksums."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kuleshov.archive.disk.layout import ARCHIVE_SCHEMA_VERSION, check_schema_version
from kuleshov.errors import ArchiveError

SCHEMA_KEY = b"kuleshov.schema_version"
#: Page checksums tell a flipped bit from a measurement.
PARQUET_OPTIONS: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True}


def write_table(file: Any, table: Any) -> None:
    """Write a table into an open file."""
    import pyarrow.parquet as pq

    pq.write_table(table.replace_schema_metadata(_versioned(table.schema.metadata)), file, **PARQUET_OPTIONS)


def write_row_groups(file: Any, tables: Sequence[Any], **options: Any) -> None:
    """Write tables of one schema, each as one row group, so that each can be read alone. ``options`` as Parquet's."""
    import pyarrow.parquet as pq

    schema = tables[0].schema.with_metadata(_versioned(tables[0].schema.metadata))
    with pq.ParquetWriter(file, schema, **options, **PARQUET_OPTIONS) as writer:
        for table in tables:
            writer.write_table(table, row_group_size=max(1, table.num_rows))


@contextmanager
def open_table(path: Path) -> Iterator[Any]:
    """Open a file as a ``ParquetFile`` that verifies page checksums. For use in ``damage_explained``."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        check_schema_version(path, int(file.schema_arrow.metadata[SCHEMA_KEY]))
        yield file


def read_table(path: Path, *, columns: Collection[str] | None = None) -> Any:
    """Return a file's table, or those of ``columns`` that it has. For use in ``damage_explained``."""
    with open_table(path) as file:
        names = None if columns is None else [name for name in file.schema_arrow.names if name in columns]
        return file.read(columns=names, use_threads=False)


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


def _versioned(metadata: Any) -> dict[bytes, Any]:
    return {**(metadata or {}), SCHEMA_KEY: str(ARCHIVE_SCHEMA_VERSION)}
