"""Many films into an archive: one bad film never stops the others, and a film that is there already costs a hash."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Literal

from kuleshov.archive import Archive
from kuleshov.errors import KuleshovError
from kuleshov.media.identity import content_id
from kuleshov.media.probe import MediaInfo, probe
from kuleshov.media.sources import find_films
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.description import Description
from kuleshov.pipeline.job.film_job import FilmJob
from kuleshov.pipeline.job.progress import Progress, Watcher, ignore
from kuleshov.pipeline.job.richness import listed, lost
from kuleshov.pipeline.job.settings import Settings
from kuleshov.pipeline.job.user_shots import CorrectedShots, UserShots, transitions_of
from kuleshov.pipeline.lanes import Lanes
from kuleshov.shotlists.entries import ShotListError

#: ``kept``: the archive has a richer description, ``moved``: it has this one, of the file under another path;
#: ``searched``: a folder, of which some files were left out.
Outcome = Literal["added", "renewed", "present", "kept", "moved", "failed", "searched"]


@dataclass(frozen=True)
class Ingested:
    """What became of one path; ``speed`` is film time over wall time.

    ``reason`` says why it failed or was kept, or what was left out of a folder.
    """

    path: Path
    outcome: Outcome
    content_id: str | None = None
    duration_seconds: float = 0.0
    wall_seconds: float = 0.0
    shots: int = 0
    scenes: int = 0
    notes: tuple[str, ...] = ()
    reason: str = ""

    @property
    def speed(self) -> float:
        return self.duration_seconds / self.wall_seconds if self.wall_seconds else 0.0


def ingest(
    paths: Iterable[Path | str],
    archive: Archive,
    *,
    settings: Settings | None = None,
    user_shots: UserShots | None = None,
    renew: bool = False,
    watch: Watcher = ignore,
) -> Iterator[Ingested]:
    """Describe films and store them, yielding what became of each path: in order on a CPU, as they finish on a GPU.

    Folders are searched for films (``find_films``); what was left out is an outcome of its own. A path that can't be
    read is an outcome, not an error; an archive that can't be written to is an error. The search index is brought up to
    date at the end, also when the caller stops early.
    On a GPU several films are described at once, one in each decode session, and at the same time those that the GPU
    can't decode on the CPU; ``watch`` is then called from several threads.
    A film of the archive whose description holds more than this run would make (``richness``) is kept as it is, unless
    ``renew``; one whose file is now somewhere else is linked to the new path.
    ``user_shots`` are for a single film, and replace the detected ones; without them a film whose shots were corrected
    in this archive keeps them. Raises ``ShotListError`` for a shot list and several films.
    """
    if user_shots is not None:
        paths = list(paths)
        if len(paths) != 1 or Path(paths[0]).is_dir():
            raise ShotListError("a shot list is for one film: name that film alone")
    with Pipeline(settings) as pipeline:
        run = _Run(pipeline, archive.path, user_shots, renew, watch)
        try:
            with Lanes(pipeline.lanes()) as lanes:
                for outcome, description in lanes.run(run.work(paths)):
                    yield _store(outcome, description, archive, watch)
        finally:
            archive.refresh()


Described = tuple[Ingested, Description | None]


@dataclass(frozen=True)
class _Run:
    """One ingest: what all its films have in common."""

    pipeline: Pipeline
    archive: Path
    user_shots: UserShots | None
    renew: bool
    watch: Watcher

    def work(self, paths: Iterable[Path | str]) -> Iterator[tuple[str, Callable[[], Described]]]:
        """Yield each film's lane, and the function that describes the film."""
        for path in paths:
            try:
                found = find_films(Path(path))
            except KuleshovError as error:
                yield "cpu", partial(_failed, Path(path), error)
                continue
            for film in found.films:
                try:
                    info = probe(film)
                    lane = self.pipeline.lane(info)
                except Exception as error:
                    yield "cpu", partial(_failed, film, error)
                else:
                    yield lane, partial(self.describe, info)
            if found.left_out:
                yield "cpu", partial(_searched, Path(path), found.left_out)

    def describe(self, info: MediaInfo) -> Described:
        """Describe a film, unless the archive has this description of it."""
        began = perf_counter()
        try:
            job, known = self._look_up(info)
            if known is not None and known.outcome != "renewed":
                return replace(known, wall_seconds=perf_counter() - began), None
            description = self.pipeline.describe(job, watch=self.watch)
        except Exception as error:
            return _failed(info.path, error, wall_seconds=perf_counter() - began)
        analysis = description.analysis
        outcome = Ingested(
            info.path,
            "added" if known is None else known.outcome,
            content_id=analysis.film.content_id,
            duration_seconds=analysis.film.duration_seconds,
            wall_seconds=perf_counter() - began,
            shots=len(analysis.shots),
            scenes=len(analysis.scenes),
            notes=tuple(analysis.provenance.notes),
        )
        return outcome, description

    def _look_up(self, info: MediaInfo) -> tuple[FilmJob, Ingested | None]:
        """The film with what the archive knows of it, and what becomes of it if the archive has it already.

        It is hashed beforehand only if a film of the archive has its size; otherwise it can't be one of them.
        """
        with Archive.open(self.archive) as store:  # each thread needs its own
            if not store.has_size(info.size_bytes):
                return FilmJob(info, user_shots=self.user_shots), None
            self.watch(Progress(info.path, "hash"))
            film_id = content_id(info.path)
            entry = store.film(film_id)
            if entry is None:
                return FilmJob(info, film_id, self.user_shots), None
            job = FilmJob(info, film_id, self.user_shots or _corrected_shots(store, film_id))
            same = entry.pipeline_id == self.pipeline.id_for(job)
            gone = lost(store.provenance(film_id).models, self.pipeline.models)
        if same:
            is_elsewhere = not Path(entry.source).exists()
            return job, Ingested(info.path, "moved" if is_elsewhere else "present", film_id)
        if gone and not self.renew:
            reason = f"it has {listed(gone)}, which this run would not make; --renew makes it anew"
            return job, Ingested(info.path, "kept", film_id, reason=reason)
        return job, Ingested(info.path, "renewed", film_id)


def _failed(path: Path, error: Exception, *, wall_seconds: float = 0.0) -> Described:
    reason = str(error)
    if not isinstance(error, KuleshovError | OSError):  # a fault of ours must not take a thousand films down with it
        reason = f"{path}: fault in Kuleshov, please report it: {type(error).__name__}: {error}"
    return Ingested(path, "failed", reason=reason, wall_seconds=wall_seconds), None


def _searched(folder: Path, left_out: str) -> Described:
    return Ingested(folder, "searched", reason=left_out), None


def _corrected_shots(archive: Archive, film_id: str) -> CorrectedShots | None:
    """The shots of a film that a user has corrected in this archive; ``None`` if they were not corrected."""
    corrections = archive.provenance(film_id).corrections
    return CorrectedShots(tuple(corrections), transitions_of(archive.analysis(film_id))) if corrections else None


def _store(outcome: Ingested, description: Description | None, archive: Archive, watch: Watcher) -> Ingested:
    if description is None:
        if outcome.content_id is not None:
            _relink(outcome, archive)
        return outcome
    analysis = description.analysis
    # Two files of the same content were described at the same time.
    if archive.has(analysis.film.content_id, analysis.provenance.pipeline_id):
        return replace(outcome, outcome="present")
    watch(Progress(outcome.path, "store"))
    description.add_to(archive)
    for entry in archive.films():
        if entry.source == analysis.film.source and entry.content_id != analysis.film.content_id:
            archive.relink(entry.content_id, None)  # its file was overwritten with this film
    return outcome


def _relink(outcome: Ingested, archive: Archive) -> None:
    """Link a film of the archive to the path at which it was found, if its file is no longer where it was."""
    assert outcome.content_id is not None
    entry = archive.film(outcome.content_id)
    if entry is not None and not Path(entry.source).exists():
        archive.relink(entry.content_id, outcome.path)
