"""A face cut out of a picture and turned upright: the square input of a network, by bilinear sampling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Square:
    """A square of a picture: its centre and side in pixels, and its angle in radians, clockwise."""

    x: float
    y: float
    side: float
    angle: float = 0.0

    def to_picture(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points ``[n, 2]`` of the square (0..1) in pixels of the picture."""
        cosine, sine = np.cos(self.angle), np.sin(self.angle)
        turned = ((points - 0.5) * self.side) @ np.array([[cosine, sine], [-sine, cosine]])
        return np.asarray(turned + np.array((self.x, self.y)))


def cut(picture: NDArray[np.float32], square: Square, *, size: int) -> NDArray[np.float32]:
    """Return float32 ``[3, size, size]`` of a picture ``[3, height, width]``; its border is repeated outside."""
    import torch

    height, width = picture.shape[1:]
    centres = (np.arange(size) + 0.5) / size
    grid = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)
    at = square.to_picture(grid) / (width, height) * 2 - 1
    sampled = torch.nn.functional.grid_sample(
        torch.from_numpy(np.ascontiguousarray(picture))[None],
        torch.from_numpy(at.astype(np.float32).reshape(1, size, size, 2)),
        padding_mode="border",
        align_corners=False,
    )
    return np.asarray(sampled[0].numpy())
