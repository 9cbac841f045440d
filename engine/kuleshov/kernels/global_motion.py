"""How the camera moves the picture: turn, zoom and roll fitted to its patches; what objects and depth leave over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.arguments import check_batch, check_previous
from kuleshov.kernels.native import fetch, native
from kuleshov.kernels.optical_flow import MIN_MATCH, MIN_TEXTURE, steps_seconds


@dataclass(frozen=True)
class GlobalMotion:
    """Movement of each frame against the one before: float32 ``[N]`` each, shares of the patches that can be followed.

    The fit is what a camera that turns and zooms, but does not travel, does to the picture. All 0 where fewer than 8
    patches can be followed, and for a frame that none came before.
    """

    pan: NDArray[np.float32]  #: of the middle of the picture, frame-widths per second, + = picture moves right
    tilt: NDArray[np.float32]  #: the same, + = picture moves down
    zoom: NDArray[np.float32]  #: relative growth per second, + = picture grows
    roll: NDArray[np.float32]  #: turn of the picture, degrees per second, + = clockwise
    perspective_x: NDArray[np.float32]  #: movement at the side edge from the turn of a wide lens, widths per second
    perspective_y: NDArray[np.float32]
    residual: NDArray[np.float32]  #: weighted RMS distance of the patches from the fit, widths per second
    speed: NDArray[np.float32]  #: mean length of the fitted movement over the patches, widths per second
    parallax: NDArray[np.float32]  #: mean of what is left over along the fit less that across it, widths per second
    lead: NDArray[np.float32]  #: what is left over outward, + where parts grow (shrink) faster, widths per second
    radial_parallax: NDArray[np.float32]  #: the same as parallax outward from the middle, widths per second
    object_share: NDArray[np.float32]  #: share that moves otherwise than the fit (by 0.75 pixels and 10 % of it)
    object_extent: NDArray[np.float32]  #: how far apart that share lies: small for one thing, about 1 if everywhere
    object_motion: NDArray[np.float32]  #: mean over all of what the outlying are off by, widths per second
    still_share: NDArray[np.float32]  #: share that stays where it is in the frame while the picture moves


def global_motion(batch: FrameBatch, *, previous: FrameBatch | None = None) -> GlobalMotion:
    """Return the movement of every frame against the one before, on the host; ``previous`` ends with the one before.

    Robust least squares over the patches of ``optical_flow`` that have texture and a match; method and sources stand in
    ``csrc/include/kuleshov/global_motion.h``. What is left over is split along and across the fitted movement: noise
    and the bulk of objects fall on both, parallax on the first alone. Equal to the bit on every backend. It fails where
    an object fills more of the picture than what is behind it, and where nothing has texture. Raises ``DeviceError`` or
    ``ValueError`` on a batch that native code can't read, or a ``previous`` that does not fit.
    """
    check_batch("global_motion", batch)
    before = check_previous("global_motion", batch, previous)
    on = native(batch.device)
    patches = on.patch_flow(batch.luma, None if before is None else before.luma)
    numbers = on.global_motion(*patches, batch.height, batch.width, MIN_TEXTURE, MIN_MATCH)
    found = fetch(batch.device, {"numbers": numbers}).result()["numbers"]
    return motion_from_numbers(found, width=batch.width, steps_seconds=steps_seconds(batch, before))


def motion_from_numbers(
    numbers: NDArray[np.float32], *, width: int, steps_seconds: NDArray[np.float64]
) -> GlobalMotion:
    """Return the movement of frames of ``width`` from what was measured of each, float32 ``[N, 16]``.

    The order of ``numbers`` stands in ``csrc/include/kuleshov/global_motion.h``; ``steps_seconds`` float64 ``[N]`` as
    ``optical_flow.steps_seconds()`` returns them.
    """
    tx, ty, zoom, roll, qx, qy, residual, speed, *rest = numbers.T.astype(np.float64)
    along, across, lead, radial, outlying, extent, astray, still = rest
    widths = 1 / (width * steps_seconds)

    def single(values: NDArray[np.float64]) -> NDArray[np.float32]:
        return values.astype(np.float32)

    return GlobalMotion(
        pan=single(tx * widths),
        tilt=single(ty * widths),
        zoom=single(zoom / steps_seconds),
        roll=single(np.degrees(roll) / steps_seconds),
        perspective_x=single(qx * widths),
        perspective_y=single(qy * widths),
        residual=single(residual * widths),
        speed=single(speed * widths),
        parallax=single((along - across) * widths),
        lead=single(lead * widths),
        radial_parallax=single(radial * widths),
        object_share=single(outlying),
        object_extent=single(extent),
        object_motion=single(astray * widths),
        still_share=single(still),
    )
