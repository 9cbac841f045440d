"""Bursts, swells and fades on sound whose truth is known: found where they are, and nothing where they are not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from kuleshov.cinema.hearing.events import find_bursts, find_fades, find_swells
from kuleshov.cinema.hearing.loudness import LoudnessMeter
from kuleshov.cinema.hearing.silence import LevelMeter, find_cuts_to_silence
from kuleshov.media.audio import SAMPLE_RATE


def noise(level_dbfs: float, seconds: float, *, seed: int = 3) -> NDArray[np.float32]:
    samples = np.random.default_rng(seed).standard_normal(round(seconds * SAMPLE_RATE))
    return (10 ** (level_dbfs / 20) * samples).astype(np.float32)


def levels(samples: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    meter = LevelMeter()
    meter.push(samples[None])
    return 0.025 + 0.05 * np.arange(len(meter.levels)), np.array(meter.levels, np.float32)


def loudness(samples: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    meter = LoudnessMeter("mono")
    meter.push(samples[None])
    return 0.2 + 0.1 * np.arange(len(meter.momentary)), np.array(meter.momentary, np.float32)


def faded(kind: str, seconds: float) -> NDArray[np.float32]:
    """10 s of noise that fade out, 2 s of nothing, and 10 s that fade in."""
    left = np.linspace(1, 0, round(seconds * SAMPLE_RATE))
    curve = {"linear": left, "decibel": 10 ** (-60 * (1 - left) / 20), "cosine": (1 - np.cos(np.pi * left)) / 2}[kind]
    samples = np.concatenate((noise(-20, 10), np.zeros(2 * SAMPLE_RATE, np.float32), noise(-20, 10)))
    samples[10 * SAMPLE_RATE - len(curve) : 10 * SAMPLE_RATE] *= curve
    samples[12 * SAMPLE_RATE : 12 * SAMPLE_RATE + len(curve)] *= curve[::-1]
    return samples


@pytest.mark.parametrize("seconds", [1.5, 2.0, 4.0])
@pytest.mark.parametrize("kind", ["linear", "decibel", "cosine"])
def test_fades_are_found_and_are_neither_cuts_nor_bursts(kind: str, seconds: float) -> None:
    track = levels(faded(kind, seconds))
    ((fade_in,), (fade_out,)) = find_fades(*track)
    assert 10 - seconds - 0.1 < fade_out.seconds < 10 - 0.5 * seconds
    assert fade_out.seconds + fade_out.duration_seconds == pytest.approx(10, abs=0.3 * seconds)
    assert fade_in.seconds == pytest.approx(12, abs=0.3 * seconds)
    assert (fade_out.rise_db < -15, fade_in.rise_db > 15) == (True, True)
    assert find_cuts_to_silence(*track) == []
    assert find_bursts(*track) == []


def test_a_cut_is_no_fade_and_what_comes_back_at_once_is_a_burst() -> None:
    samples = np.concatenate((noise(-20, 10), np.zeros(2 * SAMPLE_RATE, np.float32), noise(-20, 8)))
    track = levels(samples)
    assert find_fades(*track) == ([], [])
    ((seconds, _),) = find_cuts_to_silence(*track)
    assert seconds == pytest.approx(10, abs=0.2)
    (burst,) = find_bursts(*track)
    assert burst.seconds == pytest.approx(12, abs=0.1)


def test_a_burst_out_of_quiet_is_found_with_its_strength() -> None:
    samples = np.concatenate((noise(-40, 10), noise(-12, 0.6), noise(-40, 8)))
    (burst,) = find_bursts(*levels(samples))
    assert (burst.seconds, burst.rise_db) == (pytest.approx(10, abs=0.1), pytest.approx(28, abs=1.5))
    assert find_bursts(*levels(np.concatenate((noise(-30, 10), noise(-18, 5))))) == []  # 12 dB are too few


def test_a_swell_is_found_and_a_step_is_none() -> None:
    gain_db = np.interp(np.arange(20 * SAMPLE_RATE) / SAMPLE_RATE, [0, 6, 12, 20], [-40, -40, -15, -15])
    (swell,) = find_swells(*loudness((noise(0, 20) * 10 ** (gain_db / 20)).astype(np.float32)))
    assert (swell.seconds, swell.rise_db) == (pytest.approx(6, abs=1), pytest.approx(25, abs=1.5))
    assert find_swells(*loudness(np.concatenate((noise(-40, 8), noise(-15, 8))))) == []
    assert find_swells(*loudness(noise(-20, 15))) == []


def test_nothing_is_found_in_nothing() -> None:
    none = np.zeros(0), np.zeros(0, np.float32)
    assert (find_bursts(*none), find_fades(*none), find_swells(*none)) == ([], ([], []), [])
