"""The norms of an archive as a file: ``ARCHIVE/norms.json``, or wherever they are wanted; see ``docs/norms.md``.

They are made when asked for, from all shots and scenes as they are described, and then stay as they are until they are
made again. The same films give the same ``id``.
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

    Every film is read once, one at a time; what is kept of each does not depend on its length. Raises ``ArchiveError``
    where there are fewer than ``least_films``.
    """
    films = sorted(archive.films(), key=lambda film: film.content_id)
    if len(films) < least_films:
        raise ArchiveError(
            f"{archive.path}: {len(films)} films say too little of what is usual (ingest more, or allow it: "
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
            unit: np.array([cue_numbers(one, grammar=grammar) for one in own]).reshape(len(own), len(grammar.cues))
            for unit, own in segments.items()
        },
        {unit: np.array([one.duration_seconds for one in own]) for unit, own in segments.items()},
    )


def stored_norms(archive: Archive) -> Norms | None:
    """Return the norms that an archive holds; ``None`` where none were made."""
    path = Layout(archive.path).norms
    return _read_once(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=4)
def _read_once(path: Path, changed_ns: int) -> Norms:
    """The norms in a file as it was last changed: a search reads them only once."""
    return read_norms(path)
