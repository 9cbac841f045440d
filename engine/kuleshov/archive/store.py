"""The archive: film descriptions in a folder, and the searches over their shots and scenes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kuleshov.archive.catalog.commit import (
    add_film,
    discard_removed,
    relink_film,
    remove_film,
    removed_films,
    restore_film,
)
from kuleshov.archive.catalog.film_reads import read_film
from kuleshov.archive.catalog.recovery import rebuild
from kuleshov.archive.catalog.resolve import resolve_film
from kuleshov.archive.check import find_problems
from kuleshov.archive.columns import column_files
from kuleshov.archive.columns.column_refresh import refreshed_columns
from kuleshov.archive.columns.columns import Columns
from kuleshov.archive.columns.row_cache import refresh_rows
from kuleshov.archive.dialogue_index import DialogueIndex
from kuleshov.archive.film.card import read_arc, read_card
from kuleshov.archive.film.entries import FilmEntry, SegmentRow, check_unit
from kuleshov.archive.film.folder import read_lines, read_measurements, read_moments, read_tracks
from kuleshov.archive.film.segment_tables import read_segments
from kuleshov.archive.film.space_tables import VectorSpace, read_embeddings
from kuleshov.archive.opened import OpenArchive
from kuleshov.archive.reading import read_by_id
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

T = TypeVar("T")


class Archive(OpenArchive):
    """Descriptions of films, as made by ``analyze``, in one folder; see ``docs/archive-format.md``.

    Any number of processes read while one writes. A method that changes something makes the archive object the writer
    until it is closed, or raises ``ArchiveError`` if there is another. Every method may raise ``ArchiveError``. An
    object belongs to the thread that made it; open the folder again for another thread.
    """

    # Films

    def films(self) -> list[FilmEntry]:
        """Return all films, oldest entry first; listed once for each state of the archive."""
        stamp = self._catalog.stamp
        if self._films is None or self._films[0] != stamp:
            self._films = (stamp, tuple(self._catalog.films()))
        return list(self._films[1])

    def film(self, content_id: str) -> FilmEntry | None:
        """Return a film as listed; ``None`` if it is not in the archive."""
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
        return self._read(content_id, _read_analysis)

    def tracks(self, content_id: str) -> Tracks:
        """Return the tracks of a film as they were added."""
        return self._read(content_id, read_tracks)

    def provenance(self, content_id: str) -> Provenance:
        """Return how a film was described."""
        return self._read(content_id, lambda folder: read_card(folder).provenance)

    def measurements(self, content_id: str) -> FilmMeasurements | None:
        """Return what a film can be divided by again and compared by; ``None`` if that was not stored."""
        return self._read(content_id, read_measurements)

    def line_vectors(self, content_id: str) -> LineVectors | None:
        """Return a sentence model's vectors of a film's lines; ``None`` if none was used."""
        return self._read(content_id, lambda folder: read_lines(folder)[1])

    def moments(self, content_id: str, names: Collection[str]) -> Moments | None:
        """Return a film's moments with these values of the vector; ``None`` if they were not stored."""
        return self._read(content_id, lambda folder: read_moments(folder, names))

    def arc(self, content_id: str) -> Arc | None:
        """Return the arc of a film; ``None`` if it was described before there were arcs."""
        return self._read(content_id, read_arc)

    def embeddings(self, content_id: str) -> list[Embeddings]:
        """Return a film's vectors of every space, float32, as stored: in half precision."""
        return self._read(content_id, read_embeddings)

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
        """Store a film completely or not at all; False if this description is stored already.

        ``vectors``: float32 ``[number of shots, D]`` and ``[number of scenes, D]``, NaN = not measured, one column for
        each of ``vector_names``; ``line_vectors``: one for each of the analysis' lines. Another pipeline's description
        of the same content is replaced. With ``measured`` the film can be divided again and compared, with ``moments``
        searched for changes over time, with ``embeddings`` (one for each space) by similarity.
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
        """Take a film out; False if it is not in the archive. ``restore`` brings it back, until ``compact``."""
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
        """Record that a film's file is at ``path`` now, or (``None``) that another film has taken its path.

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
        """How the vectors of the spaces are indexed. The affect-and-cinema vectors are always compared exactly."""
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
        """Return up to ``k`` (segment id, inner product with ``weights``), best first, ties by id; exact.

        ``weights``: float32 ``[D]`` over ``vector_names``; an unmeasured value counts 0. ``allowed``: the ids to choose
        from, ``None`` = all. A stale index is brought up to date first: on disk if this is the writer, else in memory.
        """
        if k < 0:
            raise ValueError(f"k is {k}: ask for 0 or more")
        index = self._indexes.of_affect(self._catalog, check_unit(unit), writes=self._writes)
        query = np.asarray(weights, dtype=np.float32)
        if len(index.ids) and query.shape != (index.dimensions,):
            raise ValueError(f"weights have shape {query.shape}, not ({index.dimensions},): one for each vector name")
        if not np.isfinite(query).all():
            raise ValueError("weights must be finite")
        return index.search(query, k=k, allowed=allowed)

    def columns(self, unit: Unit) -> Columns:
        """Return all measures and vectors of the shots or scenes, as of now.

        Stale ones are brought up to date first: on disk if this is the writer, else in memory.
        """
        catalog, columns = self._catalog, self._columns.get(check_unit(unit))
        stamp = catalog.stamp
        if columns is None or columns.stamp != stamp:
            stored = column_files.load(self._layout.columns(unit))
            bases = [base for base in (columns, stored) if base is not None]
            columns = max(bases, key=lambda base: base.stamp.nearness_to(stamp), default=None)
        if columns is None or columns.stamp != stamp:
            folder = self._layout.columns(unit) if self._writes else None
            columns = refreshed_columns(self._layout, catalog, unit, columns, folder=folder)
        self._columns[unit] = columns
        return columns

    def spaces(self, unit: Unit) -> list[VectorSpace]:
        """Return the spaces, each with its model, in which films have vectors; those of the newest film first."""
        return self._catalog.spaces(unit)

    def index_kinds(self) -> list[tuple[Unit, VectorSpace, int, str]]:
        """Return unit, space, number of vectors and kind of index, of all spaces."""
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
        """Return up to ``k`` (segment id, inner product with ``query``), best first, ties by id.

        ``query``: float32 ``[D]``. ``allowed``: the ids to choose from, ``None`` = all. Only vectors by ``model`` are
        searched; ``None`` = the model of the newest film that has this space. Without such a space the list is empty.
        A stale index is brought up to date as for ``nearest``.
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
        index = self._indexes.of_space(self._catalog, unit, known, writes=self._writes)
        return index.search(row, k=k, allowed=allowed)

    def vectors_of(self, space: str, unit: Unit, ids: ArrayLike, *, model: str | None = None) -> NDArray[np.float32]:
        """Return the vectors of these segments, float32 ``[len(ids), D]``; a row of NaN where there is none.

        ``model`` as for ``nearest_in``; D is 0 where there is no such space.
        """
        wanted = np.asarray(ids, dtype=np.int64).reshape(-1)
        known = self._indexes.find(self._catalog, unit, space, model)
        if known is None:
            return np.empty((len(wanted), 0), dtype=np.float32)
        return self._indexes.of_space(self._catalog, unit, known, writes=self._writes).vectors(wanted)

    def dialogue(self) -> DialogueIndex:
        """Return the dialogue of all films, to be searched; read from the films' folders once for each state."""
        stamp = self._catalog.stamp
        if self._dialogue is None or self._dialogue[0] != stamp:
            films = [(film.content_id, *self._read(film.content_id, read_lines)) for film in self.films()]
            self._dialogue = (stamp, DialogueIndex(films))
        return self._dialogue[1]

    def at(self, unit: Unit, content_id: str, seconds: float) -> int | None:
        """Return the id of the shot or scene of a film at a time; ``None`` if there is none."""
        return self._catalog.at(check_unit(unit), content_id, seconds)

    def spans(self, unit: Unit, content_id: str) -> list[tuple[int, float, float]]:
        """Return (segment id, start, end in seconds) of a film's shots or scenes, in order."""
        return self._catalog.spans(content_id, check_unit(unit))

    def film_measures(self, unit: Unit, content_id: str) -> NDArray[np.float64]:
        """Return ``MEASURES`` of a film's shots or scenes, float64 ``[n, measures]``, NaN = not measured."""
        columns = self.columns(unit)
        return columns.measures(columns.at(self._catalog.film_ids(content_id, unit)))

    def segments(self, unit: Unit, ids: ArrayLike) -> list[SegmentRow]:
        """Return the segments of these ids, in the order of ``ids``, read from their films' folders."""
        wanted = np.asarray(ids, dtype=np.int64).reshape(-1)
        return read_by_id(self._layout, self._catalog, check_unit(unit), wanted, columns=self._columns.get(unit))

    def _read(self, content_id: str, read: Callable[[Path], T]) -> T:
        return read_film(self._layout, self._catalog, content_id, read)


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
