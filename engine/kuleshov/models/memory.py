"""Returning memory to the system while a network runs over a whole film."""

from __future__ import annotations

from ctypes import CDLL
from functools import cache
from typing import Any


def release_free_memory() -> None:
    """Return pages that are free inside the process to the system, if the C library can (glibc).

    A network on a CPU allocates and frees buffers of tens of megabytes for every window. The small results that are
    kept in between fragment the freed space, so that the heap grows by gigabytes over a film while nearly all of it is
    free. It takes some milliseconds; a limit on what malloc keeps would cost more, as every window would fault its
    pages in again.
    """
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@cache
def _malloc_trim() -> Any:
    try:
        return CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):
        return None
