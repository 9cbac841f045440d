"""``kuleshov reindex``: rebuild the catalogue and the search indexes, and choose the kind of index."""

from __future__ import annotations

from typing import Annotated

import typer

from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, JsonOption
from kuleshov.errors import ArchiveError


def reindex(
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    index: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="The kind of index of the vectors that networks make, kept in the archive: auto, flat, ivf-sq8, "
            "ivf-rabitq, sharded, device, milvus (docs/scale.md).",
        ),
    ] = None,
    index_setting: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Another setting of the index, such as flat_rows=500000; may be given several times.",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Rebuild an archive's catalogue and search indexes from its film folders."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render

    texts = dict(_pair(text) for text in index_setting or [])
    if index is not None:
        texts["kind"] = index
    with Archive.open(archive) as store:
        settings = store.index_settings.changed(texts)
        store.reindex(settings if texts else None)
        count = len(store.films())
    if json:
        render.print_json({"archive": str(archive), "films": count, "index": settings.to_json()})
    else:
        render.say(f"Rebuilt the catalogue and the search indexes from {count} film folders.")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ArchiveError(f"index setting {text!r} must be NAME=VALUE")
    return name, value
