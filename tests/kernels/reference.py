"""Slow, obvious truths of the operators: NumPy in integers and float64, written from the definitions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def area_average(plane: NDArray, shape: tuple[int, int], *, bit_depth: int) -> NDArray[np.uint8]:
    """The mean over each output pixel's rectangle, rounded half up to 8 bits, at most 255."""
    rows, columns = (_overlaps(source, target) for source, target in zip(plane.shape, shape, strict=True))
    total = rows @ plane.astype(np.int64) @ columns.T
    whole = plane.shape[0] * plane.shape[1] * 2 ** (bit_depth - 8)
    return np.minimum((2 * total + whole) // (2 * whole), 255).astype(np.uint8)


def _overlaps(source: int, target: int) -> NDArray[np.int64]:
    """How much of each source sample lies in each output sample, in units of 1/target: ``[target, source]``."""
    i, k = np.arange(target)[:, None], np.arange(source)[None, :]
    return np.maximum(np.minimum((i + 1) * source, (k + 1) * target) - np.maximum(i * source, k * target), 0)


def full_size(chroma: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Each chroma sample for the four pixels that share it."""
    return chroma.astype(np.int64).repeat(2, axis=1).repeat(2, axis=2)


def color_histogram(luma: NDArray[np.uint8], chroma: NDArray[np.uint8]) -> NDArray[np.int32]:
    pairs = full_size(chroma)
    cb, cr = (np.minimum((pairs[..., k] + 8) // 16, 15) for k in (0, 1))
    bins = luma.astype(np.int64) // 32 * 256 + cb * 16 + cr
    return np.array([np.bincount(frame.ravel(), minlength=2048) for frame in bins], dtype=np.int32).reshape(-1, 2048)


def frame_sums(luma: NDArray[np.uint8], chroma: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    histogram = [np.bincount(frame.ravel(), minlength=256) for frame in luma]
    sums = []
    for frame in chroma.astype(int):
        pairs = frame.reshape(-1, 2).tolist()
        magnitude = sum(math.isqrt(256 * ((cb - 128) ** 2 + (cr - 128) ** 2)) for cb, cr in pairs)
        sums.append([sum(cb for cb, _ in pairs), sum(cr for _, cr in pairs), magnitude])
    return np.array(histogram, dtype=np.int32).reshape(-1, 256), np.array(sums, dtype=np.int64).reshape(-1, 3)


def absolute_difference(luma: NDArray[np.uint8], previous: NDArray[np.uint8] | None) -> NDArray[np.int64]:
    before = luma[:1] if previous is None else previous
    every = np.concatenate([before, luma]).astype(np.int64)
    return np.abs(every[1:] - every[:-1]).sum(axis=(1, 2))


def frame_stats(luma: NDArray[np.uint8], chroma: NDArray[np.uint8], *, full_range: bool) -> dict[str, NDArray]:
    """The statistics from the pixels themselves, float64 ``[N]`` each."""
    scaled = luma.reshape(len(luma), -1).astype(np.float64)
    scaled = scaled / 255 if full_range else np.clip((scaled - 16) / 219, 0, 1)
    u, v = (chroma[..., k].reshape(len(luma), -1).astype(np.float64) - 128 for k in (0, 1))
    steps = 255 if full_range else 224
    ordered = np.sort(scaled, axis=1)
    ranks = {percent: math.ceil(percent * scaled.shape[1] / 100) - 1 for percent in (5, 50, 95)}
    return {
        "luma_mean": scaled.mean(axis=1),
        "contrast": scaled.std(axis=1),
        **{f"luma_p{percent:02}": ordered[:, rank] for percent, rank in ranks.items()},
        "dark_share": (scaled < 0.18).mean(axis=1),
        "bright_share": (scaled > 0.8).mean(axis=1),
        "saturation": np.minimum(np.hypot(u, v).mean(axis=1) / (steps / 2), 1),
        "red_blue": np.clip((v - u).mean(axis=1) / steps, -1, 1),
    }


@dataclass(frozen=True)
class Level:
    """A pyramid level: smoothed luma float64, and where its patches lie."""

    pixels: NDArray[np.float64]
    rows: list[int]
    columns: list[int]


def patch_flow(previous: NDArray[np.uint8], current: NDArray[np.uint8]) -> tuple[NDArray, NDArray, NDArray]:
    """Return vectors ``[gh, gw, 2]``, textures and matches ``[gh, gw]`` of one frame against the one before."""
    if min(previous.shape) < 8:
        grid = tuple(max(1, side // 8) for side in previous.shape)
        return np.zeros((*grid, 2)), np.zeros(grid), np.zeros(grid)
    vectors, coarse = None, None
    for before, after in reversed(list(zip(_pyramid(previous), _pyramid(current), strict=True))):
        found = np.zeros((len(before.rows), len(before.columns), 2))
        texture, match = np.zeros((2, *found.shape[:2]))
        for j, y in enumerate(before.rows):
            for i, x in enumerate(before.columns):
                start = np.zeros(2) if coarse is None else _start(coarse, vectors, y, x)
                found[j, i], texture[j, i], match[j, i] = _align(before.pixels, after.pixels, y, x, start)
        vectors, coarse = found, before
    return vectors, texture, match


def _pyramid(luma: NDArray[np.uint8]) -> list[Level]:
    levels = []
    pixels = luma.astype(np.int64)
    while len(levels) < 5 and min(pixels.shape) >= 8:
        padded = np.pad(pixels, 1, mode="edge")
        vertical = padded[:-2] + 2 * padded[1:-1] + padded[2:]
        smooth = (vertical[:, :-2] + 2 * vertical[:, 1:-1] + vertical[:, 2:]) / 16
        rows, columns = (list(range(side % 8 // 2, side - 7, 8)) for side in pixels.shape)
        levels.append(Level(smooth, rows, columns))
        h, w = (side // 2 * 2 for side in pixels.shape)
        even = pixels[:h, :w]
        pixels = (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2] + 2) // 4
    return levels


def _start(coarse: Level, vectors: NDArray, y: int, x: int) -> NDArray:
    """Twice the median of the 3x3 coarser vectors around the patch that holds this patch's middle."""
    j, i = (
        max([k for k, first in enumerate(firsts) if (middle + 4) // 2 >= first], default=0)
        for firsts, middle in ((coarse.rows, y), (coarse.columns, x))
    )
    padded = np.pad(vectors, ((1, 1), (1, 1), (0, 0)), mode="edge")
    return 2 * np.median(padded[j : j + 3, i : i + 3].reshape(9, 2), axis=0)


def _align(before: NDArray, after: NDArray, y: int, x: int, start: NDArray) -> tuple[NDArray, float, float]:
    framed = np.pad(before, 1, mode="edge")[y : y + 10, x : x + 10]
    template = framed[1:-1, 1:-1]
    deviation = template - template.mean()
    contrast = (deviation**2).sum()
    gradients = []
    for slope in ((framed[1:-1, 2:] - framed[1:-1, :-2]) / 2, (framed[2:, 1:-1] - framed[:-2, 1:-1]) / 2):
        gradient = slope - slope.mean()
        gradients.append(gradient - (gradient * deviation).sum() / (contrast + 64) * deviation)
    tensor = np.array([[(a * b).sum() for a in gradients] for b in gradients])
    lowest = np.array([-4 - x, -4 - y])
    highest = np.array([before.shape[1] - 4 - x, before.shape[0] - 4 - y])

    def compare(vector: NDArray) -> tuple[float, NDArray]:
        window = _window(after, y + vector[1], x + vector[0])
        other = window - window.mean()
        correlation = (other * deviation).sum() / np.sqrt((contrast + 64) * ((other**2).sum() + 64))
        return correlation, np.array([((window - template) * gradient).sum() for gradient in gradients])

    start = np.clip(start, lowest, highest)
    match, slope = compare(start)
    vector = best = start
    for _ in range(4):
        vector = vector - np.linalg.solve(tensor + 16 * np.eye(2), slope)
        vector = np.clip(np.clip(vector, start - 8, start + 8), lowest, highest)
        correlation, slope = compare(vector)
        if correlation > match:
            match, best = correlation, vector
    if compare(np.zeros(2))[0] >= match:
        match, best = compare(np.zeros(2))[0], np.zeros(2)
    return best, max(np.linalg.eigvalsh(tensor)[0], 0) / 64, match


def flow_statistics(
    vectors: NDArray[np.float32],
    textures: NDArray[np.float32],
    matches: NDArray[np.float32],
    *,
    height: int,
    width: int,
    least_texture: float,
    least_match: float,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return mean, median and p90 speed, support and 12 sharpnesses ``[N, 16]``, and the valid patches."""
    _, _, dx, dy, valid = _places(vectors, textures, matches, height, width, least_texture, least_match)
    numbers = []
    for n, v in enumerate(valid):
        speeds = np.sqrt(dx[n][v] * dx[n][v] + dy[n][v] * dy[n][v])
        mean = np.floor(speeds * 2**20 + 0.5).sum() / 2**20 / len(speeds) if v.any() else 0
        ranked = [quantile(speeds, q) if v.any() else 0 for q in (0.5, 0.9)]
        numbers.append([mean, *ranked, v.mean(), *_sharpness(textures[n])])
    return np.array(numbers).reshape(-1, 16), valid


def _places(vectors, textures, matches, height, width, least_texture, least_match):
    """Place and vector of every patch, in pixels from the middle, and which are valid."""
    y, x = np.meshgrid(*(range(side % 8 // 2, side - 7, 8) for side in (height, width)), indexing="ij")
    x, y = x + 4 - width / 2, y + 4 - height / 2
    dx, dy = np.moveaxis(vectors.astype(np.float64), -1, 0)
    inside = (np.abs(x + dx) <= width / 2 - 4) & (np.abs(y + dy) <= height / 2 - 4)
    return x, y, dx, dy, (textures >= least_texture) & (matches >= least_match) & inside


def _sharpness(textures: NDArray[np.float32]) -> list[float]:
    rows, columns = textures.shape
    means = []
    for row in range(3):
        for column in range(4):
            chosen = np.ix_(np.arange(rows) * 3 // rows == row, np.arange(columns) * 4 // columns == column)
            steps = (np.float32(1) + textures[chosen]).view(np.int32).astype(np.int64) - 0x3F800000
            means.append(steps.sum() / 2**23 / steps.size if steps.size else 0)
    return means


def global_motion(
    vectors: NDArray[np.float32],
    textures: NDArray[np.float32],
    matches: NDArray[np.float32],
    *,
    height: int,
    width: int,
    least_texture: float,
    least_match: float,
) -> NDArray[np.float64]:
    """Return the 16 numbers of the camera's movement ``[N, 16]``, by NumPy's least squares."""
    x, y, dx, dy, valid = _places(vectors, textures, matches, height, width, least_texture, least_match)
    out = []
    for n, v in enumerate(valid):
        sixteenths = [(2 * number + 1) * v.size // 32 for number in range(16)]
        asked = [(dx[n].flat[k], dy[n].flat[k]) for k in sixteenths if v.flat[k]]
        out.append(_motion(*(each[v] * 2 / width for each in (x, y)), dx[n][v], dy[n][v], asked))
    for numbers in out:
        numbers[2:4] *= 2 / width
    return np.array(out).reshape(-1, 16)


def _motion(x: NDArray, y: NDArray, dx: NDArray, dy: NDArray, asked: list[tuple[float, float]]) -> NDArray:
    if len(x) < 8:
        return np.zeros(16)
    one, none = np.ones_like(x), np.zeros_like(x)
    across, down = np.stack([one, none, x, -y, x * x, x * y]), np.stack([none, one, y, x, x * y, y * y])

    def weights_of(fit: NDArray, scale: float) -> NDArray:
        left = (dx - fit @ across) ** 2 + (dy - fit @ down) ** 2
        return (scale**2 / (scale**2 + left)) ** 2

    def refit(weights: NDArray, *, held: bool) -> NDArray:
        normal = (across * weights) @ across.T + (down * weights) @ down.T
        ridge = np.array([0, 0, 1e-3, 1e-3, *[1 if held else 1e-3] * 2]) * weights.sum()
        return np.linalg.solve(normal + np.diag(ridge), (across * weights) @ dx + (down * weights) @ dy)

    fit = refit(np.ones_like(x), held=True)
    for k in range(1, 6):
        fit = refit(weights_of(fit, 32 / 2**k), held=k < 3)
    starts = [np.array([*vector, 0, 0, 0, 0]) for vector in [(0, 0), *asked]]
    other = starts[int(np.argmax([weights_of(start, 2).sum() for start in starts]))]
    for scale in (4, 4, 2, 1):
        other = refit(weights_of(other, scale), held=False)
    if weights_of(other, 0.5).sum() > weights_of(fit, 0.5).sum():
        fit = other
    step_x, step_y = fit @ across, fit @ down
    left_x, left_y = dx - step_x, dy - step_y
    left, speed = left_x**2 + left_y**2, np.hypot(step_x, step_y)
    weights = (0.25 / (0.25 + left)) ** 2
    out = left > (0.75 + 0.1 * speed) ** 2
    still = out & (np.hypot(dx, dy) <= 0.3 * speed)
    moves, radius = speed >= 0.05, np.hypot(x, y)
    apart = moves & ~still
    along = np.where(apart, left_x * step_x + left_y * step_y, 0) / np.where(moves, speed, 1)
    across_it = np.where(apart, left_x * step_y - left_y * step_x, 0) / np.where(moves, speed, 1)
    off = radius > 0
    outward = np.where(off & moves, left_x * x + left_y * y, 0) / np.where(off, radius, 1)
    around = np.where(off & moves, left_x * y - left_y * x, 0) / np.where(off, radius, 1)
    extent = np.sqrt((x[out].var() + y[out].var()) / (x.var() + y.var())) if out.any() and x.var() + y.var() else 0
    measures = [
        np.sqrt((weights * left).sum() / weights.sum()),
        speed.mean(),
        np.minimum(np.abs(along), speed).mean(),
        np.minimum(np.abs(across_it), speed).mean(),
        (np.where((outward < 0) == (fit[2] < 0), 1, -1) * np.minimum(np.abs(outward), speed)).mean(),
        (np.minimum(np.abs(outward), speed) - np.minimum(np.abs(around), speed)).mean(),
        out.mean(),
        extent,
        np.where(out, np.sqrt(left), 0).mean(),
        still.mean(),
    ]
    return np.array([*fit, *measures])


def quantile(values: NDArray, q: float) -> float:
    """The number at ``q`` of the way through the sorted values, linear between two of them."""
    ordered = np.sort(values)
    position = (len(values) - 1) * q
    low, high = ordered[math.floor(position)], ordered[math.ceil(position)]
    return float(low + (position - math.floor(position)) * (high - low))


def _window(pixels: NDArray, y: float, x: float) -> NDArray:
    """The 8x8 pixels from (y, x) on, bilinear; beyond the edge the last pixel is repeated."""
    top, left = math.floor(y), math.floor(x)
    rows = np.clip(np.arange(top, top + 9), 0, pixels.shape[0] - 1)
    columns = np.clip(np.arange(left, left + 9), 0, pixels.shape[1] - 1)
    nine = pixels[np.ix_(rows, columns)]
    between = nine[:-1] * (1 - (y - top)) + nine[1:] * (y - top)
    return between[:, :-1] * (1 - (x - left)) + between[:, 1:] * (x - left)
