"""A film named on the command line: one of the archive, or a file that is analysed now."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kuleshov.archive import Archive
    from kuleshov.cinema.film_measurements import FilmMeasurements
    from kuleshov.pipeline.job.settings import Settings
    from kuleshov.records import Analysis


@dataclass(frozen=True)
class FilmSource:
    """An analysed film; ``measured`` is ``None`` if an older archive did not store it."""

    analysis: Analysis
    frame_seconds: NDArray[np.float64]
    measured: FilmMeasurements | None


def film_source(film: str, *, archive: Path, settings: Settings, quiet: bool) -> FilmSource:
    """Return a film by its title or id in the archive, or a file.

    A file whose content the archive holds is read from the archive; any other is analysed now and not stored.
    Raises ``KuleshovError``.
    """
    from kuleshov.archive import Archive
    from kuleshov.media.identity import content_id

    path = Path(film)
    if not path.is_file():
        with Archive.open(archive) as store:
            return _stored(store, store.resolve(film).content_id)
    if archive.exists():
        with Archive.open(archive) as store:
            film_id = content_id(path)
            if any(entry.content_id == film_id for entry in store.films()):
                return _stored(store, film_id)
    from kuleshov.cli import render
    from kuleshov.pipeline.analyze import Pipeline

    with Pipeline(settings) as pipeline, render.progress(quiet=quiet) as watch:
        description = pipeline.describe(path, watch=watch)
    return FilmSource(description.analysis, description.measured.frame_seconds, description.measured)


def _stored(store: Archive, film_id: str) -> FilmSource:
    return FilmSource(store.analysis(film_id), store.tracks(film_id)["luma_mean"].seconds, store.measurements(film_id))
