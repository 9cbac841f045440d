"""What a GPU can do at most, estimated before it is measured: frames a second of NVDEC, bytes a frame, films an hour.

Rates are for 1080p, 4:2:0, 8 bits. Where they come from: NVIDIA's whitepapers and application notes as collected in
2026-11 state streams of 1080p30 a GPU (H100: 170 of H.264, 340 of HEVC, 260 of VP9; A100: 75, 157, 108). H200 is
taken to equal H100; the rates of L4 and T4 are assumed from their generation. None of it was measured by us:
``python benchmarks/gpu_acceptance run`` does that.
"""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, HEIGHT = 1920, 1080
SMALL_WIDTH, SMALL_HEIGHT = 256, 144
FILM_FRAMES = 2 * 3600 * 24
PATCHES = (SMALL_WIDTH // 8) * (SMALL_HEIGHT // 8)


@dataclass(frozen=True)
class Gpu:
    """``frames`` by codec are a second's, of one engine; ``bandwidth`` of its memory, bytes a second."""

    name: str
    engines: int
    frames: dict[str, int]
    bandwidth: float


_HOPPER = {"h264": 730, "hevc": 1460, "vp9": 1110}
_AMPERE = {"h264": 450, "hevc": 940, "vp9": 650}
GPUS = (
    Gpu("H200", 7, _HOPPER, 4.8e12),
    Gpu("H100", 7, _HOPPER, 3.35e12),
    Gpu("A100", 5, _AMPERE, 1.9e12),
    Gpu("L4", 4, _HOPPER, 0.3e12),
    Gpu("T4", 2, {"h264": 450, "hevc": 900, "vp9": 650}, 0.32e12),
)

#: Bytes of device memory that one frame moves at least, by stage.
FRAME_BYTES = {
    "NVDEC writes the surface": WIDTH * HEIGHT * 3 // 2,
    "shrink_and_count reads it": WIDTH * HEIGHT * 3 // 2,
    "shrink_and_count writes the frame and its counts": SMALL_WIDTH * SMALL_HEIGHT * 3 // 2 + 4 * (2048 + 256) + 24,
    "absolute_difference reads two frames": 2 * SMALL_WIDTH * SMALL_HEIGHT,
    "histogram_distance reads two histograms": 2 * 4 * 2048,
    "patch flow: its pyramid, written and read twice": 3 * 4 * SMALL_WIDTH * SMALL_HEIGHT * 4 // 3,
    "flow_statistics reads the patches and writes their keys": PATCHES * (16 + 8),
    "global_motion reads the patches": PATCHES * 16,
    "shrink and rgb_frames read the frame": 2 * SMALL_WIDTH * SMALL_HEIGHT * 3 // 2,
}
#: What crosses to the host: counts, sums, differences, numbers of the flow, thumbnails, scores of TransNetV2.
HOST_BYTES = 4 * (2048 + 256) + 24 + 8 + 8 + 16 * 8 + 16 * 4 + 3 * 32 * 18 + 50 / 50 * 2 * 8
#: Coded bytes a frame at 8 Mb/s and 24 frames a second: what the disk and the bus carry to the GPU.
CODED_BYTES = 8e6 / 8 / 24


def frames_per_second(gpu: Gpu, codec: str) -> int:
    """What all engines decode together: the limit of the whole pipeline, if all else hides behind it."""
    return gpu.engines * gpu.frames[codec]


def gpu_named(device: str) -> Gpu | None:
    """The GPU of a device's name (``"NVIDIA H200"``), if we have an estimate for it."""
    return next((gpu for gpu in GPUS if gpu.name in device), None)


def beside_estimate(measured: dict[str, float], *, device: str, codec: str, sessions: int) -> dict[str, float]:
    """A measured speed with what was estimated for so many sessions (one engine takes one), and their ratio."""
    gpu = gpu_named(device)
    if gpu is None or codec not in gpu.frames:
        return measured
    estimate = min(sessions, gpu.engines) * gpu.frames[codec]
    return {**measured, "estimate": estimate, "of the estimate": round(measured["frames/s"] / estimate, 3)}


def films_per_hour(gpu: Gpu, codec: str) -> float:
    """Two-hour films of 24 frames a second."""
    return frames_per_second(gpu, codec) * 3600 / FILM_FRAMES


def kernel_seconds(gpu: Gpu) -> float:
    """The least time that the kernels take for a frame: their bytes at the memory's bandwidth."""
    return (sum(FRAME_BYTES.values()) - FRAME_BYTES["NVDEC writes the surface"]) / gpu.bandwidth


def memory_share(gpu: Gpu, codec: str) -> float:
    """Share of the memory's bandwidth that the pipeline takes at the limit of the decoders."""
    return frames_per_second(gpu, codec) * sum(FRAME_BYTES.values()) / gpu.bandwidth


def markdown() -> str:
    """The estimate as the tables of ``docs/gpu-limits.md``."""
    lines = [
        "| GPU | codec | NVDEC frames/s, all engines | films of 2 h an hour | share of memory bandwidth |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {gpu.name} ({gpu.engines} engines) | {codec} | {frames_per_second(gpu, codec):,} | "
        f"{films_per_hour(gpu, codec):.0f} | {memory_share(gpu, codec):.1%} |"
        for gpu in GPUS
        for codec in gpu.frames
    ]
    lines += ["", "| bytes of device memory a frame (1080p, 8 bits) | |", "|---|---|"]
    lines += [f"| {stage} | {size:,} |" for stage, size in FRAME_BYTES.items()]
    lines += [
        f"| all of it | {sum(FRAME_BYTES.values()):,} |",
        f"| copied to the host | {HOST_BYTES:,.0f} |",
        f"| coded, copied to the device (8 Mb/s) | {CODED_BYTES:,.0f} |",
    ]
    return "\n".join(lines) + "\n"
