"""The vector index on disk: numbered generations side by side, and ``CURRENT`` that names the one that counts.

A generation is ``gen-N.ids.parquet`` and what the index itself writes (``gen-N.faiss``); all are forced to the disk
before ``CURRENT`` is swapped by rename, so a reader finds a whole one at any moment. The schema metadata of the ids say
from which state of the catalogue it was made. All of it can be made again from the film folders.
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
from kuleshov.archive.disk.durable import explained, new_file, replace_file, sync_file, sync_folder
from kuleshov.archive.vectors.affect_index import AffectIndex, faiss
from kuleshov.errors import ArchiveError

CURRENT = "CURRENT"
_KEY = b"kuleshov.index"
_GENERATION = re.compile(r"gen-(\d+)\.")

T = TypeVar("T")


def save(folder: Path, index: AffectIndex) -> None:
    """Write a new generation, make it the current one and remove the others. Raises ``ArchiveError``."""

    def write(base: Path) -> None:
        faiss().write_index(index.faiss_index, f"{base}.faiss")
        sync_file(base.with_name(f"{base.name}.faiss"))

    publish(folder, index.stamp, index.ids, {"vector_names": list(index.names)}, write)


def load(folder: Path) -> AffectIndex | None:
    """Return the current generation; ``None`` if there is none or it can't be read (see ``problem``)."""
    return newest(folder, _load)


def publish(
    folder: Path, stamp: Stamp, ids: NDArray[np.int64], about: dict[str, Any], write: Callable[[Path], None]
) -> None:
    """Make a generation of these ids and what ``write`` adds the current one, and remove the others.

    ``write`` is given the generation's path without an ending: its files begin with that, and are on the disk when it
    returns. Raises ``ArchiveError``.
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
            # A writer has put a newer one in its place while we were reading.
    return None


def current(folder: Path) -> str | None:
    """Return the name of the generation that counts, ``None`` before the first."""
    try:
        return (folder / CURRENT).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None


def problem(folder: Path, stamp: Stamp, ids: NDArray[np.int64]) -> str | None:
    """Return what is wrong with the index of a non-empty catalogue, given its state and ids; ``None`` if nothing."""
    if current(folder) is None:
        return f"{folder}: no vector index yet (kuleshov reindex makes it)"
    index = load(folder)
    if index is None:
        return f"{folder}: the vector index is damaged (kuleshov reindex makes a new one)"
    if index.stamp != stamp:
        return f"{folder}: the vector index is older than the catalogue (the next ingest brings it up to date)"
    if not np.array_equal(index.ids, ids):
        return f"{folder}: the vector index holds other segments than the catalogue (kuleshov reindex makes a new one)"
    return None


def read_ids(folder: Path, name: str) -> tuple[Stamp, NDArray[np.int64], dict[str, Any]]:
    """Return the state of the catalogue that a generation is of, its ids, and what else was said of it."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(folder / f"{name}.ids.parquet", page_checksum_verification=True) as file:
        metadata = json.loads(file.schema_arrow.metadata[_KEY])
        ids = file.read()["id"].to_numpy().astype(np.int64)
    return Stamp(metadata.pop("catalog_id"), metadata.pop("revision")), ids, metadata


def _load(folder: Path, name: str) -> AffectIndex:
    stamp, ids, metadata = read_ids(folder, name)
    faiss_index = faiss().read_index(str(folder / f"{name}.faiss"))
    names = tuple(metadata["vector_names"])
    if faiss_index.d != len(names) or not np.array_equal(faiss().vector_to_array(faiss_index.id_map), ids):
        raise ValueError(f"{folder / name}: vectors and ids do not belong together")
    return AffectIndex(stamp, names, ids, faiss_index)
