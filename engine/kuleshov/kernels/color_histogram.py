"""How often each colour occurs in a frame: the joint histogram of luma and both chroma channels.

Bins are made by shifts, so every backend agrees exactly and no colour is converted: 8 bins of luma (``Y >> 5``) times
16 of each chroma channel (``min((C + 8) >> 4, 15)``, shifted by half a bin, so that neutral 128 is the centre of a
bin).
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.arguments import check_batch
from kuleshov.kernels.native import native

#: Number of bins. The bin of a pixel is ``luma_bin << 8 | cb_bin << 4 | cr_bin``.
BINS = 8 * 16 * 16


def color_histogram(batch: FrameBatch) -> Any:
    """Return int32 ``[N, BINS]``: how many luma pixels fall into each bin, each with the chroma sample that covers it.

    The bins of a frame add up to ``H * W``. On the batch's device; exact on every backend. Raises ``DeviceError`` or
    ``ValueError`` on a batch that native code can't read.
    """
    check_batch("color_histogram", batch)
    if batch.counts is not None:
        return batch.counts.color_histogram
    return native(batch.device).color_histogram(batch.luma, batch.chroma)


@functools.cache
def bin_centres() -> NDArray[np.uint8]:
    """Return the centre of every bin: uint8 ``[BINS, 3]``, Y Cb Cr, in the range of the frames; read-only."""
    y = np.arange(8) * 32 + 16
    # Bins are 16 wide and centred on multiples of 16; the first and the last are cut off at 0 and 255.
    chroma = np.arange(16) * 16
    chroma[0], chroma[15] = 4, 244
    grid = np.meshgrid(y, chroma, chroma, indexing="ij")
    centres = np.stack(grid, axis=-1).reshape(BINS, 3).astype(np.uint8)
    centres.flags.writeable = False
    return centres
