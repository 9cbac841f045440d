"""The picture's movement as a whole: known movements found, objects ignored, and nothing said where nothing is seen."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.kernels.global_motion import global_motion

SIZE = (144, 256)


def moved(moved_texture, **movement):
    return np.stack([moved_texture(SIZE), moved_texture(SIZE, **movement)])


@pytest.mark.parametrize("shift", [(3.5, -2.25), (-9.0, 4.0), (0.0, 0.0)])
def test_a_translation(moved_texture, batch_of, shift):
    found = global_motion(batch_of(moved(moved_texture, shift=shift)))
    np.testing.assert_allclose(found.translation[1], shift, atol=0.1)
    np.testing.assert_allclose(found.matrix[1], 0, atol=2e-3)
    assert found.residual[1] < 0.3
    assert found.inliers[1] > 0.8 * found.support[1]


@pytest.mark.parametrize("growth", [0.97, 1.03])
def test_a_zoom_is_the_trace(moved_texture, batch_of, growth):
    found = global_motion(batch_of(moved(moved_texture, growth=growth)))
    np.testing.assert_allclose(found.matrix[1], (growth - 1) * np.eye(2), atol=3e-3)
    np.testing.assert_allclose(found.translation[1], 0, atol=0.1)


@pytest.mark.parametrize("degrees", [-1.5, 1.5])
def test_a_roll_is_the_curl(moved_texture, batch_of, degrees):
    matrix = global_motion(batch_of(moved(moved_texture, degrees=degrees))).matrix[1]
    roll = (matrix[1, 0] - matrix[0, 1]) / 2
    assert abs(roll) == pytest.approx(abs(np.radians(degrees)), rel=0.1)
    assert abs(matrix[0, 0] + matrix[1, 1]) < 5e-3


def test_an_object_that_crosses_the_picture_is_no_camera(moved_texture, batch_of):
    frames = moved(moved_texture, shift=(2, 0))
    other = moved(moved_texture, shift=(-8, 5), seed=3)
    frames[:, 30:110, 40:120] = other[:, 30:110, 40:120]
    found = global_motion(batch_of(frames))
    np.testing.assert_allclose(found.translation[1], (2, 0), atol=0.15)
    assert found.inliers[1] < found.support[1] - 0.05


def test_nothing_is_said_of_the_first_frame_and_of_flat_pictures(batch_of):
    found = global_motion(batch_of(np.full((3, *SIZE), 90, np.uint8)))
    for numbers in (found.translation, found.matrix, found.residual, found.inliers, found.support):
        assert not numbers.any()


def test_batches_join(moved_texture, batch_of):
    batch = batch_of(np.stack([moved_texture(SIZE, shift=(n, 0)) for n in range(4)]))
    whole = global_motion(batch)
    parts = [global_motion(batch[:2]), global_motion(batch[2:], previous=batch[:2])]
    np.testing.assert_array_equal(whole.translation, np.concatenate([part.translation for part in parts]))
