"""J-cuts and L-cuts on sound that changes at known times."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kuleshov.cinema.audio.split_edits import split_edits
from kuleshov.cinema.hearing.analyze_audio import analyze_audio
from kuleshov.cinema.tracks import Tracks
from kuleshov.media.audio import SAMPLE_RATE

CUTS = [8.0, 16.0, 24.0]


def surf(seconds: float, *, seed: int) -> NDArray[np.float32]:
    """Bright noise, quiet."""
    return (0.01 * np.random.default_rng(seed).standard_normal(round(seconds * SAMPLE_RATE))).astype(np.float32)


def engine(seconds: float) -> NDArray[np.float32]:
    """A low hum, loud."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return np.asarray(0.2 * np.sin(2 * np.pi * 90 * time) + 0.1 * np.sin(2 * np.pi * 181 * time), np.float32)


def tracks_with_borders(make_sound: Callable[..., Path], path: Path, borders: list[float]) -> Tracks:
    """32 s that change between surf and engine at these times."""
    edges = [0.0, *borders, 32.0]
    parts = [
        surf(end - start, seed=number) if number % 2 == 0 else engine(end - start)
        for number, (start, end) in enumerate(pairwise(edges))
    ]
    return analyze_audio(make_sound(path, np.concatenate(parts)[None]), stream_index=0, start_seconds=0).tracks


def test_sound_before_its_picture_is_a_j_cut_and_after_it_an_l_cut(
    make_sound: Callable[..., Path], tmp_path: Path
) -> None:
    tracks = tracks_with_borders(make_sound, tmp_path / "sound.mkv", [7.0, 16.0, 25.2])
    first, second, third = split_edits(tracks, CUTS)
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.type, first.offset_seconds) == ("j_cut", pytest.approx(-1.0, abs=0.25))
    assert (second.type, second.offset_seconds) == ("straight", pytest.approx(0.0, abs=0.25))
    assert (third.type, third.offset_seconds) == ("l_cut", pytest.approx(1.2, abs=0.25))


def test_sound_that_goes_through_has_no_border(make_sound: Callable[..., Path], tmp_path: Path) -> None:
    tracks = tracks_with_borders(make_sound, tmp_path / "sound.mkv", [])
    assert split_edits(tracks, CUTS) == [None] * 3
    assert split_edits(Tracks(), CUTS) == [None] * 3
    assert split_edits(tracks, []) == []
