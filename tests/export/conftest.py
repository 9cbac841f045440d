"""Small films whose cuts are known, at any rate."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from kuleshov.pipeline.analyze import Description, Pipeline
from kuleshov.pipeline.job.settings import Settings

CUTS = (0, 17, 40, 61, 90)  # the last is the end


def pictures() -> list[np.ndarray]:
    rng = np.random.default_rng(7)
    places = [
        rng.integers(low, low + 90, (6, 8, 3)).repeat(8, axis=0).repeat(8, axis=1).astype(np.uint8)
        for low in (0, 160, 40, 120)
    ]
    return [places[shot] for shot in range(4) for _ in range(CUTS[shot + 1] - CUTS[shot])]


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    return Pipeline(Settings(shots="cascade", device="cpu"))


@pytest.fixture(scope="session")
def describe(
    tmp_path_factory: pytest.TempPathFactory, make_film: Callable[..., Path], pipeline: Pipeline
) -> Callable[..., Description]:
    """``describe(rate, ticks=None)``: a film of four shots cut at ``CUTS``, described; made once for each rate."""
    made: dict[tuple[Fraction, tuple[int, ...] | None, str], Description] = {}
    folder = tmp_path_factory.mktemp("rates")

    def described(rate: Fraction, *, ticks: tuple[int, ...] | None = None, ending: str = "mp4") -> Description:
        key = (rate, ticks, ending)
        if key not in made:
            options = {} if ticks is None else {"ticks": ticks, "time_base": Fraction(1, 1000)}
            codec = "libx264" if ticks is None else "ffv1"
            path = make_film(folder / f"film {len(made)}.{ending}", pictures(), rate=rate, codec=codec, **options)
            made[key] = pipeline.describe(path)
        return made[key]

    return described


@pytest.fixture(scope="session")
def cuts() -> tuple[int, ...]:
    return CUTS
