"""Colour of a stretch of film: saturation, colourfulness, warmth, dyes, and the palette with its names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.colour.palette import palette_of
from kuleshov.cinema.colour.tinting_toning import find_dye
from kuleshov.cinema.light.thumbnail_features import ThumbnailFeatures
from kuleshov.cinema.span import Span, frame_values, slope_of
from kuleshov.cinema.tracks import Tracks
from kuleshov.media.color import ColorSpec
from kuleshov.records import Color

#: Mean saturation up to which a picture counts as black and white; scanned monochrome prints stay below (design value).
MONOCHROME_SATURATION = 0.025


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

    def following(self) -> HistogramSeries:
        """Return a series for what comes next, empty, that goes on in the same rhythm."""
        series = HistogramSeries()
        series._gap_seconds, series._last_seconds = self._gap_seconds, self._last_seconds
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

    def rows(self, spans: Sequence[Span]) -> NDArray[np.int64]:
        """Return which of the kept frames lie in spans; a span between two of them takes the one before."""
        rows = []
        for first, end in spans:
            low, high = np.searchsorted(self._frames, (first, end))
            if low == high:
                low = min(max(low - 1, 0), len(self._frames) - 1)
                high = low + 1
            rows.append(np.arange(low, high))
        return np.concatenate(rows)

    def mean(self, spans: Sequence[Span], *, bins: int) -> NDArray[np.float64]:
        """Return the mean histogram float64 ``[bins]`` over the kept frames in spans (see ``rows``), summing to 1."""
        total = np.zeros(bins, dtype=np.float64)
        for number in self.rows(spans):
            counts = self._counts[number]
            total[self._bins[number]] += counts / counts.sum(dtype=np.float64)  # no bin is there twice
        total /= max(float(total.sum()), 1.0e-12)
        return total


def describe_color(
    tracks: Tracks,
    spans: Sequence[Span],
    looks: ThumbnailFeatures,
    *,
    histogram: NDArray[np.float64],
    thumbnails: NDArray[np.uint8],
    coding: ColorSpec,
) -> Color:
    """Return the colour over the frames of ``spans``.

    Their mean colour histogram is float64 ``[2048]``, sum 1; ``looks`` and ``thumbnails`` uint8 ``[n, 3, h, w]`` are
    those of their kept frames. Warmth, colourfulness and temperature are means over these; the temperature is that of
    the median frame among those that have one, if that is half of them or more.
    """
    saturation = float(np.mean(frame_values(tracks, "saturation", spans)))
    dyed = find_dye(thumbnails, coding)
    kelvin = looks.values["color_temperature"]
    told = np.isfinite(kelvin)
    return Color(
        saturation=saturation,
        warmth=looks.mean("warmth"),
        monochrome=saturation < MONOCHROME_SATURATION,
        palette=palette_of(histogram, coding),
        warmth_slope=slope_of(looks.seconds, looks.values["warmth"]),
        colorfulness=looks.mean("colorfulness"),
        temperature_kelvin=float(np.median(kelvin[told])) if 2 * told.sum() >= len(told) else None,
        teal_orange=looks.mean("teal_orange"),
        dye=dyed.dye if dyed else "none",
        dye_color=dyed.color if dyed else None,
    )
