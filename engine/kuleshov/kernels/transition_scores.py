"""How much of the picture changed colour over 1 to 32 frames: cheap evidence for transitions of every length."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Frames back: a cut shows at all of them, a dissolve of a second only at the longer ones.
LAGS = (1, 2, 4, 8, 16, 32)


def scores_from_distances(distances: NDArray[np.int64], *, pixels: int) -> NDArray[np.float32]:
    """Return shares float32 ``[N, lags]``, 0..1, of the pixels that would have to change their colour bin.

    ``distances`` int64 ``[N, lags]`` are the L1 distances of ``histogram_distance``, in which a changed pixel counts
    twice.
    """
    scores: NDArray[np.float32] = (distances / (2 * pixels)).astype(np.float32)
    return scores


def transition_scores(device: str, histograms: Any, previous: Any, *, pixels: int) -> NDArray[np.float32]:
    """Return the scores of frames at all ``LAGS``: float32 ``[N, 6]``, on the host.

    ``histograms`` int32 ``[N, 2048]`` and ``previous`` ``[P, 2048]``, those of the frames before (``max(LAGS)`` are
    enough, 0 are allowed), are on ``device``. 0 where no frame is that far back.
    """
    from kuleshov.kernels.native import fetch, native

    distances = native(device).histogram_distance(histograms, previous, LAGS)
    return scores_from_distances(fetch(device, {"distances": distances}).result()["distances"], pixels=pixels)
