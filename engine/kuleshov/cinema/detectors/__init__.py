"""The family of shot detectors. A file of this folder is a detector, unless its name begins with an underscore.

Its name is the file's, its help the first line of the file's docstring, and its function ``open_detector()`` returns a
``Detector`` for one film.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kuleshov.cinema.detectors._catalog import DEFAULT_DETECTOR, detector_help, detector_names, open_detector

if TYPE_CHECKING:
    from kuleshov.cinema.detectors._protocol import Detector, FrameEvidence

__all__ = [
    "DEFAULT_DETECTOR",
    "Detector",
    "FrameEvidence",
    "detector_help",
    "detector_names",
    "open_detector",
]


def __getattr__(name: str) -> Any:
    if name in ("Detector", "FrameEvidence"):
        from kuleshov.cinema.detectors import _protocol

        return getattr(_protocol, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
