"""The comparison itself: each tolerance accepts errors of its size, and rejects a deliberately wrong result."""

from __future__ import annotations

import numpy as np
import pytest

KINDS = [
    "integers",
    "derived",
    "saturation",
    "flow vectors",
    "flow textures",
    "flow matches",
    "flow statistics",
    "global motion",
    "flow summary",
]


def test_every_tolerance_is_tried(tolerances):
    assert list(tolerances) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_tolerance_rejects_larger_errors(assert_agrees, tolerances, kind):
    tolerance = tolerances[kind]
    right = np.linspace(1, 3, 100)
    wrong = right.copy()
    outliers = int(tolerance.outliers * wrong.size)
    wrong[:outliers] += 100
    allowed = tolerance.absolute + tolerance.relative * right
    wrong[outliers:] += 0.9 * allowed[outliers:]
    assert_agrees(kind, wrong, right)
    wrong[50] = right[50] + 1.1 * allowed[50] + 1e-9
    with pytest.raises(
        AssertionError, match=rf"(?s){kind}: {outliers + 1} of 100 values differ.*batch = 7.*instead of"
    ):
        assert_agrees(kind, wrong, right, batch=7)


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_value_is_wrong(assert_agrees, kind):
    with pytest.raises(AssertionError, match="nan instead of"):
        assert_agrees(kind, [np.nan, np.nan, 1], [1.0, 1.0, 1.0])


def test_another_shape_is_wrong(assert_agrees):
    with pytest.raises(AssertionError, match="shape"):
        assert_agrees("integers", np.zeros(3), np.zeros((3, 1)))


def test_a_vector_of_the_pixel_beside_is_found(assert_agrees, reference, moved_texture):
    """The flow tolerance is far below what a wrong kernel would be off by: here, patches one pixel further."""
    before, after = (moved_texture((64, 96), shift=(shift, 0)) for shift in (0, 2.4))
    right, textures, _ = reference.patch_flow(before, after)
    beside, *_ = reference.patch_flow(np.roll(before, 1, axis=1), np.roll(after, 1, axis=1))
    with pytest.raises(AssertionError, match="flow vectors"):
        assert_agrees("flow vectors", beside, right)
    with pytest.raises(AssertionError, match="flow textures"):
        assert_agrees("flow textures", textures * 1.01, textures)
