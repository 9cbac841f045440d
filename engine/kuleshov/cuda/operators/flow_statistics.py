"""Statistics of the flow on a device: a few numbers a frame, so that no vectors are copied to the host."""

from __future__ import annotations

from kuleshov.cuda.runtime import Runtime
from kuleshov.surface import DeviceArray

_NUMBERS = 16  # STATISTICS of csrc/include/kuleshov/flow_statistics.h
_THREADS = 32
_PATCH = 8


def flow_statistics(
    on: Runtime,
    vectors: DeviceArray,
    textures: DeviceArray,
    matches: DeviceArray,
    height: int,
    width: int,
    least_texture: float,
    least_match: float,
) -> tuple[DeviceArray, DeviceArray]:
    """Return numbers float64 ``[N, 16]`` and which patches are valid uint8 ``[N, gh, gw]``.

    The same bits as ``_cpu.flow_statistics``. Takes 8 bytes of device memory a patch while it runs.
    """
    count, rows, columns = textures.shape
    numbers, valid = on.zeros((count, _NUMBERS), "float64"), on.zeros((count, rows, columns), "uint8")
    if count and min(height, width) >= _PATCH:  # frames that hold a patch
        on.launch(
            "flow_statistics",
            grid=(1, count, 1),
            block=(_THREADS, 1, 1),
            arguments={
                "vectors": vectors,
                "textures": textures,
                "matches": matches,
                "height": height,
                "width": width,
                "least_texture": least_texture,
                "least_match": least_match,
                "keys": on.empty((count, rows, columns), "uint64"),
                "out": numbers,
                "valid": valid,
            },
        )
    return numbers, valid
