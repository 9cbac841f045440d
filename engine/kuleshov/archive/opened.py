"""An archive's folder, opened: the lock of the one writer, the catalogue, and what is loaded for searching."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from kuleshov.archive.catalog.catalog import Catalog, Stamp
from kuleshov.archive.catalog.recovery import open_catalog
from kuleshov.archive.columns.columns import Columns
from kuleshov.archive.dialogue_index import DialogueIndex
from kuleshov.archive.disk.durable import explained
from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.disk.lock import WriterLock
from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.vectors.indexes import VectorIndexes
from kuleshov.errors import ArchiveError
from kuleshov.records import Unit


class OpenArchive:
    """What ``Archive`` holds open. What was computed of a state of the catalogue is kept with that state's stamp."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._lock: WriterLock | None = None
        self._open_catalog: Catalog | None = None
        self._columns: dict[Unit, Columns] = {}
        self._indexes = VectorIndexes(layout)
        self._films: tuple[Stamp, tuple[FilmEntry, ...]] | None = None
        self._vector_names: tuple[Stamp, tuple[str, ...]] | None = None
        self._dialogue: tuple[Stamp, DialogueIndex] | None = None
        self._closed = False

    @classmethod
    def open(cls, path: str | Path, *, create: bool = False, write: bool = False) -> Self:
        """Open an archive folder. ``create`` makes it if it does not exist, and implies ``write``.

        ``write`` takes the writer's lock now instead of at the first change: before work that takes hours.
        """
        layout = Layout(Path(path))
        if create and not layout.manifest.exists():
            layout.create()
        layout.verify()
        archive = cls(layout)
        if create or write:
            archive._writer()
        return archive

    def close(self) -> None:
        """Release the lock and the files. A second call does nothing."""
        self._closed = True
        self._indexes.forget()
        self._columns.clear()
        self._dialogue = self._films = None
        if self._open_catalog is not None:
            self._open_catalog.close()
            self._open_catalog = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        mode = "closed" if self._closed else "reading" if self._lock is None else "writing"
        return f"<Archive {str(self.path)!r}, {mode}>"

    @property
    def path(self) -> Path:
        return self._layout.root

    @property
    def _writes(self) -> bool:
        return self._lock is not None

    @property
    def _catalog(self) -> Catalog:
        if self._closed:
            raise ArchiveError(f"{self.path}: the archive object is closed (open the folder again)")
        if self._open_catalog is None:
            self._open_catalog = Catalog.for_reading(self._layout.catalog)
        return self._open_catalog

    def _writer(self, *, replace_damaged: bool = False) -> Catalog:
        """Return the catalogue for writing; the first time, take the lock and clean up after a killed writer."""
        if self._writes or self._closed:
            return self._catalog
        lock = WriterLock(self._layout.lock)
        try:
            with explained(self._layout.films, "can't be made"):
                self._layout.films.mkdir(exist_ok=True)
            if self._open_catalog is not None:
                self._open_catalog.close()
                self._open_catalog = None
            catalog = open_catalog(self._layout, replace_damaged=replace_damaged)
        except BaseException:
            lock.release()
            raise
        self._lock, self._open_catalog = lock, catalog
        self._indexes.forget()  # made in memory as a reader; from now on they are put on disk
        self._columns.clear()
        return catalog
