"""The camera's movement: known ones found, objects ignored, depth detected, nothing reported without evidence."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from kuleshov import _cpu
from kuleshov.kernels.global_motion import global_motion

SIZE = (144, 256)
STEP = 0.04  # seconds, at the 25 frames a second of the tests' batches
PIXEL = SIZE[1] * STEP
SHIFTS = [(0.3, 0.2), (1, -0.5), (-3.4, 1.3), (6.2, -2.7), (-11.6, 3.3), (0, 12), (25, 2)]


def moved(moved_texture, **movement):
    return np.stack([moved_texture(SIZE), moved_texture(SIZE, **movement)])


@pytest.mark.parametrize("size", [(8, 8), (16, 40), (18, 34), (90, 160), (144, 256)], ids=str)
@pytest.mark.parametrize("valid", [0.0, 0.1, 0.6, 1.0])
def test_numbers_agree_with_least_squares(reference, assert_agrees, size, valid):
    values = np.random.default_rng(7)
    rows, columns = size[0] // 8, size[1] // 8
    y, x = np.mgrid[0:rows, 0:columns] - np.array([rows / 2, columns / 2])[:, None, None]
    vectors = np.stack([0.3 * x + 2 + 0.02 * x * x, 0.2 * y - 0.3 * x + 0.02 * x * y], axis=-1)
    vectors = vectors + values.normal(0, 0.2, (6, rows, columns, 2))
    vectors[values.random((6, rows, columns)) < 0.15] += 7
    vectors[values.random((6, rows, columns)) < 0.1] = 0
    textures = np.where(values.random((6, rows, columns)) < valid, 4, 0.5)
    arrays = [each.astype(np.float32) for each in (vectors, textures, values.uniform(0.69, 1, textures.shape))]
    expected = reference.global_motion(*arrays, height=size[0], width=size[1], least_texture=1, least_match=0.7)
    assert_agrees("global motion", _cpu.global_motion(*arrays, *size, 1, 0.7), expected, size=size, valid=valid)


@pytest.mark.parametrize("shift", SHIFTS)
def test_pan_and_tilt_in_frame_widths_per_second(moved_texture, batch_of, shift):
    found = global_motion(batch_of(moved(moved_texture, shift=shift), pts_seconds=np.array([2.0, 2.1])))
    np.testing.assert_allclose([found.pan[1] * 25.6, found.tilt[1] * 25.6], shift, atol=0.08)
    assert abs(found.zoom[1]) * 0.1 < 0.003
    assert abs(found.roll[1]) * 0.1 < 0.2
    assert found.speed[1] * 25.6 == pytest.approx(np.hypot(*shift), rel=0.05, abs=0.05)


@pytest.mark.parametrize("growth", [1.04, 1.01, 0.98])
@pytest.mark.parametrize("textured", [slice(0, 256), slice(0, 120)], ids=["everywhere", "on the left"])
def test_zoom_is_growth_per_second_and_no_pan(batch_of, moved_texture, growth, textured):
    frames = np.full((2, *SIZE), 100, np.uint8)
    frames[:, :, textured] = moved(moved_texture, growth=growth)[:, :, textured]
    found = global_motion(batch_of(frames))
    assert found.zoom[1] * STEP == pytest.approx(growth - 1, abs=0.002)
    assert abs(found.pan[1]) * PIXEL < 0.3
    assert abs(found.tilt[1]) * PIXEL < 0.3


@pytest.mark.parametrize("degrees", [-1.5, 1.5])
def test_a_roll_is_degrees_and_no_zoom(moved_texture, batch_of, degrees):
    found = global_motion(batch_of(moved(moved_texture, degrees=degrees)))
    assert found.roll[1] * STEP == pytest.approx(degrees, rel=0.1)
    assert abs(found.zoom[1]) * STEP < 0.002


@pytest.mark.parametrize("degrees", [-1.0, 0.7])
def test_the_pan_of_a_wide_lens_is_no_parallax(reference, batch_of, moved_texture, degrees):
    """A turn of a camera whose lens sees 80 degrees: the edges move by two thirds more than the middle."""
    rows, columns, focal = 18, 32, 153.0
    y, x = np.mgrid[0:rows, 0:columns] * 8.0 + 4 - np.array([72, 128])[:, None, None]
    turn = np.radians(degrees)
    vectors = np.stack([focal * turn * (1 + (x / focal) ** 2), focal * turn * x * y / focal**2], axis=-1)[None]
    textures, matches = np.full((1, rows, columns), 9, np.float32), np.ones((1, rows, columns), np.float32)
    numbers = _cpu.global_motion(vectors.astype(np.float32), textures, matches, *SIZE, 1, 0.7)[0]
    tx, ty, _, _, qx, _, residual, speed, along, across, _, _, outlying, *_ = numbers
    assert (tx, ty) == (pytest.approx(focal * turn, rel=0.03), pytest.approx(0, abs=1e-3))
    assert qx == pytest.approx(focal * turn * (128 / focal) ** 2, rel=0.05)
    assert residual < 0.05 * speed
    assert along - across < 0.02 * speed
    assert outlying == 0


def test_things_at_two_depths_are_parallax(moved_texture, batch_of):
    frames = moved(moved_texture, shift=(3, 0))
    near = moved(moved_texture, shift=(6, 0))
    frames[:, 80:, 60:140] = near[:, 80:, 60:140]
    found = global_motion(batch_of(frames))
    assert found.parallax[1] > 0.05 * found.speed[1]
    flat = global_motion(batch_of(moved(moved_texture, shift=(3, 0))))
    assert abs(flat.parallax[1]) < 0.02 * flat.speed[1]


@pytest.mark.parametrize(("near", "sign"), [(1.05, 1), (1.0, -1)])
def test_what_grows_faster_leads(moved_texture, batch_of, near, sign):
    """A dolly makes what is near grow faster; in a dolly zoom it keeps its size while the rest grows."""
    frames = moved(moved_texture, growth=1.02)
    other = moved(moved_texture, growth=near)
    frames[:, 60:, 150:220] = other[:, 60:, 150:220]
    found = global_motion(batch_of(frames))
    assert found.radial_parallax[1] > 0.1 * found.speed[1]
    assert sign * found.lead[1] > 0.1 * found.speed[1]


@pytest.mark.parametrize("goes", [(-8, 5), (0, 0)])
def test_an_object_that_crosses_the_picture_is_no_camera(moved_texture, batch_of, goes):
    frames = moved(moved_texture, shift=(2, 0))
    other = np.stack([moved_texture(SIZE, seed=3), moved_texture(SIZE, shift=goes, seed=3)])
    frames[:, 30:110, 40:120] = other[:, 30:110, 40:120]
    found = global_motion(batch_of(frames))
    np.testing.assert_allclose([found.pan[1] * PIXEL, found.tilt[1] * PIXEL], (2, 0), atol=0.15)
    assert 0.05 < found.object_share[1] < 0.35
    assert found.object_extent[1] < 0.7
    assert found.object_motion[1] * PIXEL > 0.1
    assert (found.still_share[1] > 0.05) == (goes == (0, 0))


def test_noise_is_little_movement(batch_of, moved_texture):
    still = np.stack([moved_texture(SIZE)] * 4).astype(np.float64)
    noisy = still + np.random.default_rng(0).normal(0, 1, still.shape)
    found = global_motion(batch_of(np.clip(np.rint(noisy), 0, 255).astype(np.uint8)))
    assert (np.abs([found.pan, found.tilt]) * PIXEL < 0.02).all()


def test_the_first_frame_and_flat_pictures_have_no_movement(batch_of):
    found = global_motion(batch_of(np.full((3, *SIZE), 90, np.uint8)))
    for field in fields(found):
        assert not getattr(found, field.name).any()


def test_batches_join(moved_texture, batch_of):
    batch = batch_of(np.stack([moved_texture(SIZE, shift=(n, 0)) for n in range(4)]))
    whole = global_motion(batch)
    parts = [global_motion(batch[:2]), global_motion(batch[2:], previous=batch[:2])]
    for field in fields(whole):
        np.testing.assert_allclose(
            np.concatenate([getattr(part, field.name) for part in parts]), getattr(whole, field.name), rtol=1e-5
        )
