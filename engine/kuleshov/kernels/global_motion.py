"""How the camera moves the picture: pan, tilt, zoom and roll fitted to its patches, and what objects and depth add."""

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
    """Movement of each frame against the previous one: float32 ``[N]`` each.

    The fit is the movement that a camera which turns and zooms, but does not travel, gives the picture. Speeds of 1 are
    one frame width per second; shares are of the patches that can be tracked. All are 0 where fewer than 8 patches can
    be tracked, and for a frame without a previous one.
    """

    pan: NDArray[np.float32]  #: of the picture's centre, frame widths per second, + = the picture moves right
    tilt: NDArray[np.float32]  #: the same, + = the picture moves down
    zoom: NDArray[np.float32]  #: relative growth per second, + = the picture grows
    roll: NDArray[np.float32]  #: rotation of the picture, degrees per second, + = clockwise
    perspective_x: NDArray[np.float32]  #: at the side edge, from turning a wide lens, frame widths per second
    perspective_y: NDArray[np.float32]
    residual: NDArray[np.float32]  #: weighted RMS distance of patches from the fit, frame widths per second
    speed: NDArray[np.float32]  #: mean length of the fitted movement, frame widths per second
    parallax: NDArray[np.float32]  #: mean residual along the fit minus that across it, frame widths per second
    lead: NDArray[np.float32]  #: outward residual, + where parts grow (shrink) faster, frame widths per second
    radial_parallax: NDArray[np.float32]  #: as parallax, outward from the centre, frame widths per second
    object_share: NDArray[np.float32]  #: share that deviates from the fit by 0.75 pixels and 10 % of it
    object_extent: NDArray[np.float32]  #: how far that share is spread: small for one object, about 1 if everywhere
    object_motion: NDArray[np.float32]  #: mean over all patches of what those deviate by, frame widths per second
    still_share: NDArray[np.float32]  #: share that does not move while the picture does


def global_motion(batch: FrameBatch, *, previous: FrameBatch | None = None) -> GlobalMotion:
    """Return each frame's movement against the previous frame, on the host; ``previous`` ends with the frame before.

    Robust least squares over the patches of ``optical_flow`` that have texture and a match; method and sources are in
    ``csrc/include/kuleshov/global_motion.h``. The residual is split along and across the fitted movement: noise and
    most objects add to both, parallax only to the first. The same bits on every backend. It fails where an object fills
    more of the picture than the background, and where nothing has texture. Raises ``DeviceError`` or ``ValueError`` on
    a batch that native code can't read, or a ``previous`` that does not match it.
    """
    check_batch("global_motion", batch)
    before = check_previous("global_motion", batch, previous)
    on = native(batch.device)
    patches = on.patch_flow(batch.luma, None if before is None else before.luma)
    numbers = on.global_motion(*patches, batch.height, batch.width, MIN_TEXTURE, MIN_MATCH)
    on_host = fetch(batch.device, {"numbers": numbers}).result()["numbers"]
    return motion_from_numbers(on_host, width=batch.width, steps_seconds=steps_seconds(batch, before))


def motion_from_numbers(
    numbers: NDArray[np.float32], *, width: int, steps_seconds: NDArray[np.float64]
) -> GlobalMotion:
    """Return the movement of frames of ``width`` pixels from the native operator's numbers, float32 ``[N, 16]``.

    Their order is in ``csrc/include/kuleshov/global_motion.h``; ``steps_seconds`` float64 ``[N]`` as returned by
    ``optical_flow.steps_seconds()``.
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
