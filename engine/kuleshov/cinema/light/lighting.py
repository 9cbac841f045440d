"""Lighting of a segment: key, contrast, shadow, backlight, time of day, and how the light changes."""

from __future__ import annotations

import math
from typing import cast

import numpy as np

from kuleshov.cinema.light.light_switches import light_switches
from kuleshov.cinema.span import Span, frame_values, slope
from kuleshov.cinema.thumbnails.thumbnail_features import ThumbnailFeatures
from kuleshov.cinema.tracks import Tracks
from kuleshov.media.tone import SDR_GAMMA
from kuleshov.records import Key, Lighting, TimeOfDay

# Design values: a low-key picture is dark with much of it in shadow, a high-key one bright with almost no shadow.
_LOW_KEY_LUMA, _LOW_KEY_DARK_SHARE = 0.30, 0.40
_HIGH_KEY_LUMA, _HIGH_KEY_DARK_SHARE = 0.55, 0.10
_FLARE = 0.001  # light that a display adds to black, white 1: it limits contrast to ten stops
#: A time of day is named if its evidence is at least this strong, and ahead of the others' by this much.
_NAMED, _AHEAD = 0.6, 0.15


def describe_lighting(tracks: Tracks, spans: list[Span], features: ThumbnailFeatures) -> Lighting:
    """Return the lighting over the frames of ``spans`` (of one shot, or of the shots of a scene).

    ``features`` are those of the kept frames among them; their means are the segment's.

    ``key_value`` is the lighting key of Rasheed, Sheikh and Shah (IEEE TCSVT 15(1), 2005): mean times standard
    deviation of brightness; both low is low key, both high is high key. Brightness is luma here, scaled to 0..1.
    ``luma_slope`` is the rise per second of the straight line through the frames' mean luma. Contrast in stops is the
    ratio of displayed light (BT.1886) at the 95th and the 5th percentile of luma. Chiaroscuro, strong light and deep
    shadow together (Zettl, Sight Sound Motion), is the share of shadow times the range of luma: a design value.
    """

    def mean(name: str) -> float:
        return float(np.mean(frame_values(tracks, name, spans)))

    luma, contrast, dark = mean("luma_mean"), mean("contrast"), mean("dark_share")
    low, high = mean("luma_p05"), mean("luma_p95")
    day = {name: features.mean(name) for name in ("night", "dusk", "day")}
    named, confidence = _time_of_day(day)
    return Lighting(
        key=_key(luma, dark),
        key_value=float(np.mean(frame_values(tracks, "luma_mean", spans) * frame_values(tracks, "contrast", spans))),
        luma_mean=luma,
        contrast=contrast,
        contrast_range=high - low,
        dark_share=dark,
        bright_share=mean("bright_share"),
        luma_slope=slope(tracks["luma_mean"], spans),
        contrast_stops=math.log2((high**SDR_GAMMA + _FLARE) / (low**SDR_GAMMA + _FLARE)),
        chiaroscuro=dark * (high - low),
        backlight_stops=features.mean("backlight"),
        silhouette=features.mean("silhouette"),
        light_edges=features.mean("light_edges"),
        **day,
        time_of_day=named,
        time_of_day_confidence=confidence,
        switches=light_switches(tracks["luma_mean"], spans),
    )


def _time_of_day(evidence: dict[str, float]) -> tuple[TimeOfDay, float]:
    """The time of day with the strongest evidence, and its confidence; "unknown" if that is weak or not far ahead."""
    second, first = sorted(evidence.values())[-2:]
    if first < _NAMED or first - second < _AHEAD:
        return "unknown", 0.0
    return cast(TimeOfDay, max(evidence, key=lambda name: evidence[name])), first


def _key(luma: float, dark_share: float) -> Key:
    if luma < _LOW_KEY_LUMA and dark_share > _LOW_KEY_DARK_SHARE:
        return "low"
    if luma > _HIGH_KEY_LUMA and dark_share < _HIGH_KEY_DARK_SHARE:
        return "high"
    return "normal"
