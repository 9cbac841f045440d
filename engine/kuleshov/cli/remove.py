"""``kuleshov remove`` and ``kuleshov compact``: take films out of an archive, bring them back, delete them for good."""

from __future__ import annotations

from typing import Annotated

import typer

from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, JsonOption
from kuleshov.errors import ArchiveError


def remove(
    films: Annotated[
        list[str] | None, typer.Argument(metavar="FILM", help="Titles, ids (or their beginnings) or paths of films.")
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    undo: Annotated[
        bool, typer.Option("--undo", help="Bring these films back; without names: list the removed.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Take films out of an archive; the films' own files are not touched.

    Removed films can be brought back with --undo until `kuleshov compact` deletes them for good.
    """
    from kuleshov.archive import Archive
    from kuleshov.archive.catalog.resolve import resolve_film
    from kuleshov.cli import render

    with Archive.open(archive, write=bool(films)) as store:
        if not films:
            if not undo:
                raise typer.BadParameter("name a film to remove (kuleshov films lists them)")
            removed = store.removed()
            if json:
                render.print_json({"archive": str(archive), "removed": [film.content_id for film in removed]})
            else:
                render.films(removed, nothing="No film was removed, or `kuleshov compact` deleted them.")
            return
        meant = [resolve_film(store.path, store.removed() if undo else store.films(), text) for text in films]
        for film in meant:
            if not (store.restore if undo else store.remove)(film.content_id):
                raise ArchiveError(f"{archive}: {film.title!r} is in the archive again; remove it first")
            if not json:
                render.say(f"{'restored' if undo else 'removed'}  {film.title}")
        store.refresh()
    if json:
        key = "restored" if undo else "removed"
        render.print_json({"archive": str(archive), key: [film.content_id for film in meant]})
    elif not undo:
        render.say("Bring back: kuleshov remove --undo FILM. Delete for good: kuleshov compact.")


def compact(archive: ArchiveOption = DEFAULT_ARCHIVE, json: JsonOption = False) -> None:
    """Delete removed films for good."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render

    with Archive.open(archive, write=True) as store:
        count = store.compact()
    if json:
        render.print_json({"archive": str(archive), "deleted": count})
    else:
        render.say(f"deleted {count} removed film{'' if count == 1 else 's'}")
