"""Speed of each operator on one core, and of its NumPy reference: ``python benchmarks/kernels.py [--json FILE]``.

Frames per second of process time, best of several runs. The references are those of the tests: slow and obvious.
Do not compare figures of different machines; the ratio in the last column should not fall.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from kuleshov import _cpu
from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels import color_histogram, frame_difference, frame_stats, optical_flow
from kuleshov.media.color import ColorSpec

HEIGHT, WIDTH = 144, 256
FRAMES = 32
LEAST_SECONDS = 0.3  # of measuring an operator
MOST_SECONDS = 2.0  # of measuring a reference


@dataclass(frozen=True)
class Row:
    operator: str
    source: str
    frames_per_second: float
    reference_frames_per_second: float

    @property
    def ratio(self) -> float:
        return self.frames_per_second / self.reference_frames_per_second


@dataclass(frozen=True)
class Job:
    """An operator and its reference, and how many frames each call of them measures."""

    operator: str
    source: str
    ours: Callable[[], object]
    theirs: Callable[[], object]
    frames: int = 1
    reference_frames: int = 1

    def run(self) -> Row:
        seconds = best_seconds(self.ours, least_seconds=LEAST_SECONDS)
        reference_seconds = best_seconds(self.theirs, least_seconds=0)
        return Row(self.operator, self.source, self.frames / seconds, self.reference_frames / reference_seconds)


def load_reference() -> ModuleType:
    path = Path(__file__).parents[1] / "tests/kernels/reference.py"
    spec = importlib.util.spec_from_file_location("kernels_reference", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is missing: run this from a checkout")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


def best_seconds(call: Callable[[], object], *, least_seconds: float) -> float:
    """Return the least process time of a call over at least three calls and ``least_seconds``."""
    best, spent, calls = float("inf"), 0.0, 0
    while calls < 3 or spent < least_seconds:
        start = time.process_time()
        call()
        seconds = time.process_time() - start
        best, spent, calls = min(best, seconds), spent + seconds, calls + 1
        if spent > MOST_SECONDS:
            break
    return best


def moving_frames() -> FrameBatch:
    """Return smooth noise that moves 3 pixels a frame: all frames differ, and there is flow to find."""
    values = np.random.default_rng(0)
    wide = values.normal(size=(HEIGHT + 8, WIDTH + 3 * FRAMES + 8))
    for _ in range(2):  # two box filters of 5 x 5
        for axis in (0, 1):
            wide = sum(np.roll(wide, shift, axis) for shift in range(5)) / 5
    picture = np.clip(128 + 40 * wide / wide.std(), 16, 235).astype(np.uint8)
    luma = np.stack([picture[:HEIGHT, 3 * n : 3 * n + WIDTH] for n in range(FRAMES)])
    chroma = values.integers(90, 166, (FRAMES, HEIGHT // 2, WIDTH // 2, 2), dtype=np.uint8)
    return FrameBatch(luma, chroma, np.arange(FRAMES) / 25, np.arange(FRAMES), ColorSpec())


def measure() -> list[Row]:
    reference = load_reference()
    batch = moving_frames()
    luma, chroma = batch.luma, batch.chroma
    few = luma[:2], chroma[:2]
    histograms = color_histogram(batch)
    small = f"{WIDTH}x{HEIGHT}"

    def differences() -> None:
        reference.absolute_difference(few[0], None)
        np.abs(np.diff(reference.color_histogram(*few), axis=0)).sum(axis=1)

    measured = [
        ("color_histogram", lambda: color_histogram(batch), lambda: reference.color_histogram(*few)),
        ("frame_stats", lambda: frame_stats(batch), lambda: reference.frame_stats(*few, full_range=False)),
        ("frame_difference", lambda: frame_difference(batch), differences),
        ("frame_difference, histograms given", lambda: frame_difference(batch, histograms=histograms), differences),
    ]
    jobs = [Job(name, small, ours, theirs, FRAMES, 2) for name, ours, theirs in measured]
    jobs.append(
        Job("optical_flow", small, lambda: optical_flow(batch), lambda: reference.patch_flow(*few[0]), FRAMES - 1)
    )
    jobs += [_averaging(reference, *size) for size in ((1920, 1080, 8), (1920, 1080, 10), (854, 480, 8))]
    return [job.run() for job in jobs]


def _averaging(reference: ModuleType, width: int, height: int, bits: int) -> Job:
    """Return the job of scaling one plane of noise with padded rows, as decoders leave it."""
    values = np.random.default_rng(0).integers(0, 2**bits, (height, width + 64))
    plane = values.astype(np.uint8 if bits == 8 else np.uint16)[:, :width]
    out = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    return Job(
        "area_average (luma)",
        f"{width}x{height}, {bits} bit",
        lambda: _cpu.area_average(plane, out, bit_depth=bits),
        lambda: reference.area_average(plane, out.shape, bit_depth=bits),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    arguments = parser.parse_args()
    info = _cpu.build_info()
    rows = measure()
    print(f"one core, {info['simd']}, {info['compiler']}")
    print(f"{'operator':36}{'frames':>18}{'frames/s':>12}{'ms/frame':>10}{'NumPy':>10}{'ratio':>8}")
    for row in rows:
        print(
            f"{row.operator:36}{row.source:>18}{row.frames_per_second:12.0f}{1000 / row.frames_per_second:10.3f}"
            f"{row.reference_frames_per_second:10.1f}{row.ratio:8.0f}"
        )
    if arguments.json:
        described = {
            "machine": platform.machine(),
            **info,
            "rows": [{**asdict(row), "ratio": row.ratio} for row in rows],
        }
        arguments.json.write_text(json.dumps(described, indent=2) + "\n")


if __name__ == "__main__":
    main()
