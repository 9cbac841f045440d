"""Fingerprints of a film's pictures for comparing copies: compact, and hardly changed by size, grade or encoding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.records import Segment

#: Fingerprints a second: as many as thumbnails are kept.
GRID_HZ = 8
#: Contrast in code values below which a picture counts as flat, so that the noise of two black frames is no similarity.
_FLAT = 4.0
#: Ratios of length of copies: the same; 24 frames shown at 25; and the reverse.
SPEEDS = (1.0, 24 / 25, 25 / 24)
_ALIKE = 0.9  # similarity of the mean pictures of two shots by which the speed is measured
_NEAR = 0.1  # lengths that differ by more are not the same shot at another speed
_ENOUGH = 3  # shots needed to measure a speed


@dataclass(frozen=True)
class Version:
    """One copy: thumbnails uint8 ``[kept, 3, 9, 16]`` at seconds float64 ``[kept]``, start and end of each shot."""

    thumbnails: NDArray[np.uint8]
    thumbnail_seconds: NDArray[np.float64]
    shots: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, measured: FilmMeasurements, shots: Sequence[Segment]) -> Version:
        """Return a film as measured and divided into shots."""
        kept = measured.frame_seconds[measured.histograms.frames]
        return cls(measured.thumbnails, kept, tuple((shot.start_seconds, shot.end_seconds) for shot in shots))

    @property
    def seconds(self) -> float:
        return self.shots[-1][1]

    def at_speed(self, speed: float) -> Version:
        """Return the copy with times divided by ``speed``."""
        shots = tuple((start / speed, end / speed) for start, end in self.shots)
        return Version(self.thumbnails, self.thumbnail_seconds / speed, shots)

    def shot_at(self, seconds: float) -> int:
        ends = [end for _, end in self.shots]
        return min(int(np.searchsorted(ends, seconds, side="right")), len(self.shots) - 1)


@dataclass(frozen=True)
class Fingerprints:
    """``GRID_HZ`` fingerprints a second from the film's start: unit vectors float32 ``[n, 100]``; product 1 = same."""

    luma: NDArray[np.float32]  # [n, 9, 16]

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        return _unit(self.luma)

    @cached_property
    def flipped(self) -> NDArray[np.float32]:
        """The vectors of the pictures mirrored left to right."""
        return _unit(self.luma[:, :, ::-1])

    def rows(self, start_seconds: float, end_seconds: float) -> slice:
        """Return the rows between two times; at least one."""
        first = int(np.ceil(start_seconds * GRID_HZ - 1e-6))
        end = int(np.ceil(end_seconds * GRID_HZ - 1e-6))
        first = min(first, len(self.luma) - 1)
        return slice(first, max(end, first + 1))


def fingerprints_of(version: Version) -> Fingerprints:
    """Return a copy's fingerprints: its luma thumbnails, interpolated within shots to a regular grid."""
    luma = version.thumbnails[:, 0].astype(np.float32)
    times = version.thumbnail_seconds
    grid = np.arange(max(1, int(np.ceil(version.seconds * GRID_HZ - 1e-6)))) / GRID_HZ
    starts = np.array([start for start, _ in version.shots])

    def shot_of(seconds: NDArray[np.float64]) -> NDArray[np.intp]:
        return np.asarray(np.searchsorted(starts, seconds + 1e-6, side="right") - 1)

    after = np.minimum(np.searchsorted(times, grid), len(times) - 1)
    before = np.maximum(after - 1, 0)
    own = shot_of(grid)
    # Thumbnails of the shots before and after are not used for this one.
    low = np.where(shot_of(times[before]) == own, before, after)
    high = np.where(shot_of(times[after]) == own, after, before)
    span = times[high] - times[low]
    part = np.where(span > 0, (grid - times[low]) / np.where(span > 0, span, 1.0), 0.0)
    weight = np.clip(part, 0.0, 1.0).astype(np.float32)[:, None, None]
    return Fingerprints(luma[low] * (1 - weight) + luma[high] * weight)


def speed_between(first: Version, second: Version) -> float:
    """Return the seconds of the second copy for one of the first: one of ``SPEEDS``.

    Measured by the lengths of shots whose mean pictures are most similar to each other.
    """
    one, two = _mean_vectors(first), _mean_vectors(second)
    similarities = one @ two.T
    best, back = similarities.argmax(axis=1), similarities.argmax(axis=0)
    lengths = [np.array([end - start for start, end in version.shots]) for version in (first, second)]
    mutual = [shot for shot in range(len(one)) if back[best[shot]] == shot and similarities[shot, best[shot]] >= _ALIKE]
    ratios = np.array([lengths[1][best[shot]] / lengths[0][shot] for shot in mutual])
    weights = np.array([lengths[0][shot] for shot in mutual])
    near = np.abs(ratios - 1) <= _NEAR if len(ratios) else np.zeros(0, dtype=bool)
    if near.sum() < _ENOUGH:
        return 1.0
    order = np.argsort(ratios[near])
    half = np.searchsorted(np.cumsum(weights[near][order]), weights[near].sum() / 2)
    middle = ratios[near][order][half]  # the median weighted by length
    return min(SPEEDS, key=lambda speed: abs(middle - speed))


def _mean_vectors(version: Version) -> NDArray[np.float32]:
    prints = fingerprints_of(version)
    return _unit(np.stack([prints.luma[prints.rows(*shot)].mean(axis=0) for shot in version.shots]))


def _unit(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit vectors of pictures float32 ``[n, 9, 16]``: the layout, and two numbers that count if there is hardly
    any."""
    # Without the outermost cells: bars are detected on each copy alone, and can differ by a few pixels.
    inner = luma[:, 1:-1, 1:-1]
    cells = inner.reshape(len(luma), -1)
    mean = cells.mean(axis=1)
    layout = cells - mean[:, None]
    flat = _FLAT * np.sqrt(cells.shape[1])
    angle = mean / 255 * np.pi / 2  # flat pictures differ by their brightness: black from white
    vectors = np.concatenate([layout, flat * np.cos(angle)[:, None], flat * np.sin(angle)[:, None]], axis=1)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)
