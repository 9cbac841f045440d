"""Patch flow on a device: pyramids of all frames, then every level of all pairs of frames, coarse to fine."""

from __future__ import annotations

from kuleshov.cuda.runtime import Runtime
from kuleshov.surface import DeviceArray

_THREADS = 256
_PATCH, _MAX_LEVELS = 8, 5  # as in csrc/include/kuleshov/patch_flow.h
_PATCHES_PER_BLOCK = _THREADS // _PATCH
_MOST_PAIRS = 65535  # of one launch: the limit of a grid in y


def patch_flow(
    on: Runtime, luma: DeviceArray, previous: DeviceArray | None
) -> tuple[DeviceArray, DeviceArray, DeviceArray]:
    """Return vectors float32 ``[N, gh, gw, 2]``, textures and matches float32 ``[N, gh, gw]``; as ``_cpu.patch_flow``.

    The same bits as the CPU twin. Takes about 1.3 floats of device memory a pixel while it runs.
    """
    count, height, width = luma.shape
    rows, columns = max(1, height // _PATCH), max(1, width // _PATCH)
    vectors = on.zeros((count, rows, columns, 2), "float32")
    textures, matches = on.zeros((count, rows, columns), "float32"), on.zeros((count, rows, columns), "float32")
    levels = _level_count(height, width)
    first = 0 if previous is not None else 1  # the first frame with a previous one
    pairs = count - first
    if not levels or pairs <= 0:
        return vectors, textures, matches
    if pairs > _MOST_PAIRS:
        raise ValueError(f"patch_flow: {count} frames in one batch; at most {_MOST_PAIRS}")

    smooth = _pyramid(on, luma, previous, levels)
    field: DeviceArray | None = None
    for level in reversed(range(levels)):
        h, w = height >> level, width >> level
        grid = (-(-(h // _PATCH) * (w // _PATCH) // _PATCHES_PER_BLOCK), pairs, 1)
        finest = level == 0
        level_vectors = vectors[first:] if finest else on.empty((pairs, h // _PATCH, w // _PATCH, 2), "float32")
        on.launch(
            "flow_align",
            grid=grid,
            block=(_THREADS, 1, 1),
            arguments={
                "smooth": smooth[level],
                "height": h,
                "width": w,
                "coarse": field,
                "vectors": level_vectors,
                "textures": textures[first:] if finest else None,
                "matches": matches[first:] if finest else None,
            },
        )
        field = level_vectors
    return vectors, textures, matches


def _level_count(height: int, width: int) -> int:
    """Levels whose shorter side holds a patch."""
    side = min(height, width)
    return next((level for level in range(_MAX_LEVELS) if side >> level < _PATCH), _MAX_LEVELS)


def _pyramid(on: Runtime, luma: DeviceArray, previous: DeviceArray | None, levels: int) -> list[DeviceArray]:
    """The smoothed levels of ``previous``, if given, and of all frames: ``[frames, h, w]`` each."""
    count, height, width = luma.shape
    parts = [(0, luma, count)] if previous is None else [(0, previous, 1), (1, luma, count)]
    frames = count + len(parts) - 1
    smooth = [on.empty((frames, height >> level, width >> level), "float32") for level in range(levels)]
    for first, frames_of_part, number in parts:
        source = frames_of_part
        for level in range(levels):
            h, w = height >> level, width >> level
            if level:
                half = on.empty((number, h, w), "uint8")
                arguments = {"luma": source, "height": height >> level - 1, "width": width >> level - 1, "half": half}
                on.launch("flow_halve", grid=_grid(h * w, number), block=(_THREADS, 1, 1), arguments=arguments)
                source = half
            arguments = {"luma": source, "height": h, "width": w, "smooth": smooth[level][first : first + number]}
            on.launch("flow_smooth", grid=_grid(h * w, number), block=(_THREADS, 1, 1), arguments=arguments)
    return smooth


def _grid(pixels: int, frames: int) -> tuple[int, int, int]:
    return (-(-pixels // _THREADS), frames, 1)
