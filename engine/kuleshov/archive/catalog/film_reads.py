"""Reading film folders while a writer may replace or remove films."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from kuleshov.archive.catalog.catalog import Catalog
from kuleshov.archive.disk.layout import Layout
from kuleshov.errors import ArchiveError

T = TypeVar("T")
_ATTEMPTS = 5


def read_film(layout: Layout, catalog: Catalog, content_id: str, read: Callable[[Path], T]) -> T:
    """Return ``read(folder)`` of a film's present folder. Raises ``ArchiveError`` if it is damaged or not listed."""
    while (entry := catalog.film(content_id)) is not None:
        try:
            return read(layout.film(content_id, entry.pipeline_id))
        except ArchiveError:
            # If the film was replaced meanwhile there is a newer folder; else this one is damaged.
            if catalog.film(content_id) == entry:
                raise
    raise ArchiveError(f"{layout.root}: no film has the content id {content_id!r} (see the list of films)")


def read_films(catalog: Catalog, read: Callable[[int], T]) -> T:
    """Return ``read(attempt)``, which reads many film folders as of one state; from attempt 1 on, of a later state.

    Raises ``ArchiveError`` where reading fails though nothing was changed meanwhile.
    """
    attempt = 0
    while True:
        stamp = catalog.stamp
        try:
            return read(attempt)
        except ArchiveError:
            # A film replaced while its folder was read is no damage: try again from the new state.
            attempt += 1
            if attempt == _ATTEMPTS or catalog.stamp == stamp:
                raise
