"""From drawn films to what the network learns from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors._evidence import REACH, evidence
from train.network import Example, labels_of
from train.sequences import Drawn


def example(drawn: Drawn) -> Example:
    """Return a film's evidence and labels."""
    padded = padded_thumbnails(drawn.thumbnails)
    return Example(evidence(padded).astype(np.float16), labels_of(drawn.transitions, frames=len(drawn.thumbnails)))


def padded_thumbnails(thumbnails: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A film's ends are read as if its first and last frame stood still."""
    return np.concatenate((thumbnails[:1].repeat(REACH, 0), thumbnails, thumbnails[-1:].repeat(REACH, 0)))
