"""A small edited film whose shots, sound and subtitles are known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

RATE = 25
SHOT_FRAMES = (50, 30, 75, 20)


def picture(shot: int, frame: int) -> np.ndarray:
    """Every shot has its own colours and texture; the third pans to the right."""
    rng = np.random.default_rng(shot)
    base = np.array([(40, 30, 20), (200, 190, 180), (30, 60, 160), (150, 40, 40)][shot])
    texture = rng.integers(-30, 30, (12, 40, 3)).repeat(12, axis=0).repeat(12, axis=1)
    moved = np.roll(texture, 2 * frame if shot == 2 else 0, axis=1)
    return np.clip(base + moved[:144, :256], 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory, make_film: Callable[..., Path]) -> Path:
    """Seven seconds, four shots by hard cuts, a tone that breaks off from 5.0 to 6.6 s, a line of dialogue."""
    folder = tmp_path_factory.mktemp("film")
    frames = [picture(shot, frame) for shot, count in enumerate(SHOT_FRAMES) for frame in range(count)]
    seconds = np.arange(7 * 48_000) / 48_000
    tone = (0.2 * np.sin(2 * np.pi * 440 * seconds) * ((seconds < 5) | (seconds > 6.6))).astype(np.float32)
    path = make_film(folder / "four shots.mp4", frames, rate=RATE, sound=np.stack([tone, tone]))
    (folder / "four shots.srt").write_text("1\n00:00:02,100 --> 00:00:03,100\nWhere are you going?\n")
    return path
