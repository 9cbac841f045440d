"""Which export formats exist, and writing one of them to a file: the whole file or none of it."""

from __future__ import annotations

import os
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from kuleshov.errors import ExportError
from kuleshov.export import formats

if TYPE_CHECKING:
    from kuleshov.export.listing import Listing


def format_names() -> list[str]:
    """Return the names of all formats, sorted: those of the modules in ``export/formats``. Imports none of them."""
    return sorted(module.name for module in pkgutil.iter_modules(formats.__path__))


def format_of(path: Path, named: str | None) -> str:
    """Return the format asked for by name, else the one of the file's ending. Raises ``ExportError`` for no format."""
    name = (named or path.suffix.removeprefix(".")).lower()
    if name not in format_names():
        got = (
            f"format {named!r}" if named else f"the ending {path.suffix!r}" if path.suffix else "a name without ending"
        )
        raise ExportError(f"{path}: {got} is no export format; use one of {', '.join(format_names())}")
    return name


def listing_content(listing: Listing, format: str) -> bytes:
    """Return a listing as the bytes of a file. Raises ``ExportError`` where the format can't hold it."""
    content: bytes = import_module(f"{formats.__name__}.{format}").content(listing)
    return content


def write_listing(listing: Listing, path: Path, *, format: str, force: bool = False) -> None:
    """Write a listing to a file, as ``write_whole``. Raises ``ExportError``, also for a listing of nothing."""
    if not listing.clips:
        raise ExportError(f"{path}: nothing to write: no {listing.unit} was found")
    write_whole(path, listing_content(listing, format), force=force)


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raise ``ExportError`` if a file exists and ``force`` does not allow to replace it."""
    if path.exists() and not force:
        raise ExportError(f"{path}: exists already (--force replaces it)")


def write_whole(path: Path, content: bytes, *, force: bool) -> None:
    """Write a file that appears under its name only when it is complete; an existing one needs ``force``.

    Raises ``ExportError``.
    """
    refuse_existing(path, force=force)
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
