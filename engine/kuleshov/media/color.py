"""How a stream's numbers stand for light: matrix, range and transfer, with the guesses that players make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Matrix = Literal["bt601", "bt709", "bt2020"]
Range = Literal["limited", "full"]
Transfer = Literal["sdr", "pq", "hlg", "linear"]
Primaries = Literal["bt709", "bt2020"]

# Code points of ITU-T H.273 (as in FFmpeg's AVCOL_* constants); 2 means "unspecified".
_MATRIX: dict[int, Matrix] = {1: "bt709", 4: "bt601", 5: "bt601", 6: "bt601", 7: "bt709", 9: "bt2020", 10: "bt2020"}
_TRANSFER: dict[int, Transfer] = {8: "linear", 16: "pq", 18: "hlg"}
_UNSPECIFIED_TRANSFER = (0, 2)
_WIDE_GAMUT, _UNSPECIFIED_PRIMARIES = 9, (0, 2)
_RGB = ("rgb", "bgr", "gbr", "0rgb", "0bgr", "argb", "abgr", "pal", "x2rgb", "x2bgr", "mono", "bayer")


#: Black level of luma, and the steps from there to white (ITU-R BT.709, 3.5).
LUMA_RANGE: dict[Range, tuple[int, int]] = {"limited": (16, 219), "full": (0, 255)}
#: Steps from one end of a colour difference to the other.
CHROMA_STEPS: dict[Range, int] = {"limited": 224, "full": 255}
#: Luma weights of red and blue: ITU-R BT.601-7, BT.709-6, BT.2020-2 (non-constant luminance).
LUMA_WEIGHTS: dict[Matrix, tuple[float, float]] = {
    "bt601": (0.299, 0.114),
    "bt709": (0.2126, 0.0722),
    "bt2020": (0.2627, 0.0593),
}


@dataclass(frozen=True)
class ColorSpec:
    """Colour coding of a film's frames. ``guessed`` names the fields that the file did not state."""

    matrix: Matrix = "bt709"
    range: Range = "limited"
    transfer: Transfer = "sdr"
    guessed: tuple[str, ...] = ()
    primaries: Primaries = "bt709"  # BT.601's, DCI's and the older ones count as BT.709's, which they are near


def rgb_from_ycbcr(
    luma: NDArray[np.integer[Any]], cb: NDArray[np.integer[Any]], cr: NDArray[np.integer[Any]], spec: ColorSpec
) -> NDArray[np.float32]:
    """Return R'G'B' float32 ``[..., 3]``, black 0, white 1, from code values ``[...]`` each.

    The transfer is left alone, and nothing is clipped: codes outside the legal range give values outside 0..1.
    """
    black, steps = LUMA_RANGE[spec.range]
    red_weight, blue_weight = LUMA_WEIGHTS[spec.matrix]
    y = (luma.astype(np.float32) - black) / np.float32(steps)
    blue_difference, red_difference = (
        (plane.astype(np.float32) - 128) / np.float32(CHROMA_STEPS[spec.range]) for plane in (cb, cr)
    )
    red = y + red_difference * np.float32(2 - 2 * red_weight)
    blue = y + blue_difference * np.float32(2 - 2 * blue_weight)
    green = (y - red * np.float32(red_weight) - blue * np.float32(blue_weight)) / np.float32(
        1 - red_weight - blue_weight
    )
    return np.stack((red, green, blue), axis=-1)


def is_rgb(pixel_format: str) -> bool:
    """Return whether a pixel format of FFmpeg holds RGB, a palette of it, or black and white bits."""
    return pixel_format.startswith(_RGB)


def color_spec(
    *, matrix: int, range: int, transfer: int, pixel_format: str, height: int, primaries: int = 2
) -> ColorSpec:
    """Return the coding that the stream states by its H.273 code points, guessing what it leaves out.

    An unstated matrix is BT.709 from 720 lines up and BT.601 below; an unstated range is limited, unless the
    pixel format itself says full (``yuvj...`` and grey formats). An unstated transfer counts as SDR. Unstated
    primaries are BT.2020's where the matrix is, or the transfer is PQ or HLG. RGB pictures are converted to
    limited-range BT.601 (``decode.planes``), whatever coding they state.
    """
    wide = primaries == _WIDE_GAMUT or (
        primaries in _UNSPECIFIED_PRIMARIES
        and (_MATRIX.get(matrix) == "bt2020" or _TRANSFER.get(transfer) in ("pq", "hlg"))
    )
    gamut: Primaries = "bt2020" if wide else "bt709"
    if is_rgb(pixel_format):
        return ColorSpec(matrix="bt601", range="limited", transfer=_TRANSFER.get(transfer, "sdr"), primaries=gamut)
    guessed = []
    if matrix not in _MATRIX:
        guessed.append("matrix")
    if range == 0:
        guessed.append("range")
    if transfer in _UNSPECIFIED_TRANSFER:
        guessed.append("transfer")
    full = range == 2 or (range == 0 and pixel_format.startswith(("yuvj", "gray")))
    return ColorSpec(
        matrix=_MATRIX.get(matrix, "bt709" if height >= 720 else "bt601"),
        range="full" if full else "limited",
        transfer=_TRANSFER.get(transfer, "sdr"),
        guessed=tuple(guessed),
        primaries=gamut,
    )
