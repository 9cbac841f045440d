"""Lamps that go on and off at known times."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.cinema.light.light_switches import light_switches
from kuleshov.cinema.span import Span
from kuleshov.cinema.tracks import Track

RATE = 25.0
TIMES = np.arange(200) / RATE


def switches(values, spans=None, *, seconds=TIMES):
    noisy = np.asarray(values) + np.random.default_rng(0).normal(0, 0.004, len(seconds))
    track = Track("luma_mean", "0..1", seconds, noisy.astype(np.float32))
    return light_switches(track, spans or [Span(0, len(seconds))])


def test_a_lamp_goes_off_and_on():
    found = switches(np.where((TIMES >= 3) & (TIMES < 6), 0.1, 0.5))
    assert [switch.seconds for switch in found] == [3.0, 6.0]
    assert [switch.change for switch in found] == pytest.approx([-0.4, 0.4], abs=0.02)


def test_a_switch_of_a_few_frames_is_sudden_too():
    (found,) = switches(np.interp(TIMES, [4.0, 4.12], [0.2, 0.5]))
    assert found.seconds == pytest.approx(4.08, abs=0.09)
    assert found.change == pytest.approx(0.3, abs=0.02)


@pytest.mark.parametrize(
    "values",
    [
        np.interp(TIMES, [2, 5], [0.6, 0.1]),  # dimming
        np.where((TIMES >= 3) & (TIMES < 3.12), 0.9, 0.3),  # a flash
        0.4 + 0.15 * np.sign(np.sin(2 * np.pi * 4 * TIMES)),  # flicker
        np.where(TIMES >= 4, 0.36, 0.30),  # too little
        np.where(TIMES >= 7.8, 0.8, 0.2),  # at the end
    ],
    ids=["dimming", "flash", "flicker", "little", "end"],
)
def test_what_is_no_switch(values):
    assert switches(values) == []


def test_a_cut_between_spans_is_no_switch():
    step = np.where(TIMES >= 4, 0.7, 0.2)
    assert switches(step, [Span(0, 100), Span(100, 200)]) == []
    assert len(switches(step)) == 1


def test_frames_of_a_variable_rate_and_single_frames():
    seconds = np.cumsum(np.where(np.arange(100) % 3 == 0, 0.09, 0.03))
    (found,) = switches(np.where(seconds >= 2.5, 0.6, 0.2), seconds=seconds)
    assert found.seconds == seconds[np.searchsorted(seconds, 2.5)]
    assert switches([0.5], seconds=np.zeros(1)) == []
