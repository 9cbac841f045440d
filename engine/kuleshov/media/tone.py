"""The light of code values: PQ, HLG and wide-gamut colours as an SDR display of reference white would show them.

Displayed light is in units of HDR reference white, 203 cd/m2 (ITU-R BT.2408-7, 2.1), which becomes the white of SDR:
the direct mapping of BT.2408. So an HDR film made from SDR measures like the original, and two masters of one film
measure alike up to reference white. Brighter colours are scaled until their largest channel fits, which keeps their
hue. Displays roll highlights off instead (BT.2390), and graders decide shot by shot: neither is measured here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.media.color import CHROMA_STEPS, LUMA_RANGE, LUMA_WEIGHTS, ColorSpec

#: cd/m2 of HDR reference white (ITU-R BT.2408-7).
REFERENCE_WHITE_NITS = 203.0
#: The SDR display: ITU-R BT.1886 with a black of no light.
SDR_GAMMA = 2.4
#: What HDR and wide-gamut frames are measured as.
SDR_CODING = ColorSpec()

_PQ_PEAK_NITS = 10_000.0
# SMPTE ST 2084.
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
# ARIB STD-B67 and ITU-R BT.2100-2; system gamma and peak of its reference display.
_HLG_A, _HLG_B, _HLG_C = 0.17883277, 0.28466892, 0.55991073
_HLG_GAMMA, _HLG_PEAK_NITS = 1.2, 1000.0
#: Linear BT.2020 to linear BT.709 (ITU-R BT.2087-0).
_TO_BT709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], dtype=np.float64
)


def needs_mapping(color: ColorSpec) -> bool:
    """Return whether frames of this coding must be mapped: they are not SDR in BT.709's gamut, or near to it."""
    return color.transfer in ("pq", "hlg") or color.primaries == "bt2020"


def measured_coding(color: ColorSpec) -> ColorSpec:
    """Return the coding of a film's frames as they are measured: SDR, whatever they are."""
    return SDR_CODING if needs_mapping(color) else color


def mapping_note(color: ColorSpec) -> list[str]:
    """Return a note if a film's frames are mapped before they are measured."""
    if not needs_mapping(color):
        return []
    name = {"pq": "PQ", "hlg": "HLG"}.get(color.transfer, "BT.2020")
    return [f"{name} pictures: measured as SDR, white at {REFERENCE_WHITE_NITS:g} cd/m2 of HDR"]


def displayed_light(rgb: NDArray[np.float64], color: ColorSpec) -> NDArray[np.float64]:
    """Return the light that a reference display makes of R'G'B' ``[..., 3]``, 1 = reference white; in its primaries.

    Values above 1 are clipped; negative values give negative light of the same size.
    """
    signal, sign = np.abs(rgb).clip(0, 1), np.sign(rgb)
    if color.transfer == "pq":
        power = signal ** (1 / _M2)
        light = (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1)
        return np.asarray(sign * light * (_PQ_PEAK_NITS / REFERENCE_WHITE_NITS))
    if color.transfer == "hlg":
        scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - _HLG_C) / _HLG_A) + _HLG_B) / 12)
        red, blue = LUMA_WEIGHTS["bt2020"]
        luminance = np.maximum((sign * scene) @ np.array([red, 1 - red - blue, blue]), 0)
        light = sign * scene * luminance[..., None] ** (_HLG_GAMMA - 1)
        return np.asarray(light * (_HLG_PEAK_NITS / REFERENCE_WHITE_NITS))
    return np.asarray(sign * signal**SDR_GAMMA)


def sdr_from_light(light: NDArray[np.float64], color: ColorSpec) -> NDArray[np.float64]:
    """Return the R'G'B' ``[..., 3]`` of BT.709 that shows displayed light in the primaries of ``color``.

    At most 1; below 0 if a colour is outside the gamut: it is not clipped, so that it keeps its hue.
    """
    narrow = light @ _TO_BT709.T if color.primaries == "bt2020" else light
    fitting = narrow / np.maximum(narrow.max(axis=-1, keepdims=True), 1.0)
    return np.asarray(np.sign(fitting) * np.abs(fitting) ** (1 / SDR_GAMMA))


def ycbcr_from_rgb(rgb: NDArray[np.float64], color: ColorSpec) -> NDArray[np.float64]:
    """Return the code values ``[..., 3]`` of Y, Cb and Cr, unrounded, of R'G'B' in 0..1: undoes ``rgb_from_ycbcr``."""
    red, blue = LUMA_WEIGHTS[color.matrix]
    black, steps = LUMA_RANGE[color.range]
    y = rgb @ np.array([red, 1 - red - blue, blue])
    differences = ((rgb[..., 2] - y) / (2 - 2 * blue), (rgb[..., 0] - y) / (2 - 2 * red))
    return np.stack([black + steps * y, *(128 + CHROMA_STEPS[color.range] * each for each in differences)], axis=-1)
