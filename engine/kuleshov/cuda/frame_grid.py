"""How the kernels that count analysis frames share out a batch: strips of 2x2 pixels, the frames one above another."""

from __future__ import annotations

from kuleshov.cuda.runtime import Extent

_THREADS = 256
#: Blocks of 2x2 pixels that a thread takes, so that what it counts outweighs clearing and flushing the bins.
_TURNS = 8
_MOST_STRIPS = 64
_MOST_FRAMES = 65535  # what a grid takes in y


def frame_grid(count: int, height: int, width: int) -> tuple[Extent, Extent]:
    """Return grid and block for ``count`` frames; raises ``ValueError`` if they are more than a launch takes."""
    if count > _MOST_FRAMES:
        raise ValueError(f"{count} frames in one batch; at most {_MOST_FRAMES}")
    strips = -(-(height * width // 4) // (_THREADS * _TURNS))
    return (min(strips, _MOST_STRIPS), count, 1), (_THREADS, 1, 1)
