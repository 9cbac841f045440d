"""Which formats there are, and writing one of them to a file: wholly or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from kuleshov.errors import ExportError
from kuleshov.export.edl import to_edl
from kuleshov.export.listing import Listing
from kuleshov.export.otio import to_otio
from kuleshov.export.tables import to_csv, to_json_text, to_parquet
from kuleshov.export.vtt import to_vtt

FORMATS: dict[str, Callable[[Listing], bytes]] = {
    "csv": to_csv,
    "edl": to_edl,
    "json": to_json_text,
    "otio": to_otio,
    "parquet": to_parquet,
    "vtt": to_vtt,
}


def format_of(path: Path, named: str | None) -> str:
    """Return the format asked for by name, else by the file's ending. Raises ``ExportError`` for one that is none."""
    name = (named or path.suffix.removeprefix(".")).lower()
    if name not in FORMATS:
        said = f"format {named!r}" if named else f"a file ending in {path.suffix!r}" if path.suffix else "no ending"
        raise ExportError(f"{path}: {said} tells no format; use one of {', '.join(FORMATS)}")
    return name


def write_listing(listing: Listing, path: Path, *, format: str, force: bool = False) -> None:
    """Write a listing to a file, as ``write_whole``. Raises ``ExportError``, also for a listing of nothing."""
    if not listing.items:
        raise ExportError(f"{path}: nothing to write: no {listing.unit} was found")
    write_whole(path, FORMATS[format](listing), force=force)


def write_whole(path: Path, content: bytes, *, force: bool) -> None:
    """Write a file that appears under its name only when it is whole; one that is there is replaced only by ``force``.

    Raises ``ExportError``.
    """
    if path.exists() and not force:
        raise ExportError(f"{path}: there already (--force replaces it)")
    staged = path.with_name(f".{path.name}.{uuid4().hex[:8]}.tmp")
    try:
        with staged.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(path)
    except OSError as error:
        staged.unlink(missing_ok=True)
        raise ExportError(f"{path}: can't be written ({error.strerror or error})") from error
