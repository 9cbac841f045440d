"""Each kernel's time against the least that its bytes take at the memory's measured bandwidth."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from kuleshov.cuda.devices import stream_of
from kuleshov.cuda.operators.model_input import surface_input
from kuleshov.cuda.runtime import Runtime
from kuleshov.cuda.shrink_and_count import shrink_and_count
from kuleshov.cuda.twin import CudaTwin
from kuleshov.kernels.optical_flow import MIN_MATCH, MIN_TEXTURE
from kuleshov.kernels.rgb_frames import coding_of
from kuleshov.kernels.tone_map import color_cube
from kuleshov.media.color import ColorSpec
from kuleshov.surface import Surface


def clock(on: Runtime, work: Callable[[], Any], *, rounds: int) -> float:
    """Seconds of one call, the median of ``rounds``; by events on a GPU, by the wall clock under emulation."""
    import torch

    work()
    times = []
    for _ in range(rounds):
        if torch.cuda.is_available():
            first, last = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            first.record()
            work()
            last.record()
            last.synchronize()
            times.append(first.elapsed_time(last) / 1000)
        else:
            began = perf_counter()
            work()
            times.append(perf_counter() - began)
    return float(np.median(times))


def kernels(on: Runtime, *, frames: int = 64, size: tuple[int, int] = (1920, 1080), rounds: int = 20) -> dict[str, Any]:
    """Time, bytes and share of the bandwidth of every kernel, on noise."""
    values = np.random.default_rng(0)
    width, height = size
    small_width = min(256, width)
    small_height = small_width * height // width // 2 * 2
    with stream_of(on.device):
        noise = on.upload(values.integers(0, 256, (height * 3 // 2, width), dtype=np.uint8))
        surface = Surface(noise, noise[height:], height, width, width, width, 8)
        luma = on.upload(values.integers(0, 256, (frames, small_height, small_width), dtype=np.uint8))
        chroma = on.upload(values.integers(0, 256, (frames, small_height // 2, small_width // 2, 2), dtype=np.uint8))
        counts = {
            "color_histogram": on.zeros((frames, 2048), "int32"),
            "luma_histogram": on.zeros((frames, 256), "int32"),
            "chroma_sums": on.zeros((frames, 3), "int64"),
        }
        twin, pixels = CudaTwin(on), small_height * small_width
        histograms = twin.color_histogram(luma, chroma)
        patches, shape = twin.patch_flow(luma, None), (small_height, small_width)

        def one_surface() -> None:
            shrink_and_count(
                on,
                surface,
                area=(0, 0, width, height),
                coded_size=size,
                turns=0,
                luma=luma,
                chroma=chroma,
                **counts,
                slot=0,
            )

        coding = coding_of(ColorSpec())
        cube = on.upload(color_cube(ColorSpec(matrix="bt2020", transfer="pq", primaries="bt2020")))
        boxes = on.upload(np.array([(0, 0, 0, width, height)], np.int32))
        work: dict[str, tuple[Callable[[], Any], float]] = {
            "shrink_and_count (one surface)": (one_surface, width * height * 1.5 + pixels * 1.5 + 9240),
            "color_histogram": (lambda: twin.color_histogram(luma, chroma), frames * (pixels * 1.5 + 8192)),
            "frame_sums": (lambda: twin.frame_sums(luma, chroma), frames * (pixels * 1.5 + 1048)),
            "absolute_difference": (lambda: twin.absolute_difference(luma, None), frames * pixels),
            "histogram_distance": (lambda: twin.histogram_distance(histograms, histograms[:0], (1,)), frames * 8192),
            "shrink": (lambda: twin.shrink(luma, chroma, 32, 18), frames * pixels * 1.5),
            "tone_map": (lambda: twin.tone_map(luma, chroma, cube), frames * pixels * 3),
            "rgb_frames": (lambda: twin.rgb_frames(luma, chroma, 48, 27, coding), frames * pixels * 1.5),
            "model_input (a whole frame, 224x224, halves)": (
                lambda: surface_input(on, surface, boxes, 224, 224, coding, (0.5,) * 6, half=True),
                width * height * 1.5 + 3 * 224 * 224 * 2,
            ),
            "flow_statistics": (
                lambda: twin.flow_statistics(*patches, *shape, MIN_TEXTURE, MIN_MATCH),
                frames * pixels / 64 * (16 + 8),
            ),
            "global_motion": (
                lambda: twin.global_motion(*patches, *shape, MIN_TEXTURE, MIN_MATCH),
                frames * pixels / 64 * 16,
            ),
            "patch_flow": (lambda: twin.patch_flow(luma, None), frames * pixels * (1 + 4 * 4 / 3 * 2)),
        }
        big = on.zeros((64 << 20,) if width > 1000 else (1 << 20,), "int32")
        copy = clock(on, lambda: on.copy(big), rounds=rounds)
        bandwidth = 2 * 4 * int(big.shape[0]) / copy
        results: dict[str, Any] = {"copy of a device array": f"{bandwidth / 1e9:.0f} GB/s read and written"}
        for name, (call, size_bytes) in work.items():
            seconds = clock(on, call, rounds=rounds)
            results[name] = {
                "microseconds": round(seconds * 1e6, 1),
                "floor": round(size_bytes / bandwidth * 1e6, 2),
                "share of the floor": round(size_bytes / bandwidth / seconds, 4),
            }
    return results


def vision_transformer(*, batch: int = 256, rounds: int = 10) -> dict[str, Any]:
    """Images a second of a ViT-B/32 at fp16 with random weights: no checkpoint can be had on a bare machine."""
    import torch
    from torch import nn

    device = "cuda:0" if torch.cuda.is_available() else "cpu"
    dtype = torch.float16 if device != "cpu" else torch.float32

    class Tokens(nn.Module):
        def forward(self, patches: Any) -> Any:
            return patches.transpose(1, 2)

    patches = nn.Conv2d(3, 768, 32, stride=32)
    layer = nn.TransformerEncoderLayer(768, 12, 3072, activation="gelu", batch_first=True, norm_first=True)
    network = nn.Sequential(
        patches, nn.Flatten(2), Tokens(), nn.TransformerEncoder(layer, 12, enable_nested_tensor=False)
    )
    network = network.to(device, dtype).eval()
    images = torch.randn(batch, 3, 224, 224, device=device, dtype=dtype)
    with torch.inference_mode():
        times = []
        for _ in range(rounds + 2):
            began = perf_counter()
            network(images)
            if device != "cpu":
                torch.cuda.synchronize()
            times.append(perf_counter() - began)
    seconds = float(np.median(times[2:]))
    return {"images/s": round(batch / seconds, 1), "batch": batch, "dtype": str(dtype), "weights": "random"}
