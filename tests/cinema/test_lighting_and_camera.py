"""Lighting, camera and pace from given tracks."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.cinema.camera.camera import describe_camera
from kuleshov.cinema.editing.pace import scene_pace, shot_pace
from kuleshov.cinema.light.lighting import describe_lighting as describe_lighting_of
from kuleshov.cinema.span import Span, frame_values, slope
from kuleshov.cinema.thumbnails.thumbnail_features import THUMBNAIL_TRACKS, ThumbnailFeatures
from kuleshov.cinema.tracks import Tracks

RATE = 25.0


def tracks(count=100, *, seconds=None, **values):
    """Frame tracks of ``count`` frames at 25 fps: constants or arrays by name, 0 where nothing is given."""
    names = [
        "luma_mean",
        "contrast",
        "luma_p05",
        "luma_p95",
        "dark_share",
        "bright_share",
        "flow_mean",
        "flow_median",
        "flow_p90",
        "pan",
        "tilt",
        "zoom",
    ]
    made = Tracks()
    times = np.arange(count) / RATE if seconds is None else np.asarray(seconds)
    for name in names:
        made.add(name, unit="", seconds=times, values=np.broadcast_to(values.get(name, 0.0), (len(times),)))
    support = np.broadcast_to(values.get("flow_support", 1.0), (len(times),))
    made.add("flow_support", unit="", seconds=times, values=support)
    return made


def describe_lighting(made, spans, **features):
    """Lighting where the small pictures show nothing but what ``features`` says."""
    values = {name: np.full(3, features.get(name, 0.0), dtype=np.float32) for name in THUMBNAIL_TRACKS}
    return describe_lighting_of(made, spans, ThumbnailFeatures(np.arange(3.0), values))


@pytest.mark.parametrize(
    ("luma", "dark", "key"),
    [(0.12, 0.8, "low"), (0.7, 0.02, "high"), (0.45, 0.2, "normal"), (0.2, 0.1, "normal"), (0.7, 0.3, "normal")],
)
def test_key_needs_brightness_and_shadow_to_agree(luma, dark, key):
    made = describe_lighting(tracks(luma_mean=luma, dark_share=dark, contrast=0.2), [Span(0, 100)])
    assert made.key == key
    assert made.key_value == pytest.approx(luma * 0.2, rel=1e-6)


def test_light_that_goes_down_has_a_falling_slope():
    sinking = tracks(luma_mean=np.linspace(0.8, 0.4, 100))
    made = describe_lighting(sinking, [Span(0, 100)])
    assert made.luma_slope == pytest.approx(-0.4 / (99 / RATE), rel=1e-4)
    assert describe_lighting(tracks(luma_mean=0.5), [Span(3, 4)]).luma_slope == 0


def test_slope_follows_the_times_of_a_film_of_variable_rate():
    seconds = np.array([0.0, 0.1, 0.5, 2.0])
    made = tracks(seconds=seconds, luma_mean=0.3 * seconds)
    assert slope(made["luma_mean"], [Span(0, 4)]) == pytest.approx(0.3, rel=1e-5)


def test_spans_leave_out_what_lies_between_them():
    values = np.zeros(100)
    values[40:60] = 9
    spans = [Span(0, 40), Span(60, 100)]
    assert frame_values(tracks(luma_mean=values), "luma_mean", spans).max() == 0


def test_the_step_across_a_cut_is_no_movement():
    flow = np.zeros(100)
    flow[50] = 30.0
    made = describe_camera(tracks(flow_mean=flow), [Span(50, 100)])
    assert made is not None
    assert made.motion_mean == 0
    assert made.amount == "static"


def test_a_single_frame_shows_no_movement():
    assert describe_camera(tracks(), [Span(5, 6)]) is None


def test_a_blank_picture_shows_no_movement():
    assert describe_camera(tracks(flow_support=0.0), [Span(0, 100)]) is None
    assert describe_camera(tracks(flow_support=0.05), [Span(0, 100)]) is not None


@pytest.mark.parametrize(("motion", "amount"), [(0.0, "static"), (0.05, "slow"), (0.2, "moderate"), (0.5, "fast")])
def test_amount_of_movement(motion, amount):
    made = describe_camera(tracks(flow_mean=motion), [Span(0, 100)])
    assert made is not None
    assert made.amount == amount


def camera_of_path(x, y=None):
    """The camera that follows a path in frame-widths, one point a frame."""
    steps = np.diff(x, prepend=x[0]) * RATE
    up = np.zeros_like(steps) if y is None else np.diff(y, prepend=y[0]) * RATE
    made = describe_camera(tracks(len(x), pan=steps, tilt=up), [Span(0, len(x))])
    assert made is not None
    return made


def test_a_steady_pan_does_not_shake_and_a_shaking_hand_does():
    times = np.arange(200) / RATE
    assert camera_of_path(0.5 * times).shake < 1e-6
    slow = camera_of_path(0.1 * np.sin(2 * np.pi * 0.2 * times)).shake
    fast = camera_of_path(0.01 * np.sin(2 * np.pi * 4.0 * times)).shake
    assert fast == pytest.approx(0.01 / np.sqrt(2), rel=0.15)
    assert slow < 0.3 * 0.1 / np.sqrt(2)


def test_shake_is_the_same_in_every_direction():
    times = np.arange(200) / RATE
    wave = 0.01 * np.sin(2 * np.pi * 4.0 * times)
    level = camera_of_path(wave).shake
    assert camera_of_path(np.zeros_like(wave), wave).shake == pytest.approx(level, rel=1e-6)
    assert camera_of_path(wave / np.sqrt(2), wave / np.sqrt(2)).shake == pytest.approx(level, rel=1e-6)


def test_pan_is_signed_and_zoom_is_growth():
    made = describe_camera(tracks(pan=-0.2, zoom=0.05), [Span(0, 50)])
    assert made is not None
    assert (made.pan, made.zoom) == (pytest.approx(-0.2), pytest.approx(0.05))


def test_pace_of_regular_cutting():
    shots = [(2.0 * number, 2.0 * number + 2.0) for number in range(60)]
    pace = shot_pace(shots, 30)
    assert pace.shot_length_seconds == 2.0
    assert pace.average_shot_length_seconds == pace.median_shot_length_seconds == 2.0
    assert pace.cuts_per_minute == pytest.approx(30, abs=1)
    assert pace.window_seconds == 60


def test_pace_near_the_ends_looks_at_what_there_is():
    shots = [(2.0 * number, 2.0 * number + 2.0) for number in range(60)]
    first = shot_pace(shots, 0)
    assert first.window_seconds == pytest.approx(31.0)
    assert first.cuts_per_minute == pytest.approx(30, abs=2)
    alone = shot_pace([(0.0, 7.5)], 0)
    assert (alone.cuts_per_minute, alone.average_shot_length_seconds) == (0, 7.5)


def test_pace_tells_a_long_take_among_fast_cuts():
    shots = [(float(n), n + 1.0) for n in range(20)] + [(20.0, 50.0)] + [(50.0 + n, 51.0 + n) for n in range(20)]
    pace = shot_pace(shots, 20)
    assert pace.shot_length_seconds == 30
    assert pace.median_shot_length_seconds == 1
    assert pace.average_shot_length_seconds > pace.median_shot_length_seconds


def test_pace_of_a_scene_is_its_own():
    shots = [(0.0, 10.0), (10.0, 11.0), (11.0, 12.0), (12.0, 13.0), (13.0, 60.0)]
    pace = scene_pace(shots, 1, 4)
    assert pace.shot_length_seconds == pytest.approx(1.0)
    assert pace.longest_shot_seconds == 1.0
    assert pace.window_seconds == 20.0  # too short for a pace of its own: measured with its surroundings
    assert pace.cuts_per_minute == pytest.approx(12)


def test_pace_of_a_long_scene_is_that_of_the_scene_alone():
    shots = [(0.0, 60.0)] + [(60.0 + n, 61.0 + n) for n in range(30)] + [(90.0, 150.0)]
    pace = scene_pace(shots, 1, 31)
    assert pace.window_seconds == 30.0
    assert pace.cuts_per_minute == pytest.approx(60)
    assert pace.median_shot_length_seconds == 1.0
