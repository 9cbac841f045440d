"""How the picture as a whole moves: an affine fit to its patches that moving objects do not sway."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.arguments import check_batch, check_previous
from kuleshov.kernels.native import fetch, native
from kuleshov.kernels.optical_flow import MIN_MATCH, MIN_TEXTURE


@dataclass(frozen=True)
class GlobalMotion:
    """Movement from the frame before, ``d = translation + matrix @ p``, ``p`` in pixels from the middle of the frame.

    Float32, x to the right and y down. All 0 where fewer than 6 patches can be followed, and for a frame that none came
    before. Divergence (``matrix`` trace) is zoom, curl (``matrix[1, 0] - matrix[0, 1]``) is twice the roll in radians.
    """

    translation: NDArray[np.float32]  #: ``[N, 2]``, pixels: where the middle of the frame goes
    matrix: NDArray[np.float32]  #: ``[N, 2, 2]``, growth and rotation a pixel
    residual: NDArray[np.float32]  #: ``[N]``, pixels: weighted RMS distance of the patches from the fit
    inliers: NDArray[np.float32]  #: ``[N]``, share of all patches within a pixel of the fit
    support: NDArray[np.float32]  #: ``[N]``, share of all patches that could be followed


def global_motion(batch: FrameBatch, *, previous: FrameBatch | None = None) -> GlobalMotion:
    """Return the movement of every frame against the one before, on the host; ``previous`` ends with the one before.

    Robust least squares over the patches of ``optical_flow`` that have texture and a match; the method and its source
    stand in ``csrc/include/kuleshov/global_motion.h``. Equal to the bit on every backend. Raises ``DeviceError`` or
    ``ValueError`` on a batch that native code can't read, or a ``previous`` that does not fit.
    """
    check_batch("global_motion", batch)
    before = check_previous("global_motion", batch, previous)
    on = native(batch.device)
    patches = on.patch_flow(batch.luma, None if before is None else before.luma)
    numbers = on.global_motion(*patches, batch.height, batch.width, MIN_TEXTURE, MIN_MATCH)
    found = fetch(batch.device, {"numbers": numbers}).result()["numbers"]
    return GlobalMotion(found[:, :2], found[:, 2:6].reshape(-1, 2, 2), found[:, 6], found[:, 7], found[:, 8])
