"""A frame boiled down to what tells pictures apart: where it is light and dark, and its colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors._protocol import THUMBNAIL
from kuleshov.kernels.color_histogram import BINS

if TYPE_CHECKING:
    from kuleshov.cinema.detectors._protocol import FrameEvidence

_CELLS = THUMBNAIL[0] * THUMBNAIL[1]
# Contrast, in code values, under which a picture counts as flat: without it two black frames' noise would differ.
_FLAT = 4.0
# A change of contrast up to this factor is a change of light, not of picture; more is a flash or a cut to black.
_CONTRAST_GAIN = 2.0


@dataclass(frozen=True)
class Signatures:
    """Signatures of consecutive frames, cheap enough to keep some seconds of.

    - ``thumbnails``: float32 ``[N, 3 * 144]``: luma, Cb and Cr of 16x9 cells, code values 0..255
    - ``histograms``: int32 ``[N, 2048]``, pixels per bin
    """

    thumbnails: NDArray[np.float32]
    histograms: NDArray[np.int32]

    @classmethod
    def of(cls, evidence: FrameEvidence) -> Signatures:
        """Return the signatures of a batch's frames; they share no memory with it."""
        cells = evidence.thumbnails.reshape(-1, 3 * _CELLS)
        return cls(cells.astype(np.float32), evidence.histograms.copy())

    @classmethod
    def none(cls) -> Signatures:
        return cls(np.empty((0, 3 * _CELLS), dtype=np.float32), np.empty((0, BINS), dtype=np.int32))

    def __len__(self) -> int:
        return len(self.thumbnails)

    def __getitem__(self, which: slice) -> Signatures:
        return Signatures(self.thumbnails[which], self.histograms[which])

    def __add__(self, other: Signatures) -> Signatures:
        return Signatures(
            np.concatenate((self.thumbnails, other.thumbnails)), np.concatenate((self.histograms, other.histograms))
        )

    def repeat(self, count: int) -> Signatures:
        """Return ``count`` copies of the one frame."""
        return Signatures(np.repeat(self.thumbnails, count, axis=0), np.repeat(self.histograms, count, axis=0))

    def distance(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return how different the pictures of frames ``first`` and ``second`` are: float32, 0 (same) .. 1.

        The geometric mean of two measures, so that both must agree: where light and dark lie, brightness and some
        contrast taken out, which hardly feels a change of light but feels a pan; and the share of pixels that change
        their colour bin, where it is the other way round. In flat pictures nothing lies anywhere, and colours decide
        alone.
        """
        luma = self.thumbnails[:, :_CELLS]
        a, b = (luma[frames] - luma[frames].mean(axis=1, keepdims=True) for frames in (first, second))
        flat = _CELLS * _FLAT**2
        ratio = ((a * a).sum(axis=1) + flat) / ((b * b).sum(axis=1) + flat)
        gain = np.clip(ratio, 1 / _CONTRAST_GAIN**2, _CONTRAST_GAIN**2)[:, None] ** 0.25
        a, b = a / gain, b * gain
        energy = (a * a).sum(axis=1) + (b * b).sum(axis=1) + 2 * flat
        changed = np.abs(self.histograms[first] - self.histograms[second]).sum(axis=1)
        colors = changed / (self.histograms[first].sum(axis=1) + self.histograms[second].sum(axis=1))
        layout = (((a - b) ** 2).sum(axis=1) + 2 * flat * colors) / energy
        return np.asarray(np.sqrt(np.minimum(layout, 1) * colors), dtype=np.float32)

    def unlike_mixture(
        self, before: NDArray[np.intp], middle: NDArray[np.intp], after: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        """Return how far the ``middle`` frames are from the mean of those ``before`` and ``after``.

        In units of the distance between these two, float32: 0 in the middle of a dissolve, 0.5 at a cut, and about
        that or more where something moves.
        """
        a, m, b = (self.thumbnails[frames] for frames in (before, middle, after))
        away = np.sqrt(((m - (a + b) / 2) ** 2).sum(axis=1))
        return np.asarray(away / np.sqrt(((b - a) ** 2).sum(axis=1) + _CELLS * _FLAT**2), dtype=np.float32)

    def mixing(self, before: int, after: int) -> NDArray[np.float32]:
        """Return for the frames ``before`` to ``after`` (inclusive) how much of the last one each holds, 0..1 or so."""
        frames = self.thumbnails[before : after + 1]
        way = frames[-1] - frames[0]
        return np.asarray((frames - frames[0]) @ way / max(float(way @ way), 1.0), dtype=np.float32)
