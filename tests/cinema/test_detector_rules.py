"""The rules by which detectors decide, on given scores and brightness curves."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.cinema.detectors._luma import transition_type
from kuleshov.cinema.detectors.exact import transitions_from_scores

COUNT = 100


def curve(level=0.0, **stretches):
    """Float32 ``[100]``: ``level``, and other values on spans given as ``f10_20=value``."""
    values = np.full(COUNT, level, dtype=np.float32)
    for name, value in stretches.items():
        first, end = (int(part) for part in name[1:].split("_"))
        values[first:end] = value
    return values


def line(*points, count=COUNT):
    """Float32 values on straight lines from point to point, each ``(frame, value)``."""
    return np.interp(np.arange(count), *zip(*points, strict=True)).astype(np.float32)


def spans(transitions):
    return [(each.type, each.start_frame, each.end_frame) for each in transitions]


def read(single, every, luma=0.4):
    return transitions_from_scores(single, every, np.broadcast_to(np.float32(luma), COUNT))


def test_scores_mark_the_last_frame_before_a_cut():
    (cut,) = read(curve(f39_40=0.9), curve(f38_41=0.4))
    assert spans([cut]) == [("cut", 39, 40)]
    assert cut.confidence == pytest.approx(0.9)


def test_scores_without_an_extent_are_a_cut():
    assert spans(read(curve(f39_40=0.6), curve())) == [("cut", 39, 40)]


def test_a_gradual_transition_reaches_as_far_as_the_second_head_sees_it():
    # Frames 30 to 39 are mixed: 29 is the last clean one before, 40 the first one after.
    assert spans(read(curve(f35_36=0.7), curve(f30_40=0.3))) == [("dissolve", 29, 40)]


@pytest.mark.parametrize(("every", "found"), [(0.9, 1), (0.5, 0)])
def test_a_long_dissolve_needs_no_decided_first_head_but_a_sure_second(every, found):
    assert len(read(curve(f35_36=0.3), curve(f20_50=every))) == found


def test_a_short_surge_of_the_second_head_is_no_transition():
    assert read(curve(f35_36=0.45), curve(f30_35=0.95)) == []


def test_shots_of_one_or_two_frames_are_part_of_a_transition():
    single, every = curve(f39_40=0.9, f41_42=0.8), curve(f39_40=0.9, f41_42=0.9)
    assert spans(read(single, every)) == [("cut", 39, 40)]
    apart = curve(f39_40=0.9, f42_43=0.8)
    assert spans(read(apart, apart)) == [("cut", 39, 40), ("cut", 42, 43)]


@pytest.mark.parametrize(("between", "joined"), [(0.0, True), (1.0, True), (0.3, False)])
def test_two_sides_of_a_fade_are_joined_over_what_is_blank(between, joined):
    scores = curve(f30_38=0.8, f48_56=0.8)
    luma = np.where((np.arange(COUNT) >= 37) & (np.arange(COUNT) < 49), np.float32(between), np.float32(0.4))
    found = spans(transitions_from_scores(scores, scores, luma))
    kind = {0.0: "fade_black", 1.0: "fade_white"}.get(between)
    assert found == ([(kind, 29, 56)] if joined else [("dissolve", 29, 38), ("dissolve", 47, 56)])


def test_black_that_is_held_is_a_shot():
    scores = curve(f10_20=0.8, f60_70=0.8)
    luma = line((10, 0.4), (20, 0), (60, 0), (70, 0.4))
    assert spans(transitions_from_scores(scores, scores, luma)) == [("fade_black", 9, 20), ("fade_black", 59, 70)]


def test_what_runs_into_the_end_of_the_film_is_no_transition():
    assert read(curve(f90_100=0.9), curve(f90_100=0.9)) == []
    assert read(curve(f99_100=0.9), curve(f99_100=0.9)) == []


@pytest.mark.parametrize(
    ("points", "kind"),
    [
        ([(0, 0.5), (9, 0.2)], "dissolve"),
        ([(0, 0.5), (5, 0.0), (9, 0.2)], "fade_black"),
        ([(0, 0.5), (5, 1.0), (9, 0.2)], "fade_white"),
        ([(0, 0.5), (9, 0.0)], "fade_black"),
        ([(0, 0.0), (9, 0.06)], "fade_black"),
        ([(0, 0.04), (9, 0.03)], "dissolve"),  # two night scenes
        ([(0, 0.04), (9, 0.4)], "dissolve"),
        ([(0, 0.4), (5, 0.3), (9, 0.4)], "dissolve"),
    ],
)
def test_brightness_tells_fades_from_dissolves(points, kind):
    assert transition_type(line(*points, count=10)) == kind
