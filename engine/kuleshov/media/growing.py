"""A file that is still being written, read as it grows."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from kuleshov.errors import MediaError

_LOOK_EVERY_SECONDS = 0.05


class GrowingFile:
    """Reads a file from its beginning, and at its end waits for more; gives up after ``patience_seconds`` without any.

    A file that does not exist yet is waited for equally long. Made for FFmpeg: it has ``read`` and can't seek, so only
    containers that can be read from beginning to end work (MPEG-TS, Matroska, fragmented MP4, FLV, WAV), no MP4 with
    its index at the end. Raises ``MediaError`` if the file does not appear.
    """

    def __init__(self, path: Path, *, patience_seconds: float, stopped: Callable[[], bool]) -> None:
        self._patience_seconds = patience_seconds
        self._stopped = stopped
        if not self._wait_for(path.is_file):
            raise MediaError(path, f"no such file after {patience_seconds:g} s", remedy="check the path")
        self._file = path.open("rb")

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes; none if nothing came in time, which is the end."""
        found = b""

        def arrived() -> bool:
            nonlocal found
            found = self._file.read(size)
            return bool(found)

        self._wait_for(arrived)
        return found

    def close(self) -> None:
        self._file.close()

    def _wait_for(self, arrived: Callable[[], bool]) -> bool:
        ends = time.monotonic() + self._patience_seconds
        while not arrived():
            if self._stopped() or time.monotonic() > ends:
                return False
            time.sleep(_LOOK_EVERY_SECONDS)
        return True
