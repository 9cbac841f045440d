"""Arithmetic on thumbnails that several measurements share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Standard deviation of luma in code values below which a picture has no shape.
FLAT = 8.0


def coarse(pictures: NDArray[Any]) -> NDArray[np.float64]:
    """Return pictures ``[..., h, w]`` in which each cell is the mean of its neighbourhood of 3 x 3."""
    height, width = pictures.shape[-2:]
    unpadded = [(0, 0)] * (pictures.ndim - 2)
    padded = np.pad(pictures.astype(np.float64), (*unpadded, (1, 1), (1, 1)), mode="edge")
    shifted = [padded[..., y : y + height, x : x + width] for y in range(3) for x in range(3)]
    return np.asarray(np.mean(shifted, axis=0))
