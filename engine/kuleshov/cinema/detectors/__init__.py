"""The family of shot detectors. A file of this folder is a detector, unless its name begins with an underscore.

The file's name is the detector's, the first line of its docstring the help, and its function ``open_detectors(device,
sensitivity)`` returns ``Detectors``, which is opened once and makes a ``Detector`` for each film.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kuleshov.cinema.detectors._catalog import (
    DEFAULT_DETECTOR,
    DEFAULT_SENSITIVITY,
    detector_help,
    detector_names,
    open_detectors,
)

if TYPE_CHECKING:
    from kuleshov.cinema.detectors._protocol import THUMBNAIL, Detector, Detectors, FrameEvidence

__all__ = [
    "DEFAULT_DETECTOR",
    "DEFAULT_SENSITIVITY",
    "THUMBNAIL",
    "Detector",
    "Detectors",
    "FrameEvidence",
    "detector_help",
    "detector_names",
    "open_detectors",
]


def __getattr__(name: str) -> Any:
    if name in ("THUMBNAIL", "Detector", "Detectors", "FrameEvidence"):
        from kuleshov.cinema.detectors import _protocol

        return getattr(_protocol, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
