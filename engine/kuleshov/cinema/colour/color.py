"""Colour of a segment: saturation, colourfulness, warmth, tinting and toning, and the palette with its names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.colour.palette import palette_of
from kuleshov.cinema.colour.tinting_toning import find_tinting_or_toning
from kuleshov.cinema.span import Span, frame_values, slope_of
from kuleshov.cinema.thumbnails.thumbnail_features import ThumbnailFeatures
from kuleshov.cinema.tracks import Tracks
from kuleshov.media.color import ColorSpec
from kuleshov.records import Color

#: Mean saturation below which a picture counts as black and white; scanned monochrome prints do (design value).
MONOCHROME_SATURATION = 0.025


def describe_color(
    tracks: Tracks,
    spans: Sequence[Span],
    features: ThumbnailFeatures,
    *,
    histogram: NDArray[np.float64],
    thumbnails: NDArray[np.uint8],
    coding: ColorSpec,
) -> Color:
    """Return the colour over the frames of ``spans``.

    ``histogram`` float64 ``[2048]``, sum 1, is the mean of their colour histograms; ``features`` and ``thumbnails``
    uint8 ``[n, 3, h, w]`` are those of their kept frames. Warmth and colourfulness are means over these. The colour
    temperature is the median over the frames that have one, if at least half do.
    """
    saturation = float(np.mean(frame_values(tracks, "saturation", spans)))
    dyed = find_tinting_or_toning(thumbnails, coding)
    kelvin = features.values["color_temperature"]
    known = np.isfinite(kelvin)
    return Color(
        saturation=saturation,
        warmth=features.mean("warmth"),
        monochrome=saturation < MONOCHROME_SATURATION,
        palette=palette_of(histogram, coding),
        warmth_slope=slope_of(features.seconds, features.values["warmth"]),
        colorfulness=features.mean("colorfulness"),
        temperature_kelvin=float(np.median(kelvin[known])) if 2 * known.sum() >= len(known) else None,
        teal_orange=features.mean("teal_orange"),
        dye=dyed.dye if dyed else "none",
        dye_color=dyed.color if dyed else None,
    )
