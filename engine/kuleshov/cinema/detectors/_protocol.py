"""The protocol of shot detectors, and what they get in addition to the frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from kuleshov.decode.frames import FrameBatch
    from kuleshov.records import Transition


#: Size of the pictures in ``FrameEvidence``: width, height.
THUMBNAIL = (32, 18)


@dataclass(frozen=True)
class FrameEvidence:
    """Measurements of a batch's frames by the kernels, so that no detector measures them again.

    - ``luma_mean``: float32 ``[N]``, 0 (black) .. 1 (white)
    - ``luma_difference``, ``histogram_difference``: float32 ``[N]``, 0..1, from the frame before; 0 at the film's first
      frame
    - ``thumbnails``: uint8 ``[N, 3, 18, 32]``, luma, Cb and Cr of the frames shrunk to ``THUMBNAIL``

    All on the host. Raises ``ValueError`` on arrays that break these rules.
    """

    luma_mean: NDArray[np.float32]
    luma_difference: NDArray[np.float32]
    histogram_difference: NDArray[np.float32]
    thumbnails: NDArray[np.uint8]

    def __post_init__(self) -> None:
        count = len(self.luma_mean)
        expected: dict[str, tuple[Any, tuple[int, ...]]] = {
            "luma_mean": (np.float32, (count,)),
            "luma_difference": (np.float32, (count,)),
            "histogram_difference": (np.float32, (count,)),
            "thumbnails": (np.uint8, (count, 3, THUMBNAIL[1], THUMBNAIL[0])),
        }
        for name, (dtype, shape) in expected.items():
            array = getattr(self, name)
            if array.dtype != dtype or array.shape != shape:
                raise ValueError(f"{name} is {array.dtype} {array.shape}; it must be {dtype.__name__} {shape}")


class Detector(Protocol):
    """Finds the transitions of one film. Made for the film; takes its batches in order, and is asked once at the end.

    The result must not depend on how the film is divided into batches, and memory must not grow with the film's length
    by more than some numbers per frame.
    """

    def push(self, batch: FrameBatch, evidence: FrameEvidence) -> None:
        """Take the next frames. The batch is on its device, the evidence on the host; both are valid during the
        call."""

    def finish(self) -> list[Transition]:
        """Return the film's transitions in order, without overlaps; the film's start is none."""


class LiveDetector(Detector, Protocol):
    """A detector that can be asked before the end of a film of unknown length. Its memory is bounded if it is asked."""

    def settled(self) -> list[Transition]:
        """Return the transitions that are certain by now and were not returned before, in order.

        ``finish`` then returns the rest.
        """


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Detectors:
    """A kind of detector, opened once for a device and many films. ``for_film`` may be called from any thread.

    ``models`` names the networks that it runs, for provenance: often ``{}``. ``close`` releases them. ``for_stream``
    makes a detector for a live film; it is ``None`` if this kind needs the whole film.
    """

    for_film: Callable[[], Detector]
    models: dict[str, str]
    close: Callable[[], None] = _nothing
    for_stream: Callable[[], LiveDetector] | None = None
