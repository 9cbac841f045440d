"""A film's identity: a hash of its content, so that a renamed or copied file is the same film."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

_DIGEST_BYTES = 16
_BLOCK_BYTES = 1 << 22


def content_id(path: Path) -> str:
    """Return the film's identity: 32 hex digits of BLAKE2b over the whole file. Raises ``OSError``."""
    return _digest(path, Event())


@contextmanager
def hash_alongside(path: Path, *, known: str | None = None) -> Iterator[Future[str]]:
    """Yield a film's identity as a future, computed on a thread while the block reads the film.

    Both read the same pages, and hashing does not hold Python's lock. Nothing is read if the identity is ``known``. The
    thread ends with the block, its result ready or not; the future raises ``OSError``.
    """
    if known is not None:
        future: Future[str] = Future()
        future.set_result(known)
        yield future
        return
    stop = Event()
    with ThreadPoolExecutor(1, "content-id") as pool:
        try:
            yield pool.submit(_digest, path, stop)
        finally:
            stop.set()


def _digest(path: Path, stop: Event) -> str:
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            if stop.is_set():
                raise CancelledError
            digest.update(block)
    return digest.hexdigest()


def file_problem(path: Path, size_bytes: int) -> str | None:
    """Return why a film can't be read from a path any more, ``None`` if nothing tells against it.

    ``size_bytes`` is the size of the film's file: a file of another size is another film.
    """
    if not path.is_file():
        return "the film's file is no longer there"
    if path.stat().st_size != size_bytes:
        return "the film's file was replaced by another"
    return None
