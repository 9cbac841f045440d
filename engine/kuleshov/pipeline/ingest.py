"""Many films into an archive: one bad film never stops the others, and a film that is there already costs a hash."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Literal

from kuleshov.archive import Archive
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.errors import KuleshovError
from kuleshov.media.identity import content_id
from kuleshov.media.sources import find_films
from kuleshov.pipeline.analyze import Description, Pipeline
from kuleshov.pipeline.lanes import Lanes
from kuleshov.pipeline.progress import Progress, Watcher, ignore
from kuleshov.pipeline.settings import Settings
from kuleshov.pipeline.user_shots import UserShots, kept_shots
from kuleshov.shotlists.entries import ShotListError

Outcome = Literal["added", "present", "failed"]


@dataclass(frozen=True)
class Ingested:
    """What became of one path. ``reason`` says why it failed; ``speed`` is film time over wall time."""

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
    given: UserShots | None = None,
    watch: Watcher = ignore,
) -> Iterator[Ingested]:
    """Describe films and store them, yielding what became of each path: in order on a CPU, as they end on a GPU.

    Folders are searched for films. A path that can't be read is an outcome, not an error; an archive that can't be
    written to is an error. The search index is brought up to date at the end, also when the caller stops early.
    On a GPU several films are described at once, one in each decode session, and those that the GPU can't decode on the
    CPU beside them; ``watch`` is then called from several threads.
    ``given`` shots are for a single film, and replace those that are detected; without them a film whose shots were
    corrected in this archive keeps them. Raises ``ShotListError`` for a shot list and several films.
    """
    if given is not None:
        paths = list(paths)
        if len(paths) != 1 or Path(paths[0]).is_dir():
            raise ShotListError("a shot list is for one film: name that film alone")
    with Pipeline(settings) as pipeline:
        try:
            with Lanes(pipeline.lanes()) as lanes:
                for outcome, description in lanes.run(_work(_find(paths), archive.path, pipeline, given, watch)):
                    yield _store(outcome, description, archive, watch)
        finally:
            archive.refresh()


Described = tuple[Ingested, Description | None]


def _find(paths: Iterable[Path | str]) -> Iterator[Path | Ingested]:
    for path in paths:
        try:
            yield from find_films([Path(path)])
        except KuleshovError as error:
            yield Ingested(Path(path), "failed", reason=str(error))


def _work(
    films: Iterable[Path | Ingested], archive: Path, pipeline: Pipeline, given: UserShots | None, watch: Watcher
) -> Iterator[tuple[str, Callable[[], Described]]]:
    """Yield for each film the lane that it takes and what there is to do."""
    for film in films:
        if isinstance(film, Ingested):
            yield "cpu", partial(_failed, film)
        else:
            yield pipeline.lane(film), partial(_describe, film, archive, pipeline, given, watch)


def _failed(outcome: Ingested) -> Described:
    return outcome, None


def _describe(path: Path, archive: Path, pipeline: Pipeline, given: UserShots | None, watch: Watcher) -> Described:
    began = perf_counter()
    try:
        watch(Progress(path, "hash"))
        film_id = content_id(path)
        with Archive.open(archive) as store:  # a view of this thread's own
            given = given or kept_shots(store, film_id)
            present = store.has(film_id, pipeline.id_for(path, given))
        if present:
            return Ingested(path, "present", content_id=film_id, wall_seconds=perf_counter() - began), None
        described = pipeline.describe(path, film_id=film_id, given=given, watch=watch)
    except (KuleshovError, OSError) as error:
        return Ingested(path, "failed", reason=str(error), wall_seconds=perf_counter() - began), None
    except Exception as error:  # a fault of ours must not take a thousand films down with it
        reason = f"{path}: fault in Kuleshov, please report it: {type(error).__name__}: {error}"
        return Ingested(path, "failed", reason=reason, wall_seconds=perf_counter() - began), None
    analysis = described.analysis
    outcome = Ingested(
        path,
        "added",
        content_id=film_id,
        duration_seconds=analysis.film.duration_seconds,
        wall_seconds=perf_counter() - began,
        shots=len(analysis.shots),
        scenes=len(analysis.scenes),
        notes=tuple(analysis.provenance.notes),
    )
    return outcome, described


def _store(outcome: Ingested, described: Description | None, archive: Archive, watch: Watcher) -> Ingested:
    if described is None:
        return outcome
    analysis = described.analysis
    # The same film under two names, side by side.
    if archive.has(analysis.film.content_id, analysis.provenance.pipeline_id):
        return replace(outcome, outcome="present")
    watch(Progress(outcome.path, "store"))
    archive.add(
        analysis,
        described.tracks,
        described.vectors,
        VECTOR_NAMES,
        line_vectors=described.line_vectors,
        measured=described.measured,
        moments=described.moments,
        embeddings=described.embeddings,
    )
    return outcome
