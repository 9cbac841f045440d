"""How the catalogue file is opened: by its one writer, by readers at the same time, and from a read-only medium."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kuleshov.archive.disk.layout import reindex_remedy
from kuleshov.errors import ArchiveError

_BUSY_SECONDS = 10.0


def connect_writer(path: Path) -> sqlite3.Connection:
    """Open or make a database in WAL mode, every commit forced to the disk. Raises ``ArchiveError``."""
    with explained_by(path):
        connection = _prepared(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None))
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        except sqlite3.Error:
            connection.close()
            raise
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open an existing database, read-only. Raises ``ArchiveError``."""
    if not path.exists():
        raise ArchiveError(f"{path}: the archive's catalogue is missing ({reindex_remedy(path.parent)})")
    with explained_by(path):
        connection = _open_uri(path, "mode=ro")
        try:
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            return _copy_into_memory(path)
        except sqlite3.Error:
            connection.close()
            raise
    return connection


def delete_database(path: Path) -> None:
    """Remove a database with its journals: a journal left behind would be replayed into a new database of that name."""
    for suffix in ("-wal", "-shm", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def explained_by(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ``ArchiveError``, naming the file and the remedy."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise ArchiveError(f"{path}: {error}") from error
    except sqlite3.DatabaseError as error:
        remedy = reindex_remedy(path.parent)
        raise ArchiveError(f"{path}: the archive's catalogue is damaged: {error} ({remedy})") from error


def _copy_into_memory(path: Path) -> sqlite3.Connection:
    # Reading in WAL mode needs a shared-memory file, which can't be made where we may not write. Without a -wal file
    # there is no writer and the database alone is complete: it is copied, so that a later writer does not change pages
    # that we read.
    if path.with_name(path.name + "-wal").exists():
        raise sqlite3.OperationalError(
            "can't be read while it has a -wal file, without the right to write in its folder"
        )
    before = path.stat()
    source = _open_uri(path, "mode=ro&immutable=1")
    memory = _prepared(sqlite3.connect(":memory:", isolation_level=None))
    source.backup(memory)
    source.close()
    if path.stat().st_mtime_ns != before.st_mtime_ns:
        raise sqlite3.OperationalError("changed while it was read; try again")
    return memory


def _open_uri(path: Path, parameters: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{parameters}"
    return _prepared(sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None))


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.text_factory = _decode
    return connection


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
