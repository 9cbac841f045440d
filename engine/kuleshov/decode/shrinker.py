"""Decoded frames to analysis frames: the picture without its bars, area-averaged straight from its planes, upright."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.letterbox import Area
from kuleshov.decode.planes import planes
from kuleshov.media.probe import MediaInfo

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

_NEUTRAL_CHROMA = 128


class Shrinker:
    """Shrinks the frames of one film to the size of the arrays that it is given."""

    def __init__(self, info: MediaInfo, area: Area) -> None:
        self._info = info
        self._area = area

    def shrink(self, frame: VideoFrame, luma: NDArray[np.uint8], chroma: NDArray[np.uint8]) -> None:
        """Write one frame to ``luma`` uint8 ``[H, W]`` and ``chroma`` uint8 ``[H/2, W/2, 2]``."""
        from kuleshov._cpu import area_average

        source = planes(frame, mirrored=self._info.mirrored)
        turns = self._info.rotation_degrees // 90
        for plane, out in ((source.luma, luma), (source.cb, chroma[..., 0]), (source.cr, chroma[..., 1])):
            if plane is None:
                out[:] = _NEUTRAL_CHROMA
                continue
            area_average(self._cut(plane), np.rot90(out, turns), bit_depth=source.bit_depth)

    def _cut(self, plane: NDArray[Any]) -> NDArray[Any]:
        """The picture area of a plane, whatever its subsampling, and also if the frame size changes mid-stream."""
        x, y, width, height = self._area
        rows, columns = plane.shape
        top, left = y * rows // self._info.coded_height, x * columns // self._info.coded_width
        bottom = -(-(y + height) * rows // self._info.coded_height)
        right = -(-(x + width) * columns // self._info.coded_width)
        return plane[top:bottom, left:right]
