"""Footage to draw films from: the stretches of real clips in which nothing is edited, shrunk."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

#: Size of the footage: more than that of a rendered frame, so that it can be cropped.
WIDTH, HEIGHT = 128, 72
STRETCHES = Path(__file__).parents[1] / "construct" / "stretches.json"


def footage(data: Path) -> list[NDArray[np.uint8]]:
    """Return the stretches, each uint8 ``[frames, 3, HEIGHT, WIDTH]``: Y, Cb and Cr, of the clips that are there."""
    found = []
    for clip, ranges in json.loads(STRETCHES.read_text()).items():
        if (data / clip).exists():
            frames = _frames(data / clip, last=max(last for _, last in ranges))
            found += [frames[first : last + 1] for first, last in ranges]
    return found


def _frames(path: Path, *, last: int) -> NDArray[np.uint8]:
    import av

    frames = []
    with av.open(str(path), metadata_errors="replace") as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for number, frame in enumerate(container.decode(stream)):
            frames.append(frame.reformat(WIDTH, HEIGHT, "yuv444p", interpolation="AREA").to_ndarray())
            if number == last:
                break
    return np.stack(frames).reshape(-1, 3, HEIGHT, WIDTH)
