"""Key frames of shots: sharp and typical frames, more for longer shots."""

from __future__ import annotations

import numpy as np

from kuleshov.cinema.shots.key_frames import GRID, MOST, evenly, grid_of, key_frames, sharpness_of


def candidates(levels, *, step=0.5):
    """Candidates of flat grey, all equally sharp."""
    seconds = np.arange(len(levels)) * step
    grids = np.repeat(np.array(levels, np.uint8), 3 * GRID * GRID).reshape(-1, 3, GRID, GRID)
    return seconds, np.ones(len(levels)), grids


def test_the_sharpest_of_the_usual_looks_stands_for_a_shot():
    seconds, sharpness, grids = candidates([100, 101, 250, 100, 102])
    sharpness[:] = (1, 3, 9, 2, 1)  # the third is the sharpest, and a flash
    assert key_frames(seconds, sharpness, grids, [(0.0, 2.5)]) == [[1]]


def test_longer_shots_get_more_frames_up_to_a_limit():
    seconds, sharpness, grids = candidates([100] * 200)
    chosen = key_frames(seconds, sharpness, grids, [(0, 3.9), (3.9, 8.1), (8.1, 20.2), (20.2, 100)])
    assert [len(one) for one in chosen] == [1, 2, 4, MOST]
    for (start, end), one in zip([(0, 3.9), (3.9, 8.1), (8.1, 20.2), (20.2, 100)], chosen, strict=True):
        places = seconds[one]
        assert ((places >= start) & (places < end)).all()
        borders = np.linspace(start, end, len(one) + 1)
        assert (np.searchsorted(borders, places, side="right") == np.arange(1, len(one) + 1)).all()


def test_a_shot_between_two_looks_gets_none():
    seconds, sharpness, grids = candidates([10, 20, 30])
    assert key_frames(seconds, sharpness, grids, [(0.1, 0.4), (0.5, 0.9)]) == [[], [1]]
    assert evenly(seconds, [(0.1, 0.4), (0.0, 1.5)], count=2) == [[], [0, 2]]
    assert evenly(seconds, [(0.5, 0.9)], count=4) == [[1, 1, 1, 1]]


def test_blur_is_less_sharp_and_a_grid_is_mean_colours():
    from scipy.ndimage import gaussian_filter

    picture = np.random.default_rng(0).integers(0, 256, (3, 67, 64)).astype(np.uint8)
    blurred = gaussian_filter(picture, (0, 1.5, 1.5))
    assert sharpness_of(blurred) < sharpness_of(picture) / 10
    np.testing.assert_array_equal(grid_of(picture)[1, 2, 3], np.round(picture[1, 16:24, 24:32].mean()).astype(np.uint8))
