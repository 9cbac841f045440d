"""How a stream's numbers stand for light: matrix, range and transfer, with the guesses that players make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Matrix = Literal["bt601", "bt709", "bt2020"]
Range = Literal["limited", "full"]
Transfer = Literal["sdr", "pq", "hlg", "linear"]

# Code points of ITU-T H.273 (as in FFmpeg's AVCOL_* constants); 2 means "unspecified".
_MATRIX: dict[int, Matrix] = {1: "bt709", 4: "bt601", 5: "bt601", 6: "bt601", 7: "bt709", 9: "bt2020", 10: "bt2020"}
_TRANSFER: dict[int, Transfer] = {8: "linear", 16: "pq", 18: "hlg"}
_UNSPECIFIED_TRANSFER = (0, 2)
_RGB = ("rgb", "bgr", "gbr", "0rgb", "0bgr", "argb", "abgr", "pal", "x2rgb", "x2bgr", "mono", "bayer")


@dataclass(frozen=True)
class ColorSpec:
    """Colour coding of a film's frames. ``guessed`` names the fields that the file did not state."""

    matrix: Matrix = "bt709"
    range: Range = "limited"
    transfer: Transfer = "sdr"
    guessed: tuple[str, ...] = ()


def color_spec(*, matrix: int, range: int, transfer: int, pixel_format: str, height: int) -> ColorSpec:
    """Return the coding that the stream states by its H.273 code points, guessing what it leaves out.

    An unstated matrix is BT.709 from 720 lines up and BT.601 below; an unstated range is limited, unless the
    pixel format itself says full (``yuvj...`` and grey formats). An unstated transfer counts as SDR. RGB pictures are
    decoded to limited-range BT.601 (what swscale makes of them), whatever coding they state.
    """
    if pixel_format.startswith(_RGB):
        return ColorSpec(matrix="bt601", range="limited", transfer=_TRANSFER.get(transfer, "sdr"))
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
    )
