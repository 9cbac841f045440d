"""The picture of a segment: light, colour, movement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

Key = Literal["low", "normal", "high"]
Amount = Literal["static", "slow", "moderate", "fast"]
TimeOfDay = Literal["day", "dusk", "night", "unknown"]
Dye = Literal["none", "tinted", "toned"]
# Camera movements; "left", "up" and so on are the camera's own: a pan to the right moves the picture left.
MovementName = Literal[
    "static",
    "pan_left",
    "pan_right",
    "tilt_up",
    "tilt_down",
    "roll_clockwise",
    "roll_counterclockwise",
    "zoom_in",
    "zoom_out",
    "dolly_in",
    "dolly_out",
    "truck_left",
    "truck_right",
    "pedestal_up",
    "pedestal_down",
    "dolly_zoom",
    "tracking",
    "whip_pan",
    "handheld",
    "rack_focus",
]
MOVEMENTS: tuple[MovementName, ...] = get_args(MovementName)


@dataclass(frozen=True)
class LightSwitch:
    """A sudden change of light inside a shot: a lamp goes on, curtains fall."""

    seconds: float
    change: float  # of mean luma, -1 (all goes dark) .. 1


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
    # The following are None in old descriptions.
    contrast_stops: float | None = None  # ratio of displayed light at the 95th and 5th percentile of luma, 0..10
    chiaroscuro: float | None = None  # dark share x contrast range, 0..1
    backlight_stops: float | None = None  # how much brighter it is behind the figure in the middle, 0..7
    silhouette: float | None = None  # a dark figure in front of a bright background, 0..1
    light_edges: float | None = None  # tonal steps between neighbouring cells: large in hard light, 0..1
    night: float | None = None  # evidence that it is night, 0..1; 0.5 is brightness alone
    dusk: float | None = None  # blue hour or a setting sun
    day: float | None = None
    time_of_day: TimeOfDay = "unknown"
    time_of_day_confidence: float = 0.0  # 0..1
    switches: list[LightSwitch] = field(default_factory=list)


@dataclass(frozen=True)
class PaletteColor:
    name: str
    rgb: str  # "#rrggbb"
    share: float  # 0..1


@dataclass(frozen=True)
class Color:
    saturation: float  # mean chroma magnitude, 0..1
    warmth: float  # warm above 0, cool below, grey -0.5 (Ou et al. 2004, from CIELAB), about -2.5..2.5
    monochrome: bool  # black and white; tinted and toned film has a ``dye``
    palette: list[PaletteColor]  # largest first
    # The following are None if undefined, and in old descriptions.
    warmth_slope: float | None = None  # change of warmth per second
    colorfulness: float | None = None  # Hasler and Suesstrunk 2003: 0 grey, 33 moderate, 59 quite, 109 extreme
    temperature_kelvin: float | None = None  # correlated colour temperature of the picture's mean light, 2000..12500
    teal_orange: float | None = None  # how much the colours are teal and orange, 0..1
    dye: Dye = "none"  # one colour in the highlights too (tinted), or in the shadows while highlights are white (toned)
    dye_color: str | None = None  # its name


@dataclass(frozen=True)
class Movement:
    """One movement of the camera, and when; several can overlap."""

    name: MovementName
    start_seconds: float
    end_seconds: float
    # Picture widths a second; of zooms and dollies growth per second, of rolls degrees a second; None if it has none
    speed: float | None
    confidence: float  # 0..1


@dataclass(frozen=True)
class Camera:
    amount: Amount  # of all movement in the picture
    motion_mean: float  # picture widths per second
    motion_median: float
    motion_p90: float
    pan: float  # mean horizontal picture movement, picture widths per second, signed (+ = picture moves right)
    tilt: float  # the same, vertical (+ = picture moves down)
    zoom: float  # relative growth per second (+ = picture grows: zoom or push in)
    shake: float  # RMS of the global movement above 1 Hz, picture widths
    roll: float = 0.0  # turn of the picture, degrees per second (+ = clockwise)
    parallax: float = 0.0  # difference of near and far, as a share of the movement; about 0 if the camera turns
    object_motion: float = 0.0  # movement of objects relative to the camera's, picture widths per second
    object_share: float = 0.0  # share of the textured picture that does not move with the camera, 0..1
    steadiness: float = 1.0  # 1 (no shake) .. 0: 1 / (1 + shake / 0.003)
    movements: list[Movement] = field(default_factory=list)  # in order of start; none if too little can be followed


@dataclass(frozen=True)
class CameraAngle:
    """The angle of the camera, by vertical lines. ``None``: the picture has too few of them."""

    roll_degrees: float | None  # the picture is tilted clockwise (+) or counter-clockwise (-): a Dutch angle
    pitch_degrees: float | None  # the camera looks up (+, a low angle) or down (-, a high angle)
    known_share: float  # share of the measured frames with enough lines, 0..1
