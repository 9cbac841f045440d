"""The norms of an archive, measured from its films and stored in ``ARCHIVE/norms.json``; see ``docs/norms.md``.

They are measured on request and do not change until they are measured again. The same films give the same ``id``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.norms_file import read_norms
from kuleshov.emotion.cues import cue_numbers
from kuleshov.emotion.grammar import Grammar
from kuleshov.emotion.norms import LEAST_FILMS, FilmNumbers, Norms, make_norms
from kuleshov.errors import ArchiveError
from kuleshov.records import Segment, Unit

if TYPE_CHECKING:
    from kuleshov.archive.store import Archive


def measure_norms(
    archive: Archive, *, grammar: Grammar, version: str, decades: bool = True, least_films: int = LEAST_FILMS
) -> Norms:
    """Return the norms of an archive as it is now, of the numbers that a grammar's cues read.

    Films are read one at a time; the memory taken by each does not depend on its length. Raises ``ArchiveError`` if
    there are fewer than ``least_films``.
    """
    films = sorted(archive.films(), key=lambda film: film.content_id)
    if len(films) < least_films:
        raise ArchiveError(
            f"{archive.path}: {len(films)} films are too few to measure what is usual (ingest more, or allow it: "
            f"--least-films {max(len(films), 1)})"
        )
    return make_norms(
        (_numbers(archive, film.content_id, film.year if decades else None, grammar) for film in films),
        grammar=grammar,
        least_films=least_films,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        version=version,
    )


def _numbers(archive: Archive, content_id: str, year: int | None, grammar: Grammar) -> FilmNumbers:
    analysis = archive.analysis(content_id)
    segments: dict[Unit, list[Segment]] = {"shot": [*analysis.shots], "scene": [*analysis.scenes]}
    return FilmNumbers(
        year,
        {
            unit: np.array([cue_numbers(segment, grammar=grammar) for segment in own]).reshape(
                len(own), len(grammar.cues)
            )
            for unit, own in segments.items()
        },
        {unit: np.array([segment.duration_seconds for segment in own]) for unit, own in segments.items()},
    )


def stored_norms(archive: Archive) -> Norms | None:
    """Return the norms stored in an archive; ``None`` if there are none."""
    path = Layout(archive.path).norms
    return _read_once(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=4)
def _read_once(path: Path, changed_ns: int) -> Norms:
    """Norms from a file, cached until the file changes."""
    return read_norms(path)
