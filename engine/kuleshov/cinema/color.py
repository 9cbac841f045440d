"""Colour of a stretch of film: saturation, warmth, black and white, and the palette with its names."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.span import Span, frame_values
from kuleshov.cinema.tracks import Tracks
from kuleshov.kernels.color_histogram import bin_centres
from kuleshov.media.color import ColorSpec, rgb_from_ycbcr
from kuleshov.records import Color, PaletteColor

#: Mean saturation up to which a picture counts as black and white; scanned monochrome prints stay below (design value).
MONOCHROME_SATURATION = 0.025
_PALETTE_LEAST_SHARE = 0.01
#: Upper hue in degrees of each family, after common usage; brown, olive and pink are told by lightness as well.
_HUES = (
    (15, "red"),
    (42, "orange"),
    (70, "yellow"),
    (165, "green"),
    (200, "cyan"),
    (260, "blue"),
    (300, "purple"),
    (345, "pink"),
    (360, "red"),
)
_BROWN_HUES = (8, 55)


class HistogramSeries:
    """Colour histograms of a film's frames, kept sparse: a frame fills about a hundred of the 2048 bins.

    At most ``per_second`` frames of each second are kept, so that a feature film takes some 20 MB.
    """

    def __init__(self, *, per_second: float = 8.0) -> None:
        self._gap_seconds = 1.0 / per_second - 1e-6
        self._frames: list[int] = []
        self._bins: list[NDArray[np.uint16]] = []
        self._counts: list[NDArray[np.uint32]] = []
        self._last_seconds = -np.inf

    @classmethod
    def stored(
        cls, frames: Sequence[int], bins: Sequence[NDArray[np.uint16]], counts: Sequence[NDArray[np.uint32]]
    ) -> HistogramSeries:
        """Return the histograms that were kept once: of each frame the filled bins and their counts."""
        series = cls()
        series._frames, series._bins, series._counts = list(frames), list(bins), list(counts)
        return series

    @property
    def frames(self) -> list[int]:
        """The numbers of the frames that are kept, ascending."""
        return self._frames

    @property
    def sparse(self) -> list[tuple[NDArray[np.uint16], NDArray[np.uint32]]]:
        """The filled bins of each kept frame and their counts."""
        return list(zip(self._bins, self._counts, strict=True))

    def push(self, index: NDArray[np.int64], seconds: NDArray[np.float64], histograms: NDArray[np.int32]) -> list[int]:
        """Take a batch: frame numbers ``[N]``, their times ``[N]``, histograms int32 ``[N, 2048]``.

        Returns which of its frames were kept, as places in the batch.
        """
        kept = []
        for place, (number, time, histogram) in enumerate(zip(index, seconds, histograms, strict=True)):
            if time - self._last_seconds < self._gap_seconds:
                continue
            kept.append(place)
            bins = np.flatnonzero(histogram)
            self._frames.append(int(number))
            self._bins.append(bins.astype(np.uint16))
            self._counts.append(histogram[bins].astype(np.uint32))
            self._last_seconds = time
        return kept

    def mean(self, spans: Sequence[Span], *, bins: int) -> NDArray[np.float64]:
        """Return the mean histogram float64 ``[bins]`` over spans, summing to 1.

        A span between two kept frames takes the nearer one.
        """
        total = np.zeros(bins, dtype=np.float64)
        for first, end in spans:
            low, high = np.searchsorted(self._frames, (first, end))
            if low == high:
                low = min(max(low - 1, 0), len(self._frames) - 1)
                high = low + 1
            for number in range(low, high):
                np.add.at(total, self._bins[number], self._counts[number] / self._counts[number].sum(dtype=np.float64))
        total /= max(float(total.sum()), 1.0e-12)
        return total


def describe_color(tracks: Tracks, spans: Sequence[Span], histogram: NDArray[np.float64], coding: ColorSpec) -> Color:
    """Return the colour over the frames of ``spans``, whose mean colour histogram is float64 ``[2048]``, sum 1.

    ``warmth`` is the mean of (Cr - Cb) / 255: orange is positive, blue negative. The palette merges the histogram's
    bins by colour name; each entry's RGB is the mean of its bins. Shares below 1 % are left out.
    """
    saturation = float(np.mean(frame_values(tracks, "saturation", spans)))
    return Color(
        saturation=saturation,
        warmth=float(np.mean(frame_values(tracks, "warmth", spans))),
        monochrome=saturation < MONOCHROME_SATURATION,
        palette=_palette(histogram, coding),
    )


def _palette(histogram: NDArray[np.float64], coding: ColorSpec) -> list[PaletteColor]:
    rgb, names = _bin_colors(coding)
    colors = []
    for name in sorted(set(names)):
        members = [number for number in np.flatnonzero(histogram) if names[number] == name]
        share = float(histogram[members].sum())
        if share >= _PALETTE_LEAST_SHARE:
            mean = (histogram[members, None] * rgb[members]).sum(axis=0) / share
            code = "#" + "".join(f"{round(255 * value):02x}" for value in mean)
            colors.append(PaletteColor(name, code, share))
    return sorted(colors, key=lambda color: -color.share)


@lru_cache(maxsize=8)
def _bin_colors(coding: ColorSpec) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """RGB float32 ``[2048, 3]`` in 0..1 of every bin's centre, and its colour name."""
    luma, cb, cr = bin_centres().T
    rgb = rgb_from_ycbcr(luma, cb, cr, coding).clip(0, 1)
    return rgb, tuple(color_name(*color) for color in rgb.tolist())


def color_name(red: float, green: float, blue: float) -> str:
    """Return the basic colour term for an R'G'B' colour in 0..1."""
    hue, lightness, _ = colorsys.rgb_to_hls(red, green, blue)
    chroma = max(red, green, blue) - min(red, green, blue)
    if lightness < 0.10:
        return "black"
    if chroma < 0.10:
        return "white" if lightness > 0.85 else "grey"
    degrees = 360 * hue
    if _BROWN_HUES[0] < degrees < _BROWN_HUES[1] and lightness < 0.40 and chroma < 0.55:
        return "brown"  # dark orange, and dark red that leans to it
    name = next(name for limit, name in _HUES if degrees <= limit)
    if name == "yellow" and lightness < 0.40:
        return "green"  # olive
    return "pink" if name == "red" and lightness > 0.72 else name
