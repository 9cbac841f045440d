"""Reading ``spaces.parquet``: a film's vectors of every space, a row group each, so that one space is read alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.embeddings import FilmSpace, from_table, listing, together
from kuleshov.archive.film.folder import SPACES, damage_explained, open_table, read_card
from kuleshov.records import Embeddings, Unit


def read_embeddings(folder: Path) -> list[Embeddings]:
    """Return a film's embeddings; none where it was stored without. Raises ``ArchiveError`` for a damaged file."""
    file = folder / SPACES
    if not _expected(folder):
        return []
    with damage_explained(file):
        return together(list(_read(file, lambda _: True)))


def read_space(folder: Path, space: str, unit: Unit) -> NDArray[np.float32] | None:
    """Return a film's vectors of a space, float32 ``[segments, D]``, NaN = none; ``None`` where it has none of it.

    Raises ``ArchiveError`` for a damaged file.
    """
    file = folder / SPACES
    if not _expected(folder):
        return None
    with damage_explained(file):
        parts = _read(file, lambda about: (about.space, about.unit) == (space, unit))
        return next((rows for _, rows in parts), None)


def read_spaces(folder: Path) -> list[FilmSpace]:
    """Return what a film has of each space, from the file's footer alone. Raises ``ArchiveError``."""
    file = folder / SPACES
    if not _expected(folder):
        return []
    with damage_explained(file), open_table(file) as parquet:
        return listing(parquet.schema_arrow.metadata)


def _expected(folder: Path) -> bool:
    return (folder / SPACES).exists() or bool(read_card(folder).spaces)


def _read(file: Path, wanted: Callable[[FilmSpace], bool]) -> Iterator[tuple[FilmSpace, NDArray[np.float32]]]:
    """Yield what the file holds of the spaces that are wanted, in its order."""
    with open_table(file) as parquet:
        for group, about in enumerate(listing(parquet.schema_arrow.metadata)):
            if wanted(about):
                yield about, from_table(parquet.read_row_group(group, use_threads=False), about)
