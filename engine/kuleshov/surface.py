"""A decoded frame, as its decoder leaves it in the memory of a device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: An array in the memory of a device: NumPy on the CPU, torch on a GPU.
DeviceArray = Any

_MOST_SIDE = 65535


@dataclass(frozen=True)
class Surface:
    """4:2:0 samples in two planes: luma, and one row of CbCr pairs for every two of luma (NV12, P016).

    ``luma`` and ``chroma`` are device arrays of any shape whose first element is the plane's first sample; their layout
    is given by ``height`` and ``width`` (of luma, in samples) and the pitches (samples from row to row). Chroma has
    ``ceil(height / 2)`` rows of ``ceil(width / 2)`` pairs. Samples of ``bit_depth`` 8 are uint8; those of 9 to 16 bits
    are uint16, 16 if they are in the high bits. Reading is fastest if addresses and pitches are multiples of four
    samples. Raises ``ValueError`` for values that break these rules.
    """

    luma: DeviceArray
    chroma: DeviceArray
    height: int
    width: int
    luma_pitch: int
    chroma_pitch: int
    bit_depth: int

    def __post_init__(self) -> None:
        if not (1 <= self.height <= _MOST_SIDE and 1 <= self.width <= _MOST_SIDE):
            raise ValueError(f"surface is {self.width}x{self.height}; sides must be 1 to {_MOST_SIDE}")
        if not 8 <= self.bit_depth <= 16:
            raise ValueError(f"surface has {self.bit_depth} bits a sample; it must have 8 to 16")
        for name, least in (("luma_pitch", self.width), ("chroma_pitch", -(-self.width // 2) * 2)):
            if getattr(self, name) < least:
                raise ValueError(f"surface: {name} is {getattr(self, name)}; a row has {least} samples")
        expected = "uint8" if self.bit_depth == 8 else "uint16"
        for name in ("luma", "chroma"):
            dtype = str(getattr(self, name).dtype).removeprefix("torch.")
            if dtype != expected:
                raise ValueError(f"surface: {name} is {dtype}; {self.bit_depth} bits a sample need {expected}")
