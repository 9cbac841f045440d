"""Films are added to and removed from the archive completely or not at all, whatever happens meanwhile.

Adding: the files are written into ``films/.tmp-*``, forced to the disk, and the folder is renamed to its final name;
then one transaction lists the film, delists its former description and condemns that one's folder; then the condemned
folder is removed. A kill before the rename leaves rubbish; between rename and transaction a complete folder, which the
next writer lists; after the transaction a condemned folder: see ``recovery``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.catalog.catalog import Catalog
from kuleshov.archive.catalog.recovery import list_folder
from kuleshov.archive.disk.durable import TEMPORARY, discard_folder, explained, publish_folder
from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.film.card import make_card, read_card, rewrite_card
from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.film.folder import write_film
from kuleshov.archive.film.segment_tables import read_spans
from kuleshov.archive.film.space_tables import read_film_spaces
from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.tracks import Tracks
from kuleshov.errors import ArchiveError
from kuleshov.records import SEGMENT_UNITS, Analysis, Embeddings, LineVectors, Moments, Segment, Unit
from kuleshov.records.film import printable

_REPLACED = "(replaced by another film)"


def add_film(
    layout: Layout,
    catalog: Catalog,
    analysis: Analysis,
    tracks: Tracks,
    *,
    vectors: Mapping[Unit, NDArray[np.float32]],
    vector_names: Sequence[str],
    line_vectors: LineVectors | None,
    measured: FilmMeasurements | None,
    moments: Moments | None,
    embeddings: Sequence[Embeddings] = (),
) -> bool:
    """Store a description; False if it is stored already. If ``ArchiveError`` is raised, nothing has changed."""
    content_id, pipeline_id = analysis.film.content_id, analysis.provenance.pipeline_id
    final = layout.film(content_id, pipeline_id)
    former = catalog.film(content_id)
    if former is not None and former.pipeline_id == pipeline_id:
        return False
    _check(analysis, vectors, vector_names)
    _check_embeddings(analysis, embeddings)
    names = [space.space for space in embeddings]
    card = make_card(analysis, vector_names, added_at=_time_after(former), spaces=names)
    staged = final.with_name(TEMPORARY + final.name)
    published = False
    try:
        with explained(staged, f"{analysis.film.title!r} can't be stored"):
            if staged.exists():
                shutil.rmtree(staged)
            staged.mkdir()
            write_film(
                staged,
                card,
                analysis,
                tracks,
                vectors,
                line_vectors=line_vectors,
                measured=measured,
                moments=moments,
                embeddings=embeddings,
            )
            spans = {unit: read_spans(staged, unit) for unit in SEGMENT_UNITS}
            spaces = read_film_spaces(staged)
            if final.exists():  # a damaged folder that no catalogue lists
                discard_folder(final)
            published = True
            publish_folder(staged, final)
        with catalog.transaction():
            catalog.put(card.entry, card.vector_names, spans, spaces, size_bytes=card.film.size_bytes)
    except BaseException as error:
        _undo(catalog, card.entry, staged, final, published=published)
        if isinstance(error, ValueError | TypeError | ArithmeticError):
            reason = " ".join(str(error).split())[:300]
            raise ArchiveError(f"{analysis.film.source}: its description can't be stored: {reason}") from error
        raise
    _discard_condemned(layout, former)
    return True


def remove_film(layout: Layout, catalog: Catalog, content_id: str) -> bool:
    """Take a film out, keeping its folder under another name so that ``restore_film`` can bring it back.

    Returns False if it is not listed. Raises ``ArchiveError``. A kill leaves the film listed or removed, never half.
    """
    entry = catalog.film(content_id)
    if entry is None:
        return False
    _keep_aside(layout, entry)
    with catalog.transaction():
        catalog.drop(content_id)
    _discard_condemned(layout, entry)
    return True


def _keep_aside(layout: Layout, entry: FilmEntry) -> None:
    folder, aside = layout.films / entry.folder_name, layout.removed / entry.folder_name
    with explained(aside, "a removed film can't be kept"):
        layout.removed.mkdir(exist_ok=True)
        staged = aside.with_name(TEMPORARY + aside.name)
        for old in (staged, aside):
            if old.exists():
                shutil.rmtree(old)
        if folder.exists():
            shutil.copytree(folder, staged, copy_function=_link)
            publish_folder(staged, aside)


def _link(source: str, target: str) -> None:
    """Give a file a second name; where the disk can't, copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def removed_films(layout: Layout) -> list[FilmEntry]:
    """Return the films that were removed and can be restored, by title."""
    entries = []
    for folder in layout.removed.glob("*"):
        if folder.name.startswith(TEMPORARY) or (layout.films / folder.name).exists():
            continue
        with suppress(ArchiveError):
            entries.append(read_card(folder).entry)
    return sorted(entries, key=lambda entry: (entry.title, entry.content_id))


def restore_film(layout: Layout, catalog: Catalog, content_id: str) -> bool:
    """Bring back a removed film; False if none of this content was removed. Raises ``ArchiveError``.

    If the film was ingested again meanwhile, its newer description stays, and the removed one too.
    """
    entry = next((entry for entry in removed_films(layout) if entry.content_id == content_id), None)
    if entry is None or catalog.film(content_id) is not None:
        return False
    with explained(layout.removed / entry.folder_name, "a removed film can't be restored"):
        publish_folder(layout.removed / entry.folder_name, layout.films / entry.folder_name)
    with catalog.transaction():
        catalog.forget_condemned(entry.folder_name)
    list_folder(layout, catalog, layout.films / entry.folder_name)
    return True


def discard_removed(layout: Layout) -> int:
    """Delete all removed films for good; return how many. Raises ``ArchiveError``."""
    count = sum(not folder.name.startswith(TEMPORARY) for folder in layout.removed.glob("*"))
    with explained(layout.removed, "removed films can't be deleted"):
        if layout.removed.exists():
            shutil.rmtree(layout.removed)
    return count


def relink_film(layout: Layout, catalog: Catalog, content_id: str, path: Path | None) -> bool:
    """Record that a film's file is at ``path`` now; False if the film is not listed. Raises ``ArchiveError``.

    A title that was the file's name follows it. ``None``: another film has its path now, and its own is unknown.
    """
    entry = catalog.film(content_id)
    if entry is None:
        return False
    folder = layout.films / entry.folder_name
    card = read_card(folder)
    title, source = card.film.title, f"{card.film.source} {_REPLACED}"
    if path is not None:
        source = printable(str(path.absolute()))
        if title == Path(card.film.source.removesuffix(f" {_REPLACED}")).stem:
            title = printable(path.stem)
    with explained(folder, "the film's path can't be written"):
        rewrite_card(folder, replace(card, film=replace(card.film, source=source, title=title)))
    with catalog.transaction():
        catalog.relink(content_id, title=title, source=source)
    return True


def _discard_condemned(layout: Layout, entry: FilmEntry | None) -> None:
    # The commit is done. A folder that can't be removed now is on the condemned list; the next writer removes it.
    if entry is not None:
        with suppress(OSError):
            discard_folder(layout.films / entry.folder_name)


def _undo(catalog: Catalog, entry: FilmEntry, staged: Path, final: Path, *, published: bool) -> None:
    """Remove what a failed ``add_film`` has written, but never a folder that is listed."""
    with suppress(OSError, ArchiveError):
        if staged.exists():
            discard_folder(staged)
        if published and final.exists() and catalog.film(entry.content_id) != entry:
            discard_folder(final)


def _time_after(former: FilmEntry | None) -> str:
    """Return the present time, or one later than the former description if the clock was set back."""
    now = datetime.now(UTC)
    if former is not None:
        now = max(now, datetime.fromisoformat(former.added_at) + timedelta(microseconds=1))
    return now.isoformat(timespec="microseconds")


def _check(analysis: Analysis, vectors: Mapping[Unit, NDArray[np.float32]], vector_names: Sequence[str]) -> None:
    """Raise ``ArchiveError`` where the parts of a description contradict each other."""
    source = analysis.film.source
    all_segments: dict[Unit, Sequence[Segment]] = {"shot": analysis.shots, "scene": analysis.scenes}
    if len(set(vector_names)) != len(vector_names):
        raise ArchiveError(f"{source}: two vector columns have the same name")
    for unit in SEGMENT_UNITS:
        segments = all_segments[unit]
        if [segment.index for segment in segments] != list(range(len(segments))):
            raise ArchiveError(f"{source}: {unit}s are not numbered from 0 in order")
        if unit not in vectors:
            raise ArchiveError(f"{source}: no {unit} vectors")
        wanted, array = (len(segments), len(vector_names)), vectors[unit]
        if array.shape != wanted or array.dtype != np.float32:
            raise ArchiveError(f"{source}: {unit} vectors are {array.dtype} {array.shape}, not float32 {wanted}")
        if np.isinf(array).any():
            raise ArchiveError(f"{source}: a {unit} vector holds an infinite value")


def _check_embeddings(analysis: Analysis, embeddings: Sequence[Embeddings]) -> None:
    """Raise ``ArchiveError`` if embeddings do not match the film's shots and scenes, or two are of one space."""
    source = analysis.film.source
    if len({space.space for space in embeddings}) < len(embeddings):
        raise ArchiveError(f"{source}: two embeddings are of the same space")
    counts: dict[Unit, int] = {"shot": len(analysis.shots), "scene": len(analysis.scenes)}
    for space in embeddings:
        for unit, vectors in space.vectors.items():
            if len(vectors) != counts[unit]:
                raise ArchiveError(f"{source}: {len(vectors)} {space.space} vectors for {counts[unit]} {unit}s")
