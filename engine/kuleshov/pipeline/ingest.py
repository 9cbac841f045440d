"""Many films into an archive: one bad film never stops the others, and a film that is there already costs a hash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Literal

from kuleshov.archive import Archive
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.errors import KuleshovError
from kuleshov.media.identity import content_id
from kuleshov.media.sources import find_films
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.progress import Progress, Watcher, ignore
from kuleshov.pipeline.settings import Settings

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
    watch: Watcher = ignore,
) -> Iterator[Ingested]:
    """Describe films and store them, yielding what became of each path in turn.

    Folders are searched for films. A path that can't be read is an outcome, not an error; an archive that can't be
    written to is an error. The search index is brought up to date at the end, also when the caller stops early.
    """
    pipeline = Pipeline(settings)
    try:
        for path in paths:
            try:
                films = find_films([Path(path)])
            except KuleshovError as error:
                yield Ingested(Path(path), "failed", reason=str(error))
                continue
            for film in films:
                yield _ingest_one(film, archive, pipeline, watch)
    finally:
        archive.refresh()


def _ingest_one(path: Path, archive: Archive, pipeline: Pipeline, watch: Watcher) -> Ingested:
    began = perf_counter()
    try:
        watch(Progress(path, "hash"))
        film_id = content_id(path)
        if archive.has(film_id, pipeline.id):
            return Ingested(path, "present", content_id=film_id, wall_seconds=perf_counter() - began)
        described = pipeline.describe(path, film_id=film_id, watch=watch)
    except (KuleshovError, OSError) as error:
        return Ingested(path, "failed", reason=str(error), wall_seconds=perf_counter() - began)
    except Exception as error:  # a fault of ours must not take a thousand films down with it
        reason = f"{path}: fault in Kuleshov, please report it: {type(error).__name__}: {error}"
        return Ingested(path, "failed", reason=reason, wall_seconds=perf_counter() - began)
    watch(Progress(path, "store"))
    analysis = described.analysis
    archive.add(analysis, described.tracks, described.vectors, VECTOR_NAMES)
    return Ingested(
        path,
        "added",
        content_id=film_id,
        duration_seconds=analysis.film.duration_seconds,
        wall_seconds=perf_counter() - began,
        shots=len(analysis.shots),
        scenes=len(analysis.scenes),
        notes=tuple(analysis.provenance.notes),
    )
