"""The camera's angle from the tilt of upright lines, on scenes of upright walls drawn with a known camera."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.cinema.camera.angle import PITCH, ROLL, describe_angle
from kuleshov.cinema.camera.vertical_lines import camera_tilt
from kuleshov.cinema.tracks import Tracks

WIDTH, HEIGHT, FINER = 256, 144, 3


def uprights(roll: int, pitch: int) -> np.ndarray:
    """Luma of 24 vertical stripes at several depths, seen by a camera of a focal length of one picture width.

    Ray casting: every fine pixel's ray is turned into the world and meets a stack of planes, each with a few stripes.
    """
    rng = np.random.default_rng(100 * (roll + 50) + pitch + 50)
    across, down = np.meshgrid(
        (np.arange(WIDTH * FINER) + 0.5) / FINER / WIDTH - 0.5,
        ((np.arange(HEIGHT * FINER) + 0.5) / FINER - HEIGHT / 2) / WIDTH,
    )
    r, p = np.radians(roll), np.radians(pitch)
    x, y = across * np.cos(r) + down * np.sin(r), -across * np.sin(r) + down * np.cos(r)  # roll taken back
    forward = np.cos(p) + y * np.sin(p)  # of the world, for a ray (x, y, 1) of a camera that looks up by p
    picture = np.full(x.shape, 90.0)
    for depth in (12.0, 8.0, 5.0, 4.0):
        place = np.where(forward > 0.05, depth * x / forward, np.inf)
        for _ in range(6):
            left, width, level = rng.uniform(-6, 6), rng.uniform(0.1, 0.5), rng.uniform(20, 235)
            picture[(place >= left) & (place < left + width)] = level
    small = picture.reshape(HEIGHT, FINER, WIDTH, FINER).mean(axis=(1, 3))
    return np.clip(small + rng.normal(0, 1, small.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("roll", [-20, -8, 0, 5, 12])
@pytest.mark.parametrize("pitch", [-25, -12, 0, 15])
def test_roll_and_pitch_of_a_known_camera_are_found(roll, pitch):
    lean = camera_tilt(uprights(roll, pitch))
    assert lean.roll == pytest.approx(roll, abs=1.5)
    assert lean.pitch == pytest.approx(pitch, abs=3.0)


@pytest.mark.parametrize(
    "picture",
    [
        np.full((HEIGHT, WIDTH), 128, np.uint8),
        np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH)).astype(np.uint8),
        np.repeat(np.linspace(0, 255, HEIGHT).astype(np.uint8)[:, np.newaxis], WIDTH, axis=1),
        np.uint8(255) * (np.add.outer((np.arange(HEIGHT) - 72) ** 2, (np.arange(WIDTH) - 128) ** 2) < 50**2),
    ],
    ids=["flat", "noise", "horizontal", "disc"],
)
def test_a_picture_without_uprights_tells_nothing(picture):
    assert np.isnan(camera_tilt(picture)).all()


def angle_of(rolls: list[float]):
    tracks = Tracks()
    for name, values in ((ROLL, rolls), (PITCH, [float("nan")] * len(rolls))):
        tracks.add(name, unit="degrees", seconds=np.arange(len(rolls)), values=values)
    return describe_angle(tracks, [(0.0, len(rolls))])


def test_a_shot_is_told_by_the_median_where_half_of_its_frames_tell():
    unknown = float("nan")
    told = angle_of([10.0, 12.0, 30.0, unknown])
    assert told is not None
    assert (told.roll_degrees, told.pitch_degrees, told.known_share) == (12.0, None, 0.75)
    unknown_angle = angle_of([10.0, unknown, unknown])
    assert unknown_angle is not None
    assert unknown_angle.roll_degrees is None


def test_a_shot_between_two_looks_has_no_angle():
    tracks = Tracks()
    for name in (ROLL, PITCH):
        tracks.add(name, unit="degrees", seconds=[0.0, 1.0], values=[0.0, 0.0])
    assert describe_angle(tracks, [(0.2, 0.8)]) is None
    assert describe_angle(Tracks(), [(0.0, 1.0)]) is None
