"""Vector indexes on disk: numbered generations in a folder, and ``CURRENT``, which names the present one.

A generation is ``gen-N.ids.parquet`` and the files of the index itself (``gen-N.faiss``); all are forced to the disk
before ``CURRENT`` is swapped by rename, so a reader finds a complete one at any moment. The schema metadata of the ids
hold the state of the catalogue from which it was made. All of it can be made again from the film folders.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.catalog.catalog import Stamp
from kuleshov.archive.disk.durable import explained, new_file, replace_file, sync_folder
from kuleshov.errors import ArchiveError

CURRENT = "CURRENT"
_KEY = b"kuleshov.index"
_GENERATION = re.compile(r"gen-(\d+)\.")

T = TypeVar("T")


def publish(
    folder: Path, stamp: Stamp, ids: NDArray[np.int64], about: dict[str, Any], write: Callable[[Path], None]
) -> None:
    """Make a generation of these ids and what ``write`` adds the current one, and remove the others.

    ``write`` gets the generation's path without an ending: the names of its files begin with it, and they are on the
    disk when it returns. Raises ``ArchiveError``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with explained(folder, "the vector index can't be written"):
        folder.mkdir(parents=True, exist_ok=True)
        numbers = [int(match[1]) for path in folder.iterdir() if (match := _GENERATION.match(path.name))]
        name = f"gen-{max(numbers, default=0) + 1}"
        metadata = {"catalog_id": stamp.catalog_id, "revision": stamp.revision, **about}
        table = pa.table({"id": ids}).replace_schema_metadata({_KEY: json.dumps(metadata)})
        with new_file(folder / f"{name}.ids.parquet") as file:
            pq.write_table(table, file, write_page_checksum=True)
        try:
            write(folder / name)
        except RuntimeError as error:
            raise ArchiveError(f"{folder / name}: the vector index can't be written ({error})") from error
        sync_folder(folder)
        replace_file(folder / CURRENT, f"{name}\n".encode())
        for path in folder.iterdir():
            if _GENERATION.match(path.name) and not path.name.startswith(f"{name}."):
                path.unlink()


def newest(folder: Path, read: Callable[[Path, str], T]) -> T | None:
    """Return what ``read`` makes of the current generation; ``None`` if there is none or it can't be read."""
    for _ in range(5):
        name = current(folder)
        try:
            return None if name is None else read(folder, name)
        except ArchiveError:  # a server that does not answer is no damage
            raise
        except (OSError, ValueError, LookupError, RuntimeError):
            if name == current(folder):
                return None
            # A writer has replaced it by a newer one while we were reading.
    return None


def current(folder: Path) -> str | None:
    """Return the name of the current generation, ``None`` before the first."""
    try:
        return (folder / CURRENT).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None


def read_ids(folder: Path, name: str) -> tuple[Stamp, NDArray[np.int64], dict[str, Any]]:
    """Return the state of the catalogue from which a generation was made, its ids, and its other metadata."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(folder / f"{name}.ids.parquet", page_checksum_verification=True) as file:
        metadata = json.loads(file.schema_arrow.metadata[_KEY])
        ids = file.read()["id"].to_numpy().astype(np.int64)
    return Stamp(metadata.pop("catalog_id"), metadata.pop("revision")), ids, metadata
