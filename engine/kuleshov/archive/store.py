"""The archive: film descriptions in a folder, and the searches over their shots and scenes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kuleshov.archive.catalog.catalog import Catalog, Stamp
from kuleshov.archive.catalog.commit import (
    add_film,
    discard_removed,
    relink_film,
    remove_film,
    removed_films,
    restore_film,
)
from kuleshov.archive.catalog.film_reads import read_film
from kuleshov.archive.catalog.recovery import open_catalog, rebuild
from kuleshov.archive.catalog.resolve import resolve_film
from kuleshov.archive.check import find_problems
from kuleshov.archive.columns import column_files
from kuleshov.archive.columns.column_refresh import refreshed_columns
from kuleshov.archive.columns.columns import Columns
from kuleshov.archive.columns.row_cache import refresh_rows
from kuleshov.archive.dialogue_index import DialogueIndex
from kuleshov.archive.disk.durable import explained
from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.disk.lock import WriterLock
from kuleshov.archive.film.card import read_arc, read_card
from kuleshov.archive.film.entries import FilmEntry, SegmentRow, check_unit
from kuleshov.archive.film.folder import read_lines, read_measurements, read_moments, read_tracks
from kuleshov.archive.film.segment_tables import read_segments
from kuleshov.archive.film.space_tables import VectorSpace, read_embeddings
from kuleshov.archive.reading import read_by_id
from kuleshov.archive.vectors.indexes import VectorIndexes
from kuleshov.archive.vectors.settings import IndexSettings, change_settings, read_settings
from kuleshov.cinema.dialogue.speakers import describe_speakers
from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.tracks import Tracks
from kuleshov.errors import ArchiveError
from kuleshov.media.identity import file_problem
from kuleshov.records import (
    SEGMENT_UNITS,
    Analysis,
    Arc,
    Embeddings,
    LineVectors,
    Moments,
    Provenance,
    Scene,
    Shot,
    Unit,
)


class Archive:
    """Descriptions of films, as made by ``analyze``, in one folder; see ``docs/archive-format.md``.

    Any number of processes read while one writes. A method that changes something makes the archive object the writer
    until it is closed, or raises ``ArchiveError`` if there is another. Every method may raise ``ArchiveError``. An
    object belongs to the thread that made it; open the folder again for another thread.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._lock: WriterLock | None = None
        self._open_catalog: Catalog | None = None
        self._columns: dict[Unit, Columns] = {}
        self._films: tuple[Stamp, tuple[FilmEntry, ...]] | None = None
        self._vector_names: tuple[Stamp, tuple[str, ...]] | None = None
        self._indexes = VectorIndexes(layout)
        self._spoken: tuple[Stamp, DialogueIndex] | None = None
        self._closed = False

    @classmethod
    def open(cls, path: str | Path, *, create: bool = False, write: bool = False) -> Self:
        """Open an archive folder. ``create`` makes it if it is not there, and implies ``write``.

        ``write`` takes the writer's lock now, rather than at the first change: right before work that takes hours.
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
        self._spoken = self._films = None
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

    # Films

    def films(self) -> list[FilmEntry]:
        """Return all films, oldest entry first; listed once for each state of the archive."""
        stamp = self._catalog.stamp
        if self._films is None or self._films[0] != stamp:
            self._films = (stamp, tuple(self._catalog.films()))
        return list(self._films[1])

    def film(self, content_id: str) -> FilmEntry | None:
        """Return a film as listed; ``None`` if it is not there."""
        return self._catalog.film(content_id)

    def has(self, content_id: str, pipeline_id: str) -> bool:
        """Return whether this content is described by this pipeline."""
        entry = self._catalog.film(content_id)
        return entry is not None and entry.pipeline_id == pipeline_id

    def has_size(self, size_bytes: int) -> bool:
        """Return whether the file of any film has this size; if not, a file of this size is no film of the archive."""
        return self._catalog.has_size(size_bytes)

    def file_problems(self) -> dict[str, str]:
        """Return why films' files can't be read any more, by content id: gone, or replaced by another file."""
        sizes = self._catalog.sizes()
        problems = {film.content_id: file_problem(Path(film.source), sizes[film.content_id]) for film in self.films()}
        return {content_id: problem for content_id, problem in problems.items() if problem is not None}

    def resolve(self, text: str) -> FilmEntry:
        """Return the one film of this title, content id, or beginning of a content id."""
        return resolve_film(self.path, self.films(), text)

    def analysis(self, content_id: str) -> Analysis:
        """Return the description of a film as it was added."""
        return read_film(self._layout, self._catalog, content_id, _read_analysis)

    def tracks(self, content_id: str) -> Tracks:
        """Return the tracks of a film as they were added."""
        return read_film(self._layout, self._catalog, content_id, read_tracks)

    def provenance(self, content_id: str) -> Provenance:
        """Return how a film was described."""
        return read_film(self._layout, self._catalog, content_id, lambda folder: read_card(folder).provenance)

    def measurements(self, content_id: str) -> FilmMeasurements | None:
        """Return what a film can be divided by anew and compared by; ``None`` where that was not kept."""
        return read_film(self._layout, self._catalog, content_id, read_measurements)

    def line_vectors(self, content_id: str) -> LineVectors | None:
        """Return what a sentence model made of a film's lines; ``None`` where none read them."""
        return read_film(self._layout, self._catalog, content_id, lambda folder: read_lines(folder)[1])

    def moments(self, content_id: str, names: Collection[str]) -> Moments | None:
        """Return a film's moments with these values of the vector; ``None`` where that was not kept."""
        return read_film(self._layout, self._catalog, content_id, lambda folder: read_moments(folder, names))

    def arc(self, content_id: str) -> Arc | None:
        """Return the arc of a film; ``None`` where it was described before there were arcs."""
        return read_film(self._layout, self._catalog, content_id, read_arc)

    def embeddings(self, content_id: str) -> list[Embeddings]:
        """Return a film's vectors of every space, as float32, as they were kept: in half precision."""
        return read_film(self._layout, self._catalog, content_id, read_embeddings)

    # Changes

    def add(
        self,
        analysis: Analysis,
        tracks: Tracks,
        vectors: Mapping[Unit, NDArray[np.float32]],
        vector_names: Sequence[str],
        *,
        line_vectors: LineVectors | None = None,
        measured: FilmMeasurements | None = None,
        moments: Moments | None = None,
        embeddings: Sequence[Embeddings] = (),
    ) -> bool:
        """Store a film wholly or not at all; False if this description of it is there already.

        ``vectors``: float32 ``[number of shots, D]`` and ``[number of scenes, D]``, NaN = not measured, one column for
        each of ``vector_names``; ``line_vectors``: one for each of the analysis' lines. Another pipeline's description
        of the same content is replaced. ``measured`` is kept where it is given, so that the film can be divided anew
        and compared; ``moments`` so that it can be searched for changes over time; ``embeddings`` (one for each space)
        so that it can be searched by likeness.
        """
        return add_film(
            self._layout,
            self._writer(),
            analysis,
            tracks,
            vectors=vectors,
            vector_names=vector_names,
            line_vectors=line_vectors,
            measured=measured,
            moments=moments,
            embeddings=embeddings,
        )

    def remove(self, content_id: str) -> bool:
        """Take a film out; False if it is not there. ``restore`` brings it back, until ``compact``."""
        return remove_film(self._layout, self._writer(), content_id)

    def removed(self) -> list[FilmEntry]:
        """Return the films that were removed and can be restored."""
        return removed_films(self._layout)

    def restore(self, content_id: str) -> bool:
        """Bring back a removed film; False if it was not removed, or is in the archive again."""
        return restore_film(self._layout, self._writer(), content_id)

    def compact(self) -> int:
        """Delete removed films for good; return how many."""
        self._writer()
        return discard_removed(self._layout)

    def relink(self, content_id: str, path: Path | None) -> bool:
        """Note that a film's file is at ``path`` now, or (``None``) that another film is where it was.

        False if the film is not in the archive.
        """
        return relink_film(self._layout, self._writer(), content_id, path)

    def refresh(self) -> None:
        """Bring vector indexes, columns and rows on disk up to the catalogue. Worth calling once after adding films."""
        self._refresh(rows_anew=False)

    def reindex(self, settings: IndexSettings | None = None) -> None:
        """Make the catalogue, the vector indexes, columns and rows again from the film folders alone.

        ``settings``: the kind of index that the spaces have from now on; ``None`` = as before.
        """
        self._writer(replace_damaged=True)
        if settings is not None:
            change_settings(self._layout, settings)
        rebuild(self._layout, self._catalog)
        self._refresh(rows_anew=True)

    def _refresh(self, *, rows_anew: bool) -> None:
        catalog = self._writer()
        self._indexes.refresh(catalog)
        for unit in SEGMENT_UNITS:
            self.columns(unit)
            refresh_rows(self._layout, catalog, unit, all_anew=rows_anew)

    @property
    def index_settings(self) -> IndexSettings:
        """How the vectors of the spaces are indexed. Those of affect and cinema are always compared all, exactly."""
        return read_settings(self._layout)

    def check(self) -> list[str]:
        """Return what is wrong, one line each: damaged files, and folders, catalogue and index that disagree.

        Reads every file of the archive. What another process changes meanwhile may look like a disagreement.
        """
        try:
            return find_problems(self._layout, self._catalog, self._indexes)
        except ArchiveError as error:  # the catalogue itself can't be read
            return [str(error)]

    # Search

    @property
    def vector_names(self) -> tuple[str, ...]:
        """The columns of the vectors: those of the newest film; older films' vectors are read by name."""
        stamp = self._catalog.stamp
        if self._vector_names is None or self._vector_names[0] != stamp:
            self._vector_names = (stamp, self._catalog.vector_names)
        return self._vector_names[1]

    def count(self, unit: Unit) -> int:
        """Return how many shots or scenes there are."""
        return self._catalog.count(unit)

    def ids(self, unit: Unit) -> NDArray[np.int64]:
        """Return the ids of all shots or scenes, int64 ``[n]``, ascending."""
        return self._catalog.ids(unit)

    def nearest(
        self, unit: Unit, weights: ArrayLike, *, k: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return up to ``k`` (segment id, inner product with ``weights``), best first, equal ones by id; exact.

        ``weights``: float32 ``[D]`` over ``vector_names``; an unmeasured value counts 0. ``allowed``: the ids to choose
        from, ``None`` = all. A stale index is brought up to date first: on disk if this is the writer, else in memory.
        """
        if k < 0:
            raise ValueError(f"k is {k}: ask for 0 or more")
        index = self._indexes.of_affect(self._catalog, check_unit(unit), writes=self._lock is not None)
        query = np.asarray(weights, dtype=np.float32)
        if len(index.ids) and query.shape != (index.dimensions,):
            raise ValueError(f"weights have shape {query.shape}, not ({index.dimensions},): one for each vector name")
        if not np.isfinite(query).all():
            raise ValueError("weights must be finite")
        return index.search(query, k=k, allowed=allowed)

    def columns(self, unit: Unit) -> Columns:
        """Return all measures and vectors of the shots or scenes, as of now, to be compared at once.

        Where those on disk are older they are brought up to date first: on disk if this is the writer, else in memory.
        """
        catalog, columns = self._catalog, self._columns.get(check_unit(unit))
        stamp = catalog.stamp
        if columns is None or columns.stamp != stamp:
            stored = column_files.load(self._layout.columns(unit))
            bases = [base for base in (columns, stored) if base is not None]
            columns = max(bases, key=lambda base: base.stamp.nearness_to(stamp), default=None)
        if columns is None or columns.stamp != stamp:
            folder = None if self._lock is None else self._layout.columns(unit)
            columns = refreshed_columns(self._layout, catalog, unit, columns, folder=folder)
        self._columns[unit] = columns
        return columns

    def spaces(self, unit: Unit) -> list[VectorSpace]:
        """Return the spaces, each with its model, that films have vectors in; those of the newest film first."""
        return self._catalog.spaces(unit)

    def indexed(self) -> list[tuple[Unit, VectorSpace, int, str]]:
        """Return of each space: its unit, how many segments have vectors, and the kind of index these have."""
        return self._indexes.listing(self._catalog)

    def nearest_in(
        self,
        space: str,
        unit: Unit,
        query: ArrayLike,
        *,
        k: int,
        allowed: NDArray[np.int64] | None = None,
        model: str | None = None,
    ) -> list[tuple[int, float]]:
        """Return up to ``k`` (segment id, inner product with ``query``), best first, equal ones by id.

        ``query``: float32 ``[D]``. ``allowed``: the ids to choose from, ``None`` = all. Films whose vectors ``model``
        did not make are left out; ``None`` = the model of the newest film that has this space. The empty list where
        there is no such space. A stale index is brought up to date as for ``nearest``.
        """
        if k < 0:
            raise ValueError(f"k is {k}: ask for 0 or more")
        known = self._indexes.find(self._catalog, unit, space, model)
        if known is None:
            return []
        row = np.asarray(query, dtype=np.float32)
        if row.shape != (known.dimensions,):
            raise ValueError(f"the query has shape {row.shape}, not ({known.dimensions},) as {known.model} makes it")
        if not np.isfinite(row).all():
            raise ValueError("the query must be finite")
        index = self._indexes.of_space(self._catalog, unit, known, writes=self._lock is not None)
        return index.search(row, k=k, allowed=allowed)

    def vectors_of(self, space: str, unit: Unit, ids: ArrayLike, *, model: str | None = None) -> NDArray[np.float32]:
        """Return the vectors of these segments, float32 ``[len(ids), D]``; a row of NaN where there is none.

        ``model`` as for ``nearest_in``; D is 0 where there is no such space.
        """
        wanted = np.asarray(ids, dtype=np.int64).reshape(-1)
        known = self._indexes.find(self._catalog, unit, space, model)
        if known is None:
            return np.empty((len(wanted), 0), dtype=np.float32)
        return self._indexes.of_space(self._catalog, unit, known, writes=self._lock is not None).vectors(wanted)

    def spoken(self) -> DialogueIndex:
        """Return what is said in all films, to be searched; read from the films' folders once for each state."""
        stamp = self._catalog.stamp
        if self._spoken is None or self._spoken[0] != stamp:
            films = [
                (film.content_id, *read_film(self._layout, self._catalog, film.content_id, read_lines))
                for film in self.films()
            ]
            self._spoken = (stamp, DialogueIndex(films))
        return self._spoken[1]

    def at(self, unit: Unit, content_id: str, seconds: float) -> int | None:
        """Return the id of the shot or scene of a film at a time; None where there is none."""
        return self._catalog.at(check_unit(unit), content_id, seconds)

    def spans(self, unit: Unit, content_id: str) -> list[tuple[int, float, float]]:
        """Return (segment id, start, end in seconds) of a film's shots or scenes, in order."""
        return self._catalog.spans(content_id, check_unit(unit))

    def film_measures(self, unit: Unit, content_id: str) -> NDArray[np.float64]:
        """Return all of ``cinema.attributes.measures.MEASURES`` of a film's shots or scenes, float64 ``[n, measures]``,
        NaN = not measured."""
        columns = self.columns(unit)
        return columns.measures(columns.at(self._catalog.film_ids(content_id, unit)))

    def segments(self, unit: Unit, ids: ArrayLike) -> list[SegmentRow]:
        """Return the segments of these ids, in the order of ``ids``, read from their films' folders."""
        wanted = np.asarray(ids, dtype=np.int64).reshape(-1)
        return read_by_id(self._layout, self._catalog, check_unit(unit), wanted, columns=self._columns.get(unit))

    # Inside

    @property
    def _catalog(self) -> Catalog:
        if self._closed:
            raise ArchiveError(f"{self.path}: the archive object is closed (open the folder again)")
        if self._open_catalog is None:
            self._open_catalog = Catalog.for_reading(self._layout.catalog)
        return self._open_catalog

    def _writer(self, *, replace_damaged: bool = False) -> Catalog:
        """Return the catalogue for writing; at first, take the lock and clean up after a killed writer."""
        if self._lock is not None or self._closed:
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


def _read_analysis(folder: Path) -> Analysis:
    card = read_card(folder)
    shots, scenes = read_segments(folder, Shot), read_segments(folder, Scene)
    lines, _ = read_lines(folder)
    return Analysis(
        card.film,
        shots,
        scenes,
        card.provenance,
        lines,
        editing=card.editing,
        speakers=describe_speakers(lines),
        arc=read_arc(folder),
    )
