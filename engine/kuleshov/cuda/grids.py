"""How kernels divide a batch among blocks: strips of each frame in x, the frames in y."""

from __future__ import annotations

from kuleshov.cuda.runtime import Extent

_ITEMS_PER_THREAD = 8  # few enough to fill a GPU with one batch, enough to outweigh the fixed work of a block
_COUNTING_THREADS = 256
_MOST_COUNTING_STRIPS = 64
_MOST_FRAMES = 65535  # the limit of a grid in y


def strip_grid(items: int, frames: int, *, threads: int) -> Extent:
    """Return a grid whose threads take about eight of a frame's items each."""
    return (max(1, -(-items // (threads * _ITEMS_PER_THREAD))), frames, 1)


def counting_grid(count: int, height: int, width: int) -> tuple[Extent, Extent]:
    """Return grid and block of a kernel that counts ``count`` frames by blocks of 2x2 pixels.

    There are at most 64 strips a frame, because each one clears and flushes bins of its own. Raises ``ValueError`` for
    more frames than a launch takes.
    """
    if count > _MOST_FRAMES:
        raise ValueError(f"{count} frames in one batch; at most {_MOST_FRAMES}")
    strips = -(-(height * width // 4) // (_COUNTING_THREADS * _ITEMS_PER_THREAD))
    return (min(strips, _MOST_COUNTING_STRIPS), count, 1), (_COUNTING_THREADS, 1, 1)
