"""Giving memory back while a network runs over a whole film."""

from __future__ import annotations

from ctypes import CDLL
from functools import cache
from typing import Any


def release_free_memory() -> None:
    """Give pages that are free inside the process back to the system, where the C library can (glibc).

    A network on a CPU allocates and frees buffers of tens of megabytes for every window. The small results that are
    kept in between cut the freed space into pieces too small for the next window, so that the heap grows by gigabytes
    over a film while nearly all of it is free. Costs some milliseconds; a limit on what malloc keeps would cost more,
    as every window would fault its pages in anew.
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
