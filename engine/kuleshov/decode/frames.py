"""``FrameBatch``: what every decoder yields and every kernel takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kuleshov.media.color import ColorSpec


@dataclass(frozen=True)
class FrameCounts:
    """What a decoder counted while it shrank the frames, so that no kernel must read them again.

    - ``color_histogram``: int32 ``[N, 2048]``, as ``kernels.color_histogram`` returns
    - ``luma_histogram``: int32 ``[N, 256]``
    - ``chroma_sums``: int64 ``[N, 3]``: Cb, Cr and chroma magnitude (``csrc/include/kuleshov/frame_sums.h``)
    """

    color_histogram: Any
    luma_histogram: Any
    chroma_sums: Any

    def __getitem__(self, which: slice) -> FrameCounts:
        return FrameCounts(self.color_histogram[which], self.luma_histogram[which], self.chroma_sums[which])


@dataclass(frozen=True)
class FrameBatch:
    """Consecutive frames at analysis size in NV12 layout, all on one device.

    - ``luma``: uint8 ``[N, H, W]``, 0..255 in the range that ``color`` states; C-contiguous
    - ``chroma``: uint8 ``[N, H/2, W/2, 2]``, Cb then Cr; C-contiguous
    - ``pts_seconds``: float64 ``[N]`` on the host, strictly increasing: the identity of a frame
    - ``index``: int64 ``[N]`` on the host, number of the frame in presentation order
    - ``counts``: what the decoder counted already, on the frames' device; ``None`` if nothing

    ``H`` and ``W`` are even. On ``"cpu"`` arrays are NumPy arrays, elsewhere those of ``kuleshov.cuda.runtime``.
    The decoder owns the memory: a batch is valid until the next but one is asked for, unless ``clone()``d. Raises
    ``ValueError`` for arrays that break these rules.
    """

    luma: Any
    chroma: Any
    pts_seconds: np.ndarray[Any, np.dtype[np.float64]]
    index: np.ndarray[Any, np.dtype[np.int64]]
    color: ColorSpec
    device: str = "cpu"
    counts: FrameCounts | None = None

    def __post_init__(self) -> None:
        count, height, width = self.luma.shape
        if height % 2 or width % 2:
            raise ValueError(f"luma is {width}x{height}; both must be even")
        if tuple(self.chroma.shape) != (count, height // 2, width // 2, 2):
            raise ValueError(
                f"chroma has shape {tuple(self.chroma.shape)}; with luma {tuple(self.luma.shape)} "
                f"it must be {(count, height // 2, width // 2, 2)}"
            )
        for name in ("luma", "chroma"):
            if str(getattr(self, name).dtype).removeprefix("torch.") != "uint8":
                raise ValueError(f"{name} is {getattr(self, name).dtype}; it must be uint8")
        for name, dtype in (("pts_seconds", np.float64), ("index", np.int64)):
            array = getattr(self, name)
            if array.shape != (count,) or array.dtype != dtype:
                raise ValueError(f"{name} is {array.dtype} {array.shape}; it must be {dtype.__name__} ({count},)")

    def __len__(self) -> int:
        return int(self.luma.shape[0])

    def __getitem__(self, which: slice) -> FrameBatch:
        """Return a view of some of the frames: ``batch[-1:]`` is the last one."""
        return replace(
            self,
            luma=self.luma[which],
            chroma=self.chroma[which],
            pts_seconds=self.pts_seconds[which],
            index=self.index[which],
            counts=None if self.counts is None else self.counts[which],
        )

    @property
    def width(self) -> int:
        return int(self.luma.shape[2])

    @property
    def height(self) -> int:
        return int(self.luma.shape[1])

    def clone(self) -> FrameBatch:
        """Return a copy that stays valid after the decoder continues."""
        counts = self.counts
        return replace(
            self,
            luma=_copy(self.luma),
            chroma=_copy(self.chroma),
            pts_seconds=self.pts_seconds.copy(),
            index=self.index.copy(),
            counts=counts
            and FrameCounts(_copy(counts.color_histogram), _copy(counts.luma_histogram), _copy(counts.chroma_sums)),
        )

    def __repr__(self) -> str:
        span = f"{self.pts_seconds[0]:.3f}..{self.pts_seconds[-1]:.3f} s" if len(self) else "empty"
        return f"FrameBatch({len(self)} frames {self.width}x{self.height}, {span}, {self.device})"


def _copy(array: Any) -> Any:
    return array.copy() if isinstance(array, np.ndarray) else array.clone()
