"""What a writer does first: make the catalogue agree with the film folders after a kill, or after a loss.

The folders are the truth. Rubbish (``.tmp-*``) and condemned folders are removed. A folder that the catalogue does not
list is adopted, because its files are complete before it gets its name: either a kill came between rename and
transaction, or the catalogue was lost. Of two descriptions of the same content the newer is listed. A listed film whose
folder is gone is delisted, so that it can be ingested again. A folder that can't be read is left alone and reported by
``check``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from kuleshov.archive.catalog.catalog import Catalog
from kuleshov.archive.disk.durable import TEMPORARY, discard_folder, explained
from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.disk.sqlite import delete_database
from kuleshov.archive.film.card import FilmCard, read_card
from kuleshov.archive.film.segment_tables import read_spans
from kuleshov.archive.film.space_tables import FilmSpace, read_film_spaces
from kuleshov.errors import ArchiveError
from kuleshov.records import SEGMENT_UNITS


def open_catalog(layout: Layout, *, replace_damaged: bool = False) -> Catalog:
    """Open the catalogue for the writer and make it agree with the folders. Raises ``ArchiveError``."""
    try:
        catalog = Catalog.for_writing(layout.catalog)
    except ArchiveError as error:
        if not (replace_damaged and isinstance(error.__cause__, sqlite3.DatabaseError)):
            raise
        with explained(layout.catalog, "can't be removed"):
            delete_database(layout.catalog)
        catalog = Catalog.for_writing(layout.catalog)
    try:
        collect(layout, catalog)
    except BaseException:
        catalog.close()
        raise
    return catalog


def collect(layout: Layout, catalog: Catalog) -> None:
    """Make the catalogue agree with the folders. The caller holds the writer's lock. Raises ``ArchiveError``."""
    _discard_rubbish(layout, catalog)
    if not catalog.fits:
        rebuild(layout, catalog)
        return
    listed = {entry.folder_name: entry for entry in catalog.films()}
    present = {folder.name for folder in film_folders(layout)}
    for name in listed.keys() - present:
        with catalog.transaction():
            catalog.drop(listed[name].content_id)
    for name in sorted(present - listed.keys()):
        list_folder(layout, catalog, layout.films / name)
    _discard_rubbish(layout, catalog)


def rebuild(layout: Layout, catalog: Catalog) -> None:
    """Make the catalogue from the folders alone, in one transaction, oldest film first to keep the order of ids."""
    if catalog.fits:
        _discard_rubbish(layout, catalog)
    cards = [card for folder in film_folders(layout) if (card := _card_or_none(folder)) is not None]
    with catalog.transaction():
        catalog.clear()
        for card in sorted(cards, key=lambda card: (card.added_at, card.film.content_id)):
            _list(layout, catalog, card)
    _discard_rubbish(layout, catalog)


def film_folders(layout: Layout) -> Iterator[Path]:
    """Yield the folders under ``films/`` that have their final name."""
    for folder in sorted(layout.films.iterdir()):
        if folder.is_dir() and not folder.name.startswith(TEMPORARY):
            yield folder


def list_folder(layout: Layout, catalog: Catalog, folder: Path) -> None:
    """List a complete folder under ``films/``, unless a newer description of its film is listed."""
    card = _card_or_none(folder)
    if card is None:
        return
    listed = catalog.film(card.film.content_id)
    if listed is not None and listed.added_at >= card.added_at:
        with explained(folder, "can't be removed"):
            discard_folder(folder)
        return
    with catalog.transaction():
        _list(layout, catalog, card)


def _list(layout: Layout, catalog: Catalog, card: FilmCard) -> None:
    """Inside a transaction: list a film from its folder, unless its shots or scenes can't be read."""
    folder = layout.films / card.entry.folder_name
    try:
        spans = {unit: read_spans(folder, unit) for unit in SEGMENT_UNITS}
    except ArchiveError:
        return
    spaces = _spaces_that_can_be_read(folder)
    catalog.put(card.entry, card.vector_names, spans, spaces, size_bytes=card.film.size_bytes)


def _spaces_that_can_be_read(folder: Path) -> list[FilmSpace]:
    """What a film has of each space; nothing if that file is damaged: the film is worth listing without it."""
    try:
        return read_film_spaces(folder)
    except ArchiveError:
        return []


def _card_or_none(folder: Path) -> FilmCard | None:
    """Return a folder's card; ``None`` if it can't be read or the folder has another film's name."""
    try:
        card = read_card(folder)
    except ArchiveError:
        return None
    return card if card.entry.folder_name == folder.name else None


def _discard_rubbish(layout: Layout, catalog: Catalog) -> None:
    with explained(layout.films, "leftovers can't be removed"):
        for path in layout.films.iterdir():
            if path.name.startswith(TEMPORARY):
                discard_folder(path)
        condemned = catalog.condemned() if catalog.fits else []
        for name in condemned:
            if (layout.films / name).exists():
                discard_folder(layout.films / name)
    if condemned:
        with catalog.transaction():
            for name in condemned:
                catalog.forget_condemned(name)
