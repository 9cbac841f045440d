"""``dialogue``: the words of a segment, as the mean of its lines' sentence vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.records import Line


def dialogue_vectors(
    lines: Sequence[Line], vectors: NDArray[np.float32], times: Sequence[tuple[float, float]]
) -> NDArray[np.float32]:
    """Return the dialogue of segments (start and end in seconds), float32 ``[n, D]`` of unit length, NaN without any.

    ``vectors`` float32 ``[lines, D]`` are the lines' by a sentence model, of unit length. A line counts by its time on
    screen inside the segment; captions of sounds and music do not count.
    """
    spoken = [number for number, line in enumerate(lines) if line.kind == "speech"]
    starts = np.array([lines[number].start_seconds for number in spoken])
    ends = np.array([lines[number].end_seconds for number in spoken])
    means = np.full((len(times), vectors.shape[1]), np.nan, dtype=np.float32)
    for row, (start, end) in enumerate(times):
        on = np.minimum(ends, end) - np.maximum(starts, start)
        inside = np.flatnonzero(on > 0)
        if len(inside):
            mean = on[inside] @ vectors[np.array(spoken)[inside]].astype(np.float64)
            length = float(np.linalg.norm(mean))
            if length > 0:
                means[row] = mean / length
    return means
