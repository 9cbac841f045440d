"""HDR and wide-gamut frames as SDR: frames converted from SDR to HDR measure as before."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.tone_map import color_cube, tone_map
from kuleshov.media.color import ColorSpec, rgb_from_ycbcr
from kuleshov.media.tone import SDR_CODING, displayed_light, mapping_note, sdr_from_light, ycbcr_from_rgb

PQ = ColorSpec("bt2020", "limited", "pq", (), "bt2020")
HLG = ColorSpec("bt2020", "limited", "hlg", (), "bt2020")
WIDE = ColorSpec("bt2020", "limited", "sdr", (), "bt2020")
FULL_PQ = ColorSpec("bt2020", "full", "pq", (), "bt2020")
HLG_709 = ColorSpec("bt709", "limited", "hlg", (), "bt709")
CODINGS = [PQ, HLG, WIDE, FULL_PQ, HLG_709]


def frames(codes, color):
    """A batch whose 2x2 blocks have these code values ``[N, h, w, 3]``."""
    codes = np.rint(codes).clip(0, 255).astype(np.uint8)
    luma = codes[..., 0].repeat(2, axis=1).repeat(2, axis=2)
    count = np.arange(len(codes))
    return FrameBatch(luma, np.ascontiguousarray(codes[..., 1:]), count / 25, count, color)


def blocks(batch):
    return np.concatenate([batch.luma[:, ::2, ::2, None], batch.chroma], axis=-1).astype(np.float64)


@pytest.fixture(scope="module")
def colors():
    """Smooth fields of colour in R'G'B', strong ones among them."""
    y, x = np.mgrid[0:60, 0:80] / 60
    places = [0.7 * x + 0.2 * y, 0.3 * x + 0.9 * y + 0.3, x + y + 0.6]
    waves = [0.5 + 0.45 * np.sin(2 * np.pi * place) for place in places]
    return np.stack(waves, axis=-1)[None]


@pytest.mark.parametrize(("nits", "signal"), [(203, 0.5807), (100, 0.5081), (1000, 0.7518), (0.005, 0.0151)])
def test_pq_is_that_of_st_2084(nits, signal):
    """Signals of SMPTE ST 2084 as BT.2408 and the standard's tables give them."""
    light = displayed_light(np.full(3, signal), PQ)
    assert light * 203 == pytest.approx(nits, rel=0.01)


@pytest.mark.parametrize(("signal", "nits"), [(0.75, 203), (1.0, 1000), (0.5, 50.6), (0.38, 26)])
def test_hlg_is_that_of_bt_2100_on_a_display_of_1000_nits(signal, nits):
    """BT.2408 table 1: 75 % is reference white, 38 % an 18 % grey card at 26 cd/m2."""
    assert displayed_light(np.full(3, signal), HLG) * 203 == pytest.approx(nits, rel=0.02)


def test_what_is_brighter_than_white_is_white_and_keeps_its_hue():
    grey = sdr_from_light(np.array([[1.0] * 3, [4.0] * 3]), HLG_709)
    np.testing.assert_allclose(grey, 1)
    lamp = sdr_from_light(np.array([4.0, 2.0, 0.4]), HLG_709)
    np.testing.assert_allclose(lamp**2.4, [1, 0.5, 0.1])


def test_colors_of_both_gamuts_stay_the_colors_that_they_are(colors):
    """White is white, and BT.709's red is not BT.2020's."""
    white = sdr_from_light(np.ones(3), WIDE)
    np.testing.assert_allclose(white, 1, atol=2e-4)
    red = sdr_from_light(np.array([0.6274, 0.0691, 0.0164]), WIDE)  # BT.2087: BT.709's red in BT.2020
    np.testing.assert_allclose(red, [1, 0, 0], atol=0.03)
    assert sdr_from_light(np.array([1.0, 0, 0]), WIDE)[1] < 0  # outside of BT.709: not clipped


def test_code_values_and_back(colors):
    for color in (PQ, FULL_PQ, HLG_709):
        codes = np.rint(ycbcr_from_rgb(colors, color)).astype(np.uint8)
        back = rgb_from_ycbcr(codes[..., 0], codes[..., 1], codes[..., 2], color)
        np.testing.assert_allclose(back, colors, atol=0.012)  # half a step of chroma in blue


@pytest.mark.parametrize("color", CODINGS, ids=str)
def test_the_table_gives_what_the_definition_says(color, colors):
    dim = 0.75 * colors if color.transfer != "sdr" else colors
    batch = frames(ycbcr_from_rgb(dim, color), color)
    mapped = tone_map(batch)
    assert mapped.color == SDR_CODING
    codes = blocks(batch).astype(np.uint8)
    rgb = rgb_from_ycbcr(codes[..., 0], codes[..., 1], codes[..., 2], color).astype(np.float64)
    exact = ycbcr_from_rgb(sdr_from_light(displayed_light(rgb, color), color), SDR_CODING).clip(0, 255)
    wrong = np.abs(blocks(mapped) - exact)
    assert wrong.mean() < 1.0
    assert np.percentile(wrong, 95) < 4
    unmapped = np.abs(blocks(batch) - exact)
    assert unmapped.mean() > 4 * wrong.mean()


def test_greys_keep_their_order_and_stay_grey():
    ramp = np.full((1, 16, 16, 3), 128.0)
    ramp[..., 0] = np.arange(256).reshape(16, 16)
    for color, black in ((PQ, 16), (HLG, 16), (FULL_PQ, 0)):
        mapped = blocks(tone_map(frames(ramp, color)))
        assert (np.diff(mapped[..., 0].ravel()) >= 0).all()
        assert (mapped[..., 1:] == 128).all()
        assert mapped[..., 0].ravel()[black] == 16
        assert mapped[..., 0].max() == 235


def test_sdr_frames_are_left_alone():
    batch = frames(np.full((1, 2, 2, 3), 99), ColorSpec("bt601", "full"))
    assert tone_map(batch) is batch
    assert mapping_note(batch.color) == []
    assert mapping_note(HLG) == ["HLG pictures: measured as SDR, white at 203 cd/m2 of HDR"]


def test_no_frames_and_tables_that_do_not_fit():
    from kuleshov import _cpu

    empty = tone_map(frames(np.zeros((0, 2, 2, 3)), PQ))
    assert empty.luma.shape == (0, 4, 4)
    batch = frames(np.zeros((1, 2, 2, 3)), PQ)
    with pytest.raises(ValueError, match=r"cube must be \[3, 65, 65, 65\]"):
        _cpu.tone_map(batch.luma, batch.chroma, np.ascontiguousarray(color_cube(PQ)[:, :33]))
