"""Repetitions: strips of pictures drawn as the same footage, the same set-up, or neither."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.cinema.fingerprint.fingerprints import Version
from kuleshov.cinema.fingerprint.repeats import ACROSS_FILMS, WITHIN_A_FILM, Repeat, groups_of, repeat_of, strips_of

Y, X = np.mgrid[0:9, 0:16]


def walk(seed, count):
    """The positions of somebody who walks to and fro in a picture, ``[count, 2]``."""
    rng = np.random.default_rng(seed)
    time = np.arange(count)[:, None] / 8
    waves = rng.uniform(0.2, 0.7, (3, 2)), rng.uniform(0, 2 * np.pi, (3, 2))
    sway = sum(np.sin(2 * np.pi * rate * time + phase) for rate, phase in zip(*waves, strict=True))
    return (8, 4.5) + sway * (1.2, 0.6)


def shot(place, seed, count=40):
    """A background ``place`` in which somebody walks, uint8 ``[count, 9, 16]``."""
    background = np.random.default_rng(1000 + place).integers(60, 190, (9, 16)).astype(float)
    there = [np.exp(-(((X - x) / 1.5) ** 2) - ((Y - y) / 2.0) ** 2) for x, y in walk(seed, count)]
    return np.stack([background + 0.7 * one * (200 - background) for one in there])


def strip(pictures, *, noise=1.5, seed=0):
    luma = np.clip(pictures + np.random.default_rng(seed).normal(0, noise, pictures.shape), 16, 235)
    thumbnails = np.repeat(luma.astype(np.uint8)[:, None], 3, axis=1)
    seconds = np.arange(len(luma)) / 8
    (found,) = strips_of(Version(thumbnails, seconds, ((0.0, len(luma) / 8),)))
    return found


def test_the_same_frames_are_footage_however_they_were_graded_and_wherever_they_begin():
    pictures = shot(1, 1)
    found = repeat_of(strip(pictures), strip(20 + 0.8 * pictures[6:34], seed=1), borders=WITHIN_A_FILM)
    assert found is not None
    assert found.kind == "footage"
    assert found.offset_seconds == pytest.approx(-6 / 8)
    assert found.shared_seconds == pytest.approx(28 / 8)
    assert found.movement > 0.9


def test_a_mirrored_copy_is_found_where_it_is_looked_for():
    one, other = strip(shot(1, 1)), strip(shot(1, 1)[:, :, ::-1], seed=1)
    assert repeat_of(one, other, borders=ACROSS_FILMS) is None
    found = repeat_of(one, other, borders=ACROSS_FILMS, mirrored=True)
    assert found is not None
    assert (found.kind, found.mirrored) == ("footage", True)


def test_the_same_place_at_another_time_is_a_setup():
    found = repeat_of(strip(shot(1, 1)), strip(shot(1, 2), seed=1), borders=WITHIN_A_FILM)
    assert found is not None
    assert found.kind == "setup"


def test_where_nothing_moves_it_is_the_same_picture_and_no_more_is_said():
    still = np.repeat(shot(1, 1, 1), 20, axis=0)
    found = repeat_of(strip(still), strip(still, seed=1), borders=WITHIN_A_FILM)
    assert found is not None
    assert (found.kind, found.movement) == ("picture", None)


def test_other_places_and_black_are_no_repetition():
    assert repeat_of(strip(shot(1, 1)), strip(shot(2, 1)), borders=ACROSS_FILMS) is None
    black = np.full((20, 9, 16), 16.0)
    assert repeat_of(strip(black), strip(black), borders=ACROSS_FILMS) is None


def test_groups_hold_what_hangs_together():
    def pair(kind):
        return Repeat(kind, 0.95, 0.95, 0.0, 1.0, False)

    pairs = [(0, 3, pair("footage")), (3, 5, pair("footage")), (5, 1, pair("setup")), (2, 4, pair("picture"))]
    found = [(group.kind, group.members) for group in groups_of(7, pairs)]
    assert found == [("footage", (0, 3, 5)), ("picture", (2, 4)), ("setup", (0, 1, 3, 5))]
