"""Converts HDR and wide-gamut frames to SDR, so that measurements of all films can be compared.

It is done once, before anything is measured: light, colour, thumbnails, movement and networks all use the same
pictures.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kuleshov.cuda.devices import runtime
from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.arguments import check_batch
from kuleshov.kernels.native import native
from kuleshov.media.color import ColorSpec, rgb_from_ycbcr
from kuleshov.media.tone import SDR_CODING, displayed_light, needs_mapping, sdr_from_light, ycbcr_from_rgb

_SIDE, _STEP = 65, 4
_FRACTIONS = 64


def tone_map(batch: FrameBatch) -> FrameBatch:
    """Return the batch as SDR frames of BT.709, limited range; an SDR batch is returned unchanged.

    The mapping is defined in ``media.tone`` and looked up in a table of 65 nodes along Y, Cb and Cr (see
    ``csrc/include/kuleshov/color_cube.h``): on pictures within 1 code value of the definition on average, less exact
    where strong colours reach white, and with the same bits on every backend. Counts of the batch are dropped. Raises
    ``DeviceError`` or ``ValueError`` on a batch that native code can't read.
    """
    if not needs_mapping(batch.color):
        return batch
    check_batch("tone_map", batch)
    cube = color_cube(batch.color)
    on = cube if batch.device == "cpu" else runtime(batch.device).upload(cube)
    luma, chroma = native(batch.device).tone_map(batch.luma, batch.chroma, on)
    return replace(batch, luma=luma, chroma=chroma, color=SDR_CODING, counts=None)


@lru_cache(maxsize=8)
def color_cube(color: ColorSpec) -> NDArray[np.int16]:
    """Return a coding's table: int16 ``[3, 65, 65, 65]``, Y, Cb, Cr in 64ths of a code value over Y, Cb, Cr."""
    nodes = np.arange(_SIDE) * _STEP
    grid = np.stack(np.meshgrid(nodes, nodes, nodes, indexing="ij"), axis=-1)
    rgb = rgb_from_ycbcr(grid[..., 0], grid[..., 1], grid[..., 2], color).astype(np.float64)
    shown = ycbcr_from_rgb(sdr_from_light(displayed_light(rgb, color), color), SDR_CODING)
    limits = np.iinfo(np.int16)
    cube = np.rint(np.moveaxis(shown, -1, 0) * _FRACTIONS).clip(limits.min, limits.max).astype(np.int16, order="C")
    cube.flags.writeable = False
    return cube
