"""Camera movements: from given tracks, and from takes of a known camera, through the real kernels."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks/quality"))

import cv2
from moves.scoring import label_scores, macro_f1, speed_error, told
from moves.takes import LOOKS, Course, Part, Take, make_take
from moves.world import Film, Layer, Pose, shoot

from kuleshov.cinema.camera.camera import describe_camera
from kuleshov.cinema.camera.movements import find_movements
from kuleshov.cinema.span import Span
from kuleshov.cinema.tracks import Tracks
from kuleshov.decode.cpu import CpuDecoder
from kuleshov.decode.frames import FrameBatch
from kuleshov.media.color import ColorSpec
from kuleshov.media.probe import probe
from kuleshov.pipeline.stages.frames import FRAME_TRACKS, FrameMeter

RATE = 25.0


def written(seconds=3.0, *, rate=RATE, times=None, **values) -> Tracks:
    """Frame tracks with these values, all others 0, except that all of the picture can be followed."""
    times = np.arange(round(seconds * rate)) / rate if times is None else times
    tracks = Tracks()
    for name, unit in FRAME_TRACKS.items():
        given = values.get(name, 1.0 if name == "flow_support" else 0.0)
        numbers = given(times) if callable(given) else np.full(len(times), given)
        tracks.add(name, unit=unit, seconds=times, values=numbers)
    return tracks


def found(tracks, first=0, end=None):
    return find_movements(tracks, [Span(first, end or len(tracks["pan"].seconds))])


def names(tracks):
    return {each.name for each in found(tracks)}


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"pan": -0.2, "camera_speed": 0.2}, "pan_right"),
        ({"pan": 0.2, "camera_speed": 0.2}, "pan_left"),
        ({"tilt": 0.2, "camera_speed": 0.2}, "tilt_up"),
        ({"tilt": -0.2, "camera_speed": 0.2}, "tilt_down"),
        ({"roll": 10, "camera_speed": 0.05}, "roll_counterclockwise"),
        ({"roll": -10, "camera_speed": 0.05}, "roll_clockwise"),
        ({"zoom": 0.2, "camera_speed": 0.05}, "zoom_in"),
        ({"zoom": -0.2, "camera_speed": 0.05}, "zoom_out"),
        ({"zoom": 0.2, "camera_speed": 0.05, "parallax": 0.01, "parallax_lead": 0.005}, "dolly_in"),
        ({"zoom": -0.2, "camera_speed": 0.05, "parallax_radial": 0.01}, "dolly_out"),
        ({"zoom": 0.2, "camera_speed": 0.05, "parallax": 0.01, "parallax_lead": -0.008}, "dolly_zoom"),
        ({"pan": 0.2, "camera_speed": 0.2, "parallax": 0.04}, "truck_left"),
        ({"tilt": 0.2, "camera_speed": 0.2, "parallax": 0.04}, "pedestal_up"),
        ({}, "static"),
    ],
)
def test_labels_speak_of_the_camera(values, name):
    (movement,) = found(written(**values))
    assert movement.name == name
    assert (movement.start_seconds, movement.end_seconds) == (pytest.approx(0, abs=0.05), pytest.approx(3, abs=0.1))
    assert movement.confidence > 0.8 or name == "dolly_zoom"


def test_someone_who_stays_in_the_frame_of_a_moving_camera_is_followed():
    values = {"pan": 0.2, "camera_speed": 0.2, "object_share": 0.2, "still_share": 0.15, "object_extent": 0.4}
    assert names(written(**values)) == {"pan_left", "tracking"}
    assert names(written(**values, parallax=0.03)) == {"truck_left", "tracking"}
    assert names(written(**values | {"still_share": 0.0})) == {"pan_left"}


def test_movements_have_times_speeds_and_may_overlap():
    tracks = written(
        6.0,
        pan=lambda t: -0.3 * ((t > 1) & (t < 3)),
        zoom=lambda t: 0.25 * ((t > 2) & (t < 5)),
        camera_speed=lambda t: np.where(t < 2, 0.3, 0.1),
    )
    pan = next(each for each in found(tracks) if each.name == "pan_right")
    zoom = next(each for each in found(tracks) if each.name == "zoom_in")
    assert (pan.start_seconds, pan.end_seconds) == (pytest.approx(1, abs=0.15), pytest.approx(3, abs=0.15))
    assert (zoom.start_seconds, zoom.end_seconds) == (pytest.approx(2, abs=0.15), pytest.approx(5, abs=0.15))
    assert pan.speed == pytest.approx(0.3, rel=0.05)
    assert zoom.speed == pytest.approx(0.25, rel=0.05)
    assert "static" in {each.name for each in found(tracks)}


def test_a_pan_there_and_back_is_two():
    tracks = written(4.0, pan=lambda t: np.where(t < 2, 0.2, -0.2), camera_speed=0.2)
    assert [each.name for each in found(tracks)] == ["pan_left", "pan_right"]


def test_a_tremor_is_hand_held_and_no_pan():
    shaken = written(pan=lambda t: 0.15 * np.cos(2 * np.pi * 4 * t), camera_speed=0.1)
    assert names(shaken) == {"handheld"}
    moved = written(pan=lambda t: 0.3 + 0.15 * np.cos(2 * np.pi * 4 * t), camera_speed=0.3)
    assert names(moved) == {"handheld", "pan_left"}
    camera = describe_camera(moved, [Span(0, 75)])
    assert camera is not None
    assert camera.shake == pytest.approx(0.15 / (2 * np.pi * 4) / np.sqrt(2), rel=0.15)
    assert camera.steadiness < 0.7


def test_a_whip_is_no_slow_pan():
    (before, whip, after) = sorted(
        found(written(pan=lambda t: -3.0 * ((t > 1.2) & (t < 1.5)), camera_speed=1.0)), key=lambda m: m.start_seconds
    )
    assert (before.name, whip.name, after.name) == ("static", "whip_pan", "static")
    assert whip.speed == pytest.approx(3.0, rel=0.1)
    assert whip.end_seconds - whip.start_seconds == pytest.approx(0.3, abs=0.1)


def test_nothing_is_taken_over_a_cut():
    tracks = written(pan=lambda t: np.where(np.arange(len(t)) == 40, 30.0, 0.0))
    assert [each.name for each in found(tracks, 40)] == ["static"]


@pytest.mark.parametrize("rate", [12.0, 24.0, 60.0])
def test_the_frame_rate_does_not_matter(rate):
    (movement,) = found(written(rate=rate, pan=-0.2, camera_speed=0.2))
    assert (movement.name, movement.speed) == ("pan_right", pytest.approx(0.2, rel=0.02))


def test_a_variable_frame_rate_does_not_matter():
    times = np.cumsum(np.random.default_rng(0).choice([0.02, 0.04, 0.1], 60))
    (movement,) = found(written(times=times, pan=-0.2, camera_speed=0.2))
    assert (movement.name, movement.speed) == ("pan_right", pytest.approx(0.2, rel=0.02))


def test_where_nothing_can_be_seen_nothing_is_said():
    assert found(written(flow_support=0.0)) == []
    assert found(written(), 10, 12) == []
    flash = written(flow_support=lambda t: np.where(np.arange(len(t)) == 30, 0.0, 1.0), pan=-0.2, camera_speed=0.2)
    assert [each.name for each in found(flash)] == ["pan_right"]


def test_tracks_of_an_older_archive_tell_no_movements():
    older = {name: track for name, track in written(pan=0.2).items() if name in list(FRAME_TRACKS)[:18]}
    camera = describe_camera(Tracks(older), [Span(0, 75)])
    assert camera is not None
    assert camera.movements == []
    assert camera.pan == pytest.approx(0.2)


# Takes: pictures made of noise at all sizes, so that no clip is needed.


def noise_still(seed: int) -> np.ndarray:
    values = np.random.default_rng(seed)
    picture = np.zeros((396, 704), np.float32)
    for size in (4, 8, 16, 40, 100):
        cells = values.normal(size=(396 // size + 2, 704 // size + 2)).astype(np.float32)
        picture += size**0.4 * cv2.resize(cells, (704, 396), interpolation=cv2.INTER_CUBIC)
    return np.clip(120 + 45 * picture / picture.std(), 5, 250).astype(np.float32)


@pytest.fixture(scope="module")
def stills():
    return [noise_still(seed) for seed in range(6)]


def measured(frames: np.ndarray, rate: float) -> Tracks:
    meter = FrameMeter()
    index = np.arange(len(frames))
    chroma = np.full((len(frames), frames.shape[1] // 2, frames.shape[2] // 2, 2), 128, np.uint8)
    meter.push(FrameBatch(frames, chroma, index / rate, index, ColorSpec()))
    meter.finish()
    return meter.tracks()


@pytest.mark.parametrize("kind", ["pan", "zoom", "dolly", "truck", "whip", "dolly zoom", "handheld pan"])
def test_a_filmed_take_is_told_rightly(stills, kind):
    take: Take = make_take(kind, stills=stills, seed=1)
    movements = found(measured(take.frames(), take.film.rate))
    assert {part.label for part in take.parts} == told(movements, take.seconds)
    for part in take.parts:
        error = speed_error(part, movements)
        assert error is None or error < 0.1 or kind == "whip"


@pytest.mark.parametrize("way", [-1, 1])
def test_an_actor_who_crosses_is_no_pan(stills, way):
    """Somebody a third of the frame wide walks through a static frame."""
    mask = np.zeros((140, 110), np.float32)
    cv2.ellipse(mask, (55, 70), (50, 66), 0, 0, 360, 1.0, -1)
    actor = Layer([stills[1][:140, :110]], depth=1.0, mask=mask, path=lambda t: (way * (0.5 * t - 0.5), 0.1))
    frames = shoot([Layer([stills[0]]), actor], lambda _: Pose(), 2.0, Film(), seed=0)
    tracks = measured(frames, 25.0)
    assert [each.name for each in found(tracks)] == ["static"]
    camera = describe_camera(tracks, [Span(0, 50)])
    assert camera is not None
    assert abs(camera.pan) < 0.005
    assert camera.object_motion > 0.03
    assert 0.03 < camera.object_share < 0.4


def test_a_rack_focus_is_seen(stills):
    course = Course(0.9, 1.5, 0.2)
    share = lambda t: course(t) / 0.6  # noqa: E731
    mask = np.zeros((150, 150), np.float32)
    cv2.circle(mask, (75, 75), 70, 1.0, -1)
    near = Layer(
        [stills[3][:150, :150]], depth=1.0, mask=mask, path=lambda _: (-0.25, 0.1), blur=lambda t: 3 * share(t)
    )
    far = Layer([stills[2]], depth=4.0, blur=lambda t: 3 * (1 - share(t)))
    movements = found(measured(shoot([far, near], lambda _: Pose(), 2.6, Film(), seed=0), 25.0))
    rack = next(each for each in movements if each.name == "rack_focus")
    assert rack.start_seconds < 1.2 < rack.end_seconds
    assert {each.name for each in movements} == {"rack_focus", "static"}


def test_the_pan_of_an_archive_film_is_found(data):
    """A house comes into the picture from the left: a hand-held pan to the left."""
    clip = data / "camera/linkhack/pan_153_105898.mp4"
    if not clip.exists():
        pytest.skip(f"{clip} is missing")
    meter, frames = FrameMeter(), 0
    for batch in CpuDecoder(probe(clip)):
        meter.push(batch)
        frames += len(batch)
    meter.finish()
    movements = found(meter.tracks())
    assert {each.name for each in movements} <= {"pan_left", "handheld", "static"}
    panned = sum(each.end_seconds - each.start_seconds for each in movements if each.name == "pan_left")
    assert panned > 0.6 * frames / 24


def test_scores_count_what_they_say():
    scores = label_scores([({"pan_left"}, {"pan_left"}), ({"static"}, {"pan_left"}), ({"static"}, {"static"})])
    assert (scores["pan_left"].f1, scores["static"].f1) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert macro_f1(scores) == pytest.approx(2 / 3)
    assert speed_error(Part("pan_left", 0, 1, 0.5), []) is None
    assert len(LOOKS) == 5
