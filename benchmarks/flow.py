"""Our patch flow compared with OpenCV's DIS and Farneback: errors of their vectors, and cost, in one run.

    KULESHOV_TEST_DATA=/path/to/data python benchmarks/flow.py [--pairs N] [--json FILE]

Pairs of frames at analysis size (256 wide): FlyingChairs with its truth, and real pictures moved by known movements
(shift, zoom, roll, grain, an object that moves by itself), whose truth is exact. Errors are end-point errors in pixels
of that size: on the grid of our patches (for a dense flow the mean over each patch), over all patches and over those
that ours calls valid; and for every pixel, with ours interpolated between its patches. CPU time is process time of one
thread, the shortest of several rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent / "quality"))

from moves.stills import load_stills

from kuleshov import _cpu
from kuleshov.kernels.optical_flow import MIN_MATCH, MIN_TEXTURE, PATCH

WIDTH = 256
ROUNDS = 5


@dataclass(frozen=True)
class Pair:
    """Two frames uint8 ``[h, w]`` and the movement of each pixel of the first, float64 ``[h, w, 2]``, pixels."""

    source: str
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    truth: NDArray[np.float64]


def chairs(data: Path) -> list[Pair]:
    pairs = []
    for file in sorted((data / "flow/flyingchairs_flownet2").glob("*-gt.flo")):
        width, height = np.fromfile(file, np.int32, 2, offset=4)
        flow = np.fromfile(file, np.float32, offset=12).reshape(height, width, 2)
        pictures = [cv2.imread(str(file).replace("-gt.flo", f"-img{k}.png"), cv2.IMREAD_GRAYSCALE) for k in (0, 1)]
        size = (WIDTH, round(height * WIDTH / width / 2) * 2)
        before, after = (cv2.resize(picture, size, interpolation=cv2.INTER_AREA) for picture in pictures)
        truth = cv2.resize(flow, size, interpolation=cv2.INTER_AREA).astype(np.float64) * (WIDTH / width)
        pairs.append(Pair("FlyingChairs", before, after, truth))
    return pairs


def moved(stills: list[NDArray[np.float32]], count: int) -> list[Pair]:
    """Stills moved by known movements, every third with an object in front that moves by itself."""
    values = np.random.default_rng(1895)
    pairs = []
    height = WIDTH * 9 // 16
    y, x = np.mgrid[0:height, 0:WIDTH].astype(np.float64)
    middle = np.array([(WIDTH - 1) / 2, (height - 1) / 2])
    for number in range(count):
        still = stills[number % len(stills)]
        length, angle = np.exp(values.uniform(np.log(0.2), np.log(20))), values.uniform(0, 2 * np.pi)
        growth, turn = 1 + values.normal(0, 0.01), values.normal(0, 0.006)
        way = _Way(growth * np.exp(1j * turn), length * np.exp(1j * angle))
        layers = [(still, way, np.ones_like(x, dtype=bool))]
        if number % 3 == 0:
            size, other = values.uniform(25, 45), _Way(1 + 0j, way.shift + 12 * np.exp(1j * values.uniform(0, 6.3)))
            inside = np.hypot(x - WIDTH * values.uniform(0.3, 0.7), y - height / 2) < size
            layers.append((stills[(number + 3) % len(stills)], other, inside))
        truth = np.zeros((height, WIDTH, 2))
        before, after = np.zeros((height, WIDTH)), np.zeros((height, WIDTH))
        for picture, along, inside in layers:
            truth[inside] = along.step(x, y, middle)[inside]
            back_x, back_y = along.back(x, y, middle)
            seen = cv2.remap(inside.astype(np.float32), *_single(back_x, back_y), cv2.INTER_NEAREST) > 0
            seen |= inside.all()
            before[inside] = _sample(picture, x, y)[inside]
            after[seen] = _sample(picture, back_x, back_y)[seen]
        frames = [np.clip(np.rint(f + values.normal(0, 1, f.shape)), 0, 255).astype(np.uint8) for f in (before, after)]
        pairs.append(Pair("moved pictures", *frames, truth))
    return pairs


@dataclass(frozen=True)
class _Way:
    """A rotation and growth around the centre, and a shift; points of the plane as complex numbers."""

    factor: complex
    shift: complex

    def step(self, x: Any, y: Any, middle: Any) -> NDArray[np.float64]:
        point = (x - middle[0]) + 1j * (y - middle[1])
        went = self.factor * point + self.shift - point
        return np.stack([went.real, went.imag], axis=-1)

    def back(self, x: Any, y: Any, middle: Any) -> tuple[Any, Any]:
        point = ((x - middle[0]) + 1j * (y - middle[1]) - self.shift) / self.factor
        return point.real + middle[0], point.imag + middle[1]


def _single(*arrays: NDArray[np.float64]) -> list[NDArray[np.float32]]:
    return [array.astype(np.float32) for array in arrays]


def _sample(still: NDArray[np.float32], x: Any, y: Any) -> NDArray[np.float32]:
    """The still sampled between its pixels, at twice the frame's resolution, so that both frames are equally soft."""
    soft = cv2.GaussianBlur(still, (0, 0), 1.0)
    at = (2 * x + still.shape[1] / 2 - WIDTH, 2 * y + still.shape[0] / 2 - WIDTH * 9 // 16)
    return cv2.remap(soft, *_single(*at), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)


Flow = Callable[[NDArray[np.uint8], NDArray[np.uint8]], NDArray[np.float32]]


def ours(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.float32]:
    return _cpu.patch_flow(after[None], before[None])[0][0]


def dense_ways() -> dict[str, Flow]:
    ways: dict[str, Flow] = {}
    for name in ("ultrafast", "fast", "medium"):
        dis = cv2.DISOpticalFlow_create(getattr(cv2, f"DISOPTICAL_FLOW_PRESET_{name.upper()}"))
        ways[f"OpenCV DIS {name}"] = lambda before, after, dis=dis: dis.calc(before, after, None)
    ways["OpenCV Farneback"] = lambda before, after: cv2.calcOpticalFlowFarneback(
        before, after, None, 0.5, 4, 15, 3, 5, 1.2, 0
    )
    return ways


def on_patches(flow: NDArray[Any]) -> NDArray[np.float64]:
    """The mean of a dense field over each of our patches."""
    height, width = flow.shape[:2]
    top, left = height % PATCH // 2, width % PATCH // 2
    rows, columns = height // PATCH, width // PATCH
    cut = flow[top : top + rows * PATCH, left : left + columns * PATCH].astype(np.float64)
    return np.asarray(cut.reshape(rows, PATCH, columns, PATCH, 2).mean(axis=(1, 3)))


def spread(vectors: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Patch vectors for every pixel, linear between the patches' centres."""
    top, left = height % PATCH // 2, width % PATCH // 2
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    at = ((x - left - PATCH / 2 + 0.5) / PATCH, (y - top - PATCH / 2 + 0.5) / PATCH)
    return cv2.remap(vectors, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def error(flow: NDArray[Any], truth: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(np.hypot(*np.moveaxis(flow - truth, -1, 0)))


def cpu_milliseconds(flow: Flow, pairs: list[Pair]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        start = process_time()
        for pair in pairs:
            flow(pair.before, pair.after)
        best = min(best, (process_time() - start) / len(pairs))
    return 1000 * best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=60, help="moved pictures")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    data = Path(os.environ.get("KULESHOV_TEST_DATA", ""))
    sets = {"FlyingChairs": chairs(data), "moved pictures": moved(load_stills(data, "reported"), arguments.pairs)}
    rows: list[dict[str, Any]] = []
    for source, pairs in sets.items():
        truths = [on_patches(pair.truth) for pair in pairs]
        measures = [_cpu.patch_flow(pair.after[None], pair.before[None]) for pair in pairs]
        valid = [
            _cpu.flow_statistics(*found, *pair.before.shape, MIN_TEXTURE, MIN_MATCH)[1][0].astype(bool)
            for found, pair in zip(measures, pairs, strict=True)
        ]
        for name, way in {"ours": ours, **dense_ways()}.items():
            flows = [way(pair.before, pair.after) for pair in pairs]
            grids = flows if name == "ours" else [on_patches(flow) for flow in flows]
            fields = [spread(f, *p.before.shape) if name == "ours" else f for f, p in zip(flows, pairs, strict=True)]
            errors = [error(grid, truth) for grid, truth in zip(grids, truths, strict=True)]
            where = np.concatenate([each[v] for each, v in zip(errors, valid, strict=True)])
            every = np.concatenate([each.ravel() for each in errors])
            dense = np.mean([error(f, p.truth).mean() for f, p in zip(fields, pairs, strict=True)])
            rows.append(
                {
                    "source": source,
                    "pairs": len(pairs),
                    "flow": name,
                    "epe_valid_mean": float(where.mean()),
                    "epe_valid_median": float(np.median(where)),
                    "valid_within_half_a_pixel": float((where < 0.5).mean()),
                    "epe_all_mean": float(every.mean()),
                    "epe_dense_mean": float(dense),
                    "cpu_ms": cpu_milliseconds(way, pairs),
                    "valid_share": float(np.mean([v.mean() for v in valid])),
                }
            )
    print(f"{'':16}{'':20}{'valid patches':>26}{'all':>8}{'dense':>8}{'CPU ms':>8}")
    print(f"{'':16}{'':20}{'mean':>9}{'median':>8}{'<.5 px':>9}{'mean':>8}{'mean':>8}")
    for row in rows:
        print(
            f"{row['source']:16}{row['flow']:20}{row['epe_valid_mean']:9.3f}{row['epe_valid_median']:8.3f}"
            f"{row['valid_within_half_a_pixel']:9.3f}{row['epe_all_mean']:8.3f}{row['epe_dense_mean']:8.3f}"
            f"{row['cpu_ms']:8.3f}"
        )
    if arguments.json:
        arguments.json.write_text(json.dumps({"opencv": cv2.__version__, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
