"""The native CPU twins. Shapes and ranges are checked by the callers in ``kernels`` and ``decode``.

Arrays are C-contiguous, except for ``area_average``, which takes any strides. An array of another dtype raises
``TypeError``, one of an impossible shape ``ValueError``; the GIL is released while they run.
"""

from collections.abc import Callable
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

def build_info() -> dict[str, str]:
    """Return ``compiler``, and ``simd``: the level that the processor was found to have (``x86-64-v3``, ...)."""

def __getattr__(name: str) -> Callable[..., Any]:
    """The operators: ``csrc/cpu/NAME.cpp`` states the arrays of each."""
