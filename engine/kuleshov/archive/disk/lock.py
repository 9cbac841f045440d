"""One writer at a time: a lock that the system releases when its holder ends, in whatever way."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from kuleshov.archive.disk.durable import explained
from kuleshov.errors import ArchiveError


class WriterLock:
    """An exclusive ``flock``. It belongs to the object, so two archives opened in one process exclude each other too.

    Readers take no lock. It works on a local disk; over NFS it is unreliable, as is SQLite's WAL.
    """

    def __init__(self, path: Path) -> None:
        """Take the lock at once. Raises ``ArchiveError`` if another writer holds it or the folder is read-only."""
        with explained(path, "the archive can't be written"):
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._descriptor)
            raise ArchiveError(
                f"{path.parent}: another process is writing to this archive (process {holder}); wait until it is done"
            ) from None
        except OSError as error:
            os.close(self._descriptor)
            raise ArchiveError(f"{path}: can't be locked ({error.strerror})") from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        os.close(self._descriptor)
