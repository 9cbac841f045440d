"""The native CPU twins. Shapes and ranges are checked by the callers in ``kernels`` and ``decode``.

Arrays are C-contiguous but for ``area_average``, which takes any strides. An array of another dtype raises
``TypeError``, one of an impossible shape ``ValueError``; the GIL is released while they run.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

def area_average(plane: NDArray[Any], out: NDArray[np.uint8], *, bit_depth: int) -> None:
    """Write the area average of ``plane`` to ``out``, rounded half up to 8 bits, all in exact integers.

    ``plane``: uint8 or uint16 ``[H, W]``, any strides, samples in the low ``bit_depth`` bits (8..16; samples in the
    high bits, as in P010, are 16-bit samples). ``out``: uint8 ``[h, w]``, any strides, also negative ones.
    ``out[i, j]`` is the mean over ``[i*H/h, (i+1)*H/h) x [j*W/w, (j+1)*W/w)``, samples on the border counting in
    part; it may be larger than ``plane``. Sides are 1..65535.
    """

def color_histogram(luma: NDArray[np.uint8], chroma: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return int32 ``[N, 2048]``; see ``kernels.color_histogram``."""

def frame_sums(luma: NDArray[np.uint8], chroma: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the luma histograms int32 ``[N, 256]``, and int64 ``[N, 3]``: sums over chroma samples.

    The three are the sums of Cb, of Cr, and of ``floor(16 * sqrt((Cb - 128)**2 + (Cr - 128)**2))``.
    """

def absolute_difference(luma: NDArray[np.uint8], previous: NDArray[np.uint8] | None) -> NDArray[np.int64]:
    """Return int64 ``[N]``: the sum of ``|luma[n] - luma[n-1]|``, ``previous`` ``[1, H, W]`` being ``luma[-1]``."""

def patch_flow(
    luma: NDArray[np.uint8], previous: NDArray[np.uint8] | None
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return vectors float32 ``[N, gh, gw, 2]``, textures and matches float32 ``[N, gh, gw]``.

    See ``kernels.optical_flow`` for what they are. All are 0 for a frame without one before it, and for frames smaller
    than a patch, whose grid is 1 patch along the axis that is too short.
    """

def shrink(luma: NDArray[np.uint8], chroma: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return uint8 ``[N, 3, height, width]``: luma, Cb and Cr, area-averaged."""

def tone_map(
    luma: NDArray[np.uint8], chroma: NDArray[np.uint8], cube: NDArray[np.int16]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return luma and chroma with each colour looked up in a ``cube`` int16 ``[3, 65, 65, 65]``."""

def rgb_frames(
    luma: NDArray[np.uint8], chroma: NDArray[np.uint8], width: int, height: int, coding: tuple[float, ...]
) -> NDArray[np.uint8]:
    """Return uint8 ``[N, height, width, 3]``, full range; ``coding`` is ``kernels.rgb_frames.coding_of``."""

def global_motion(
    vectors: NDArray[np.float32],
    textures: NDArray[np.float32],
    matches: NDArray[np.float32],
    height: int,
    width: int,
    least_texture: float,
    least_match: float,
) -> NDArray[np.float32]:
    """Return float32 ``[N, 16]``: the columns of ``kernels.global_motion``, from what ``patch_flow`` returned."""

def flow_statistics(
    vectors: NDArray[np.float32],
    textures: NDArray[np.float32],
    matches: NDArray[np.float32],
    height: int,
    width: int,
    least_texture: float,
    least_match: float,
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return float64 ``[N, 16]``, see ``kernels.optical_flow``, and which patches are valid, uint8 ``[N, gh, gw]``."""

def model_input(
    luma: NDArray[np.uint8],
    chroma: NDArray[np.uint8],
    boxes: NDArray[np.int32],
    width: int,
    height: int,
    coding: tuple[float, ...],
    normalisation: tuple[float, ...],
) -> NDArray[np.float32]:
    """Return float32 ``[B, 3, height, width]``; see ``kernels.model_input``. ``normalisation``: means, deviations."""

def histogram_distance(
    histograms: NDArray[np.int32], previous: NDArray[np.int32], lags: tuple[int, ...]
) -> NDArray[np.int64]:
    """Return int64 ``[N, len(lags)]``: sums over the bins of ``|histograms[n] - histograms[n - lag]|``.

    ``previous`` int32 ``[P, 2048]`` ends with the frame before the first; 0 where no frame is that far back.
    """

def build_info() -> dict[str, str]:
    """Return ``compiler``, and ``simd``: the level that the processor was found to have (``x86-64-v3``, ...)."""
