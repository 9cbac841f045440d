"""The catalogue: which films there are, and the ids and times of their segments, in SQLite.

It is made from the film folders and can be made again; what it alone decides is which folders count. It is in WAL
mode: while one writer works, a reader's query sees the state in which it began. Every commit changes the stamp.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.disk.layout import folder_name, reindex_remedy
from kuleshov.archive.disk.sqlite import connect_reader, connect_writer, explained_by
from kuleshov.archive.film.entries import FilmEntry, check_unit
from kuleshov.archive.film.space_tables import FilmSpace, VectorSpace
from kuleshov.errors import ArchiveError
from kuleshov.records import Unit

#: 2: year, director, country, language of films; 3: spaces; 4: size of the file; 5: no measures.
CATALOG_VERSION = 5

_TABLES = {
    "meta": "key TEXT PRIMARY KEY, value NOT NULL",
    "film": """content_id TEXT PRIMARY KEY, title TEXT NOT NULL, source TEXT NOT NULL, duration_seconds REAL NOT NULL,
        frame_count INTEGER NOT NULL, shot_count INTEGER NOT NULL, scene_count INTEGER NOT NULL,
        pipeline_id TEXT NOT NULL, added_at TEXT NOT NULL,
        year INTEGER, director TEXT, country TEXT, language TEXT, vector_names TEXT NOT NULL,
        size_bytes INTEGER NOT NULL""",
    # AUTOINCREMENT: the id of a removed segment is never used again, so a stale index can't point to another one.
    "segment": """id INTEGER PRIMARY KEY AUTOINCREMENT, content_id TEXT NOT NULL REFERENCES film (content_id),
        unit TEXT NOT NULL, idx INTEGER NOT NULL, start_seconds REAL, end_seconds REAL,
        UNIQUE (content_id, unit, idx)""",
    "condemned": "folder TEXT PRIMARY KEY",
    "space": """content_id TEXT NOT NULL REFERENCES film (content_id), unit TEXT NOT NULL, space TEXT NOT NULL,
        model TEXT NOT NULL, dimensions INTEGER NOT NULL, vectors INTEGER NOT NULL,
        PRIMARY KEY (content_id, unit, space)""",
}
_FILM_COLUMNS = ", ".join(FilmEntry.__dataclass_fields__)
# As bytes cast to text, because SQLite's binding refuses file names that are no UTF-8.
_INSERT_FILM = "INSERT INTO film VALUES (?, CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Stamp:
    """A state of a catalogue: ids are comparable only under one ``catalog_id``."""

    catalog_id: str
    revision: int

    def nearness_to(self, present: Stamp) -> int:
        """Return a number that is greater the nearer this state is to ``present``; -1 for another catalogue."""
        return self.revision if self.catalog_id == present.catalog_id else -1


class Catalog:
    """One connection to ``catalog.sqlite``, for the thread that opened it."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def for_reading(cls, path: Path) -> Catalog:
        """Open an existing catalogue; nothing is written. Raises ``ArchiveError``."""
        catalog = cls(path, connect_reader(path))
        if not catalog.fits:
            catalog.close()
            reason = "the catalogue was made by another version of Kuleshov"
            raise ArchiveError(f"{path}: {reason} ({reindex_remedy(path.parent)})")
        return catalog

    @classmethod
    def for_writing(cls, path: Path) -> Catalog:
        """Open or make the catalogue; the caller holds the writer's lock. Raises ``ArchiveError``."""
        catalog = cls(path, connect_writer(path))
        if catalog._value("SELECT count(*) FROM sqlite_schema") == 0:
            with catalog.transaction():
                catalog.clear()
        return catalog

    def close(self) -> None:
        self._connection.close()

    @property
    def fits(self) -> bool:
        """Whether the tables are those that this version of Kuleshov makes."""
        return bool(self._value("PRAGMA user_version") == CATALOG_VERSION)

    @property
    def stamp(self) -> Stamp:
        values = dict(self._rows("SELECT key, value FROM meta"))
        return Stamp(values["catalog_id"], values["revision"])

    @property
    def vector_names(self) -> tuple[str, ...]:
        """The names of the newest description's vectors; older ones are read by name."""
        names = self._value("SELECT vector_names FROM film ORDER BY added_at DESC, content_id LIMIT 1")
        return () if names is None else tuple(json.loads(names))

    def films(self) -> list[FilmEntry]:
        """Return all films, oldest entry first."""
        return [
            FilmEntry(*row) for row in self._rows(f"SELECT {_FILM_COLUMNS} FROM film ORDER BY added_at, content_id")
        ]

    def film(self, content_id: str) -> FilmEntry | None:
        rows = self._rows(f"SELECT {_FILM_COLUMNS} FROM film WHERE content_id = ?", (content_id,))
        return FilmEntry(*rows[0]) if rows else None

    def sizes(self) -> dict[str, int]:
        """Return the size of each film's file in bytes, by content id."""
        return dict(self._rows("SELECT content_id, size_bytes FROM film"))

    def has_size(self, size_bytes: int) -> bool:
        """Return whether the file of any film has this size."""
        return self._value("SELECT 1 FROM film WHERE size_bytes = ? LIMIT 1", (size_bytes,)) is not None

    def content_ids(self, unit: Unit) -> set[str]:
        """Return the content ids of the films that have such segments."""
        return {row[0] for row in self._rows(f"SELECT content_id FROM film WHERE {check_unit(unit)}_count > 0")}

    def count(self, unit: Unit) -> int:
        return int(self._value("SELECT count(*) FROM segment WHERE unit = ?", (check_unit(unit),)))

    def ids(self, unit: Unit) -> NDArray[np.int64]:
        """Return the ids of all segments, int64 ``[n]``, ascending."""
        rows = self._rows("SELECT id FROM segment WHERE unit = ? ORDER BY id", (check_unit(unit),))
        return np.array(rows, dtype=np.int64).reshape(-1)

    def locate(self, unit: Unit, ids: NDArray[np.int64]) -> list[tuple[int, str, int]]:
        """Return (id, content id, index in the film) of the segments of ``ids`` that exist."""
        sql = "SELECT id, content_id, idx FROM segment WHERE unit = ? AND id IN (SELECT value FROM json_each(?))"
        return self._rows(sql, (check_unit(unit), json.dumps(ids.tolist())))

    def at(self, unit: Unit, content_id: str, seconds: float) -> int | None:
        """Return the id of the segment of a film at a time; ``None`` if there is none."""
        sql = """SELECT id FROM segment WHERE content_id = ? AND unit = ? AND start_seconds <= ? AND end_seconds > ?
            ORDER BY idx LIMIT 1"""
        segment_id = self._value(sql, (content_id, unit, seconds, seconds))
        return None if segment_id is None else int(segment_id)

    def spans(self, content_id: str, unit: Unit) -> list[tuple[int, float, float]]:
        """Return (id, start, end in seconds) of the segments of a film, in order."""
        sql = "SELECT id, start_seconds, end_seconds FROM segment WHERE content_id = ? AND unit = ? ORDER BY idx"
        return self._rows(sql, (content_id, unit))

    def films_after(self, unit: Unit, segment_id: int) -> list[FilmEntry]:
        """Return the films with segments of greater ids than this one, in the order of their ids."""
        sql = f"""SELECT {_FILM_COLUMNS} FROM film JOIN (SELECT content_id AS c, min(id) AS first FROM segment
            WHERE unit = ? AND id > ? GROUP BY content_id) ON content_id = c ORDER BY first"""
        return [FilmEntry(*row) for row in self._rows(sql, (unit, segment_id))]

    def film_ids(self, content_id: str, unit: Unit) -> NDArray[np.int64]:
        """Return the segment ids of one film, int64 ``[n]``, in order."""
        rows = self._rows("SELECT id FROM segment WHERE content_id = ? AND unit = ? ORDER BY idx", (content_id, unit))
        return np.array(rows, dtype=np.int64).reshape(-1)

    def spaces(self, unit: Unit) -> list[VectorSpace]:
        """Return the spaces in which films have vectors, by model; those of the newest film first."""
        sql = """SELECT space, model, dimensions FROM space JOIN film USING (content_id) WHERE unit = ?
            GROUP BY space, model, dimensions ORDER BY max(added_at) DESC, space, model"""
        return [VectorSpace(*row) for row in self._rows(sql, (check_unit(unit),))]

    def spaces_of(self, content_id: str) -> list[tuple[Unit, str, str, int, int]]:
        """Return (unit, space, model, dimensions, vectors) of all that a film has, sorted."""
        sql = "SELECT unit, space, model, dimensions, vectors FROM space WHERE content_id = ? ORDER BY 1, 2, 3"
        return self._rows(sql, (content_id,))

    def films_of(self, space: VectorSpace, unit: Unit) -> list[tuple[str, int]]:
        """Return (content id, number of shots or scenes with a vector) of the films that have this space."""
        sql = "SELECT content_id, vectors FROM space WHERE unit = ? AND space = ? AND model = ? AND dimensions = ?"
        return self._rows(sql, (unit, space.space, space.model, space.dimensions))

    def condemned(self) -> list[str]:
        """Return the names of film folders that are to be removed."""
        return [row[0] for row in self._rows("SELECT folder FROM condemned")]

    def integrity_problems(self) -> list[str]:
        """Return the problems that SQLite itself finds in the file."""
        return [row[0] for row in self._rows("PRAGMA quick_check") if row[0] != "ok"]

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All queries of the block see the same state."""
        self._run("BEGIN")
        try:
            yield
        finally:
            self._run("COMMIT")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all changes of the block visible at once, with a new stamp, or none of them."""
        self._run("BEGIN IMMEDIATE")
        try:
            yield
            self._run("UPDATE meta SET value = value + 1 WHERE key = 'revision'")
            self._run("COMMIT")
        except BaseException:
            # SQLite itself rolls back after some errors (a full disk).
            if self._connection.in_transaction:
                self._connection.rollback()
            raise

    def clear(self) -> None:
        """Inside a transaction: make all tables again. Former ids are no longer valid."""
        for table in _TABLES:
            self._run(f"DROP TABLE IF EXISTS {table}")
        for table, columns in _TABLES.items():
            self._run(f"CREATE TABLE {table} ({columns})")
        self._run_many("INSERT INTO meta VALUES (?, ?)", (("catalog_id", uuid4().hex), ("revision", 0)))
        self._run(f"PRAGMA user_version = {CATALOG_VERSION}")

    def put(
        self,
        entry: FilmEntry,
        vector_names: Sequence[str],
        spans: Mapping[Unit, NDArray[np.float64]],
        spaces: Sequence[FilmSpace] = (),
        *,
        size_bytes: int,
    ) -> None:
        """Inside a transaction: list a film; a former description of the same content is condemned.

        ``spans``: start and end in seconds of its segments, float64 ``[n, 2]``.
        """
        self.drop(entry.content_id)
        self._run("DELETE FROM condemned WHERE folder = ?", (entry.folder_name,))
        texts = (text.encode("utf-8", "surrogateescape") for text in (entry.title, entry.source))
        counts = (entry.frame_count, entry.shot_count, entry.scene_count)
        about = (entry.year, entry.director, entry.country, entry.language)
        rest = (entry.pipeline_id, entry.added_at, *about, json.dumps(list(vector_names)), size_bytes)
        self._run(_INSERT_FILM, (entry.content_id, *texts, entry.duration_seconds, *counts, *rest))
        for unit, rows in spans.items():
            segments = ((entry.content_id, unit, index, *span) for index, span in enumerate(rows.tolist()))
            self._run_many("INSERT INTO segment VALUES (NULL, ?, ?, ?, ?, ?)", segments)
        film_spaces = (
            (entry.content_id, space.unit, space.space, space.model, space.dimensions, space.vectors)
            for space in spaces
        )
        self._run_many("INSERT INTO space VALUES (?, ?, ?, ?, ?, ?)", film_spaces)

    def drop(self, content_id: str) -> None:
        """Inside a transaction: delist a film; its folder is condemned."""
        for (pipeline_id,) in self._rows("SELECT pipeline_id FROM film WHERE content_id = ?", (content_id,)):
            self._run("INSERT OR IGNORE INTO condemned VALUES (?)", (folder_name(content_id, pipeline_id),))
        self._run("DELETE FROM space WHERE content_id = ?", (content_id,))
        self._run("DELETE FROM segment WHERE content_id = ?", (content_id,))
        self._run("DELETE FROM film WHERE content_id = ?", (content_id,))

    def relink(self, content_id: str, *, title: str, source: str) -> None:
        """Inside a transaction: list a film under another path and title."""
        texts = (text.encode("utf-8", "surrogateescape") for text in (title, source))
        self._run(
            "UPDATE film SET title = CAST(? AS TEXT), source = CAST(? AS TEXT) WHERE content_id = ?",
            (*texts, content_id),
        )

    def forget_condemned(self, folder: str) -> None:
        """Inside a transaction: a condemned folder has been removed."""
        self._run("DELETE FROM condemned WHERE folder = ?", (folder,))

    def _run(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        with explained_by(self.path):
            return self._connection.execute(sql, values)

    def _run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with explained_by(self.path):
            self._connection.executemany(sql, rows)

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with explained_by(self.path):
            return self._connection.execute(sql, values).fetchall()

    def _value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        rows = self._rows(sql, values)
        return rows[0][0] if rows else None
