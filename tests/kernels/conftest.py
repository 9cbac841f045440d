"""Hands the references, the comparison and synthetic pictures to the tests: this folder is no package."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from kuleshov.decode.frames import FrameBatch
from kuleshov.media.color import ColorSpec


def load(name: str) -> ModuleType:
    """Import a file of this folder by its path."""
    spec = importlib.util.spec_from_file_location(f"kernels_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


_REFERENCE, _COMPARISON = load("reference"), load("comparison")


@pytest.fixture(scope="session")
def reference() -> ModuleType:
    """``reference.py``: the slow truth of each operator."""
    return _REFERENCE


@pytest.fixture(scope="session")
def assert_agrees() -> Callable[..., None]:
    """``comparison.assert_agrees``."""
    return _COMPARISON.assert_agrees


@pytest.fixture(scope="session")
def tolerances() -> dict:
    """``comparison.TOLERANCES``."""
    return _COMPARISON.TOLERANCES


def random_frames(count: int, height: int, width: int, *, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Noise of every value: luma ``[N, H, W]`` and chroma ``[N, H/2, W/2, 2]``."""
    values = np.random.default_rng(seed)
    luma = values.integers(0, 256, (count, height, width), dtype=np.uint8)
    return luma, values.integers(0, 256, (count, height // 2, width // 2, 2), dtype=np.uint8)


@pytest.fixture(scope="session")
def noise() -> Callable[..., tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """``random_frames`` for tests: ``noise(count, height, width, seed=0)``."""
    return random_frames


def make_batch(
    luma: NDArray[np.uint8],
    chroma: NDArray[np.uint8] | None = None,
    *,
    pts_seconds: NDArray[np.float64] | None = None,
    range: str = "limited",
    device: str = "cpu",
) -> FrameBatch:
    """A batch of these frames at 25 frames per second, grey unless chroma is given."""
    count, height, width = luma.shape
    if chroma is None:
        chroma = np.full((count, height // 2, width // 2, 2), 128, dtype=np.uint8)
    times = np.arange(count) / 25 if pts_seconds is None else pts_seconds
    return FrameBatch(luma, chroma, times, np.arange(count), ColorSpec(range=range), device)


@pytest.fixture(scope="session")
def batch_of() -> Callable[..., FrameBatch]:
    """``make_batch`` for tests: ``batch_of(luma, chroma, range="full")``."""
    return make_batch


def texture_at(x: NDArray[np.float64], y: NDArray[np.float64], *, seed: int = 0) -> NDArray[np.float64]:
    """A picture that is known between its pixels: waves of 8 to 150 pixels, the long ones stronger."""
    values = np.random.default_rng(seed)
    wavelengths = np.exp(values.uniform(np.log(8), np.log(150), 80))
    picture = np.zeros_like(x)
    for wavelength, angle, phase in zip(wavelengths, *values.uniform(0, 2 * np.pi, (2, 80)), strict=True):
        along = x * np.cos(angle) + y * np.sin(angle)
        picture += np.sqrt(wavelength) * np.cos(2 * np.pi / wavelength * along + phase)
    return 120 + 40 * picture / np.sqrt(wavelengths.sum() / 2)


@pytest.fixture(scope="session")
def moved_texture() -> Callable[..., NDArray[np.uint8]]:
    """Pictures of one texture, moved: ``moved_texture((height, width), shift=(x, y), growth=1.02, degrees=1)``."""

    def picture(
        size: tuple[int, int],
        *,
        shift: tuple[float, float] = (0, 0),
        growth: float = 1,
        degrees: float = 0,
        gain: float = 1,
        seed: int = 0,
    ) -> NDArray[np.uint8]:
        height, width = size
        y, x = np.mgrid[0:height, 0:width] + 0.5
        x, y = x - width / 2 - shift[0], y - height / 2 - shift[1]
        c, s = (f(np.radians(degrees)) / growth for f in (np.cos, np.sin))
        values = texture_at(c * x + s * y, c * y - s * x, seed=seed)
        return np.clip(np.rint(gain * values), 0, 255).astype(np.uint8)

    return picture
