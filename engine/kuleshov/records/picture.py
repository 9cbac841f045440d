"""What is seen in a stretch of film: light, colour, movement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Key = Literal["low", "normal", "high"]
Amount = Literal["static", "slow", "moderate", "fast"]


@dataclass(frozen=True)
class Lighting:
    key: Key
    key_value: float  # mean x standard deviation of luma (Rasheed 2005), luma 0..1
    luma_mean: float  # 0..1
    contrast: float  # standard deviation of luma, 0..0.5
    contrast_range: float  # 95th minus 5th percentile of luma, 0..1
    dark_share: float  # share of pixels below 0.18
    bright_share: float  # share of pixels above 0.8
    luma_slope: float  # change of mean luma per second


@dataclass(frozen=True)
class PaletteColor:
    name: str
    rgb: str  # "#rrggbb"
    share: float  # 0..1


@dataclass(frozen=True)
class Color:
    saturation: float  # mean chroma magnitude, 0..1
    warmth: float  # -1 (blue) .. 1 (orange): mean of (Cr - Cb) / 255
    monochrome: bool
    palette: list[PaletteColor]  # largest first


@dataclass(frozen=True)
class Camera:
    amount: Amount  # of all movement in the picture
    motion_mean: float  # frame-widths per second
    motion_median: float
    motion_p90: float
    pan: float  # median horizontal picture movement, frame-widths per second, signed (+ = picture moves right)
    tilt: float  # the same, vertical (+ = picture moves down)
    zoom: float  # relative growth per second (+ = picture grows: zoom or push in)
    shake: float  # RMS of the global movement above 1 Hz, frame-widths


@dataclass(frozen=True)
class CameraAngle:
    """How the camera is held, by the lean of upright lines. ``None``: the picture has too few of them to tell."""

    roll_degrees: float | None  # the picture leans clockwise (+) or counter-clockwise (-): a Dutch angle
    pitch_degrees: float | None  # the camera looks up (+, a low angle) or down (-, a high angle)
    known_share: float  # share of the frames looked at that showed enough lines, 0..1
