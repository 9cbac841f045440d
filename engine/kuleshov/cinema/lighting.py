"""Lighting of a stretch of film: key, contrast, dark and bright shares, and whether the light rises or sinks."""

from __future__ import annotations

import numpy as np

from kuleshov.cinema.span import Span, frame_values, slope
from kuleshov.cinema.tracks import Tracks
from kuleshov.records import Key, Lighting

# Design values: a low-key picture is dark with much of it in shadow, a high-key one bright with almost no shadow.
_LOW_KEY_LUMA, _LOW_KEY_DARK_SHARE = 0.30, 0.40
_HIGH_KEY_LUMA, _HIGH_KEY_DARK_SHARE = 0.55, 0.10


def describe_lighting(tracks: Tracks, spans: list[Span]) -> Lighting:
    """Return the lighting over the frames of ``spans`` (of one shot, or of the shots of a scene).

    ``key_value`` is the lighting key of Rasheed, Sheikh and Shah (IEEE TCSVT 15(1), 2005): mean times standard
    deviation of brightness; both low is low key, both high is high key. Here brightness is luma, scaled to 0..1.
    The slope is that of the straight line through the mean luma of the frames, per second.
    """

    def mean(name: str) -> float:
        return float(np.mean(frame_values(tracks, name, spans)))

    luma, contrast, dark = mean("luma_mean"), mean("contrast"), mean("dark_share")
    return Lighting(
        key=_key(luma, dark),
        key_value=float(np.mean(frame_values(tracks, "luma_mean", spans) * frame_values(tracks, "contrast", spans))),
        luma_mean=luma,
        contrast=contrast,
        contrast_range=mean("luma_p95") - mean("luma_p05"),
        dark_share=dark,
        bright_share=mean("bright_share"),
        luma_slope=slope(tracks["luma_mean"], spans),
    )


def _key(luma: float, dark_share: float) -> Key:
    if luma < _LOW_KEY_LUMA and dark_share > _LOW_KEY_DARK_SHARE:
        return "low"
    if luma > _HIGH_KEY_LUMA and dark_share < _HIGH_KEY_DARK_SHARE:
        return "high"
    return "normal"
