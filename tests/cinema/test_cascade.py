"""The parts of the cascade: the grid, the evidence against an obvious reference, the network's odds, the verdicts."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from kuleshov.cinema.detectors import _evidence, _network
from kuleshov.cinema.detectors._evidence import CHANNELS, REACH, evidence
from kuleshov.cinema.detectors._grid import Grid
from kuleshov.cinema.detectors._network import DILATIONS, KINDS, load_network
from kuleshov.cinema.detectors._reader import Reader
from kuleshov.cinema.detectors._verdicts import verdicts
from kuleshov.errors import ModelError

TOLERANCE = 2e-3  # float32 sums of 576 products, subtracted from each other


def pictures(count, seed=0):
    """Thumbnails uint8 ``[count, 3, 18, 32]`` that change slowly, with two jumps."""
    random = np.random.default_rng(seed)
    anchors = random.integers(20, 230, size=(count // 20 + 2, 3, 18, 32)).astype(float)
    place = np.arange(count) / 20
    share = (place % 1)[:, None, None, None]
    mixed = anchors[place.astype(int)] * (1 - share) + anchors[place.astype(int) + 1] * share
    mixed[count // 3 :] = 255 - mixed[count // 3 :]
    mixed[count // 2 :, 0] *= 0.5
    return np.rint(mixed).astype(np.uint8)


def channel(rows, name):
    return rows[:, CHANNELS.index(name)]


def planes(thumbnails, frame):
    """Luma without its mean, chroma at half size around 0: float64."""
    luma = thumbnails[frame, 0].astype(float)
    chroma = thumbnails[frame, 1:].astype(float).reshape(2, 9, 2, 16, 2).mean(axis=(2, 4)) - 128
    return luma - luma.mean(), chroma


@pytest.mark.parametrize("lag", [1, 8, 32])
def test_differences_equal_the_obvious_reference(lag):
    thumbnails = pictures(2 * REACH + 30)
    rows = evidence(thumbnails)
    for row in range(30):
        frame = row + REACH
        (a, ca), (b, cb) = planes(thumbnails, frame - lag), planes(thumbnails, frame)
        flat = 16.0
        cosine = ((a * b).mean() + flat) / np.sqrt(((a * a).mean() + flat) * ((b * b).mean() + flat))
        assert channel(rows, f"layout_back_{lag}")[row] ** 2 == pytest.approx((1 - cosine) / 2, abs=TOLERANCE)
        assert channel(rows, f"luma_back_{lag}")[row] == pytest.approx(
            np.tanh(np.sqrt(((a - b) ** 2).mean()) / 32), abs=TOLERANCE
        )
        assert channel(rows, f"chroma_back_{lag}")[row] == pytest.approx(
            np.tanh(np.sqrt(((ca - cb) ** 2).mean()) / 12), abs=TOLERANCE
        )
    ahead = slice(0, 30 - lag) if lag < 30 else slice(0, 0)
    back = slice(lag, 30) if lag < 30 else slice(0, 0)
    for what in ("layout", "luma", "chroma", "tones"):
        np.testing.assert_allclose(
            channel(rows, f"{what}_ahead_{lag}")[ahead], channel(rows, f"{what}_back_{lag}")[back], atol=TOLERANCE
        )


def test_the_middle_of_a_dissolve_is_a_mixture_and_that_of_a_wipe_a_selection():
    old, new = pictures(2, seed=1)[0], pictures(2, seed=2)[0]
    half = 8
    blended = np.rint((old.astype(float) + new) / 2).astype(np.uint8)
    wiped = np.concatenate((new[..., :16], old[..., 16:]), axis=-1)
    for middle, mixture, selection in ((blended, (0, 0.05), (0.3, 1)), (wiped, (0.3, 1), (0, 0.02))):
        film = np.stack([old] * (REACH + 4) + [middle] * 9 + [new] * (REACH + 4))
        row = evidence(film)[4 + 4]  # the fifth of the nine
        assert row[CHANNELS.index(f"share_around_{half}")] == pytest.approx(0.5, abs=0.06)
        assert mixture[0] <= row[CHANNELS.index(f"unlike_mixture_around_{half}")] <= mixture[1]
        assert selection[0] <= row[CHANNELS.index(f"unlike_selection_{half}")] <= selection[1]


def test_a_pan_by_whole_cells_is_near_when_shifted():
    wide = np.random.default_rng(0).integers(0, 255, size=(3, 18, 400), dtype=np.uint8)
    panned = np.stack([wide[..., 2 * step : 2 * step + 32] for step in range(2 * REACH + 20)])
    rows = evidence(panned)
    assert channel(rows, "shifted").max() < 0.15  # the means differ a little
    assert channel(rows, "luma_back_1").min() > 0.8


def test_tones_do_not_care_where_they_lie():
    one = pictures(1, seed=3)[0]
    turned = one[:, ::-1, ::-1]
    film = np.stack([one] * (REACH + 5) + [turned] * (REACH + 5))
    row = evidence(film)[5]
    assert row[CHANNELS.index("tones_back_1")] == pytest.approx(0, abs=1e-6)
    assert row[CHANNELS.index("layout_back_1")] > 0.3


def test_evidence_is_finite_for_blank_and_for_extreme_pictures():
    for value in (0, 255):
        assert np.isfinite(evidence(np.full((2 * REACH + 3, 3, 18, 32), value, np.uint8))).all()
    checkers = (np.indices((2 * REACH + 9, 3, 18, 32)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert np.isfinite(evidence(checkers)).all()


def test_odds_do_not_depend_on_how_the_film_comes():
    thumbnails, network = pictures(700), load_network()
    whole = Reader(network)
    whole.push(thumbnails)
    pieces = Reader(network)
    for start in range(0, 700, 37):
        pieces.push(thumbnails[start : start + 37])
    odds = whole.finish()
    assert odds.shape == (700, len(KINDS))
    np.testing.assert_array_equal(odds, pieces.finish())


@pytest.mark.parametrize("count", [0, 1, 2, 63, 64, 65])
def test_short_films_have_odds_for_every_step(count):
    reader = Reader(load_network())
    reader.push(pictures(80)[:count])
    assert reader.finish().shape == (count, len(KINDS))


def test_the_network_reaches_as_far_as_it_says():
    network = load_network()
    rows = np.random.default_rng(0).normal(size=(2 * _network.REACH + 1, len(CHANNELS))).astype(np.float32)
    before = network.logits(rows)
    assert before.shape == (1, len(KINDS))
    changed = rows.copy()
    changed[0] += 1
    assert not np.array_equal(network.logits(changed), before)
    assert sum(DILATIONS) == _network.REACH


def test_weights_that_are_missing_or_another_networks_are_refused(tmp_path):
    with pytest.raises(ModelError, match="reinstall kuleshov"):
        load_network(tmp_path / "none.npz")
    with np.load(_network.WEIGHTS) as file:
        arrays = {name: file[name] for name in file.files}
    arrays["weight0"] = arrays["weight0"][:, :-1]
    np.savez(tmp_path / "other.npz", **arrays)
    with pytest.raises(ModelError, match="weights of another network"):
        load_network(tmp_path / "other.npz")


@pytest.mark.parametrize(
    ("rate", "steps"),
    [
        ("5", 5),
        ("24000/1001", 24),
        ("24", 24),
        ("25", 25),
        ("30000/1001", 30),
        ("30", 30),
        ("50", 25),
        ("60", 30),
        ("120", 30),
    ],
)
def test_the_grid_has_about_as_many_steps_a_second_at_any_rate(rate, steps):
    rate = Fraction(rate)
    times = np.arange(int(10 * rate)) / float(rate)
    grid = Grid()
    chosen = np.concatenate([start + grid.choose(times[start : start + 64]) for start in range(0, len(times), 64)])
    assert len(chosen) / 10 == pytest.approx(steps, rel=0.03)
    assert (np.diff(chosen) > 0).all()


def test_the_grid_leaves_no_frame_of_a_slow_film_out_and_thins_bursts():
    times = np.concatenate((np.arange(10) * 0.1, 1.0 + np.arange(100) / 100, 2.0 + np.arange(10) * 0.5))
    chosen = Grid().choose(times)
    assert set(range(10)) <= set(chosen.tolist())
    assert set(range(111, 120)) <= set(chosen.tolist())
    assert np.diff(times[chosen]).min() >= 0.026


def odds(count=100, **runs):
    """Log-odds of -6, and of +3 on spans given as ``cut_40_41=1``."""
    values = np.full((count, len(KINDS)), -6, dtype=np.float32)
    for name, height in runs.items():
        kind, first, end = name.rsplit("_", 2)
        values[int(first) : int(end), KINDS.index(kind)] = height
    return values


def spans(found):
    return [(each.type, each.start, each.end) for each in found]


def test_a_cut_is_the_best_step_of_those_near_it():
    assert spans(verdicts(odds(cut_40_41=3))) == [("cut", 39, 40)]
    near = odds(cut_40_41=3)
    near[41, 0] = 4
    assert spans(verdicts(near)) == [("cut", 40, 41)]
    assert spans(verdicts(odds(cut_40_41=3, cut_46_47=3))) == [("cut", 39, 40), ("cut", 45, 46)]


def test_mixed_steps_are_one_transition_of_the_kind_that_most_say():
    assert spans(verdicts(odds(dissolve_30_40=3))) == [("dissolve", 29, 40)]
    assert spans(verdicts(odds(dissolve_30_34=2, wipe_32_50=3))) == [("wipe", 29, 50)]
    assert spans(verdicts(odds(fade_black_30_40=3, fade_black_41_50=3))) == [("fade_black", 29, 50)]


def test_of_two_that_overlap_the_likelier_counts():
    assert spans(verdicts(odds(dissolve_30_40=1, cut_35_36=4))) == [("cut", 34, 35)]
    assert spans(verdicts(odds(dissolve_30_40=4, cut_35_36=1))) == [("dissolve", 29, 40)]


def test_what_runs_into_the_ends_of_the_film_is_no_transition():
    assert verdicts(odds(dissolve_0_10=3, fade_black_90_100=3, cut_0_1=3)) == []
    assert verdicts(odds()[:0]) == []


def test_channels_have_names_of_their_own():
    assert len(set(CHANNELS)) == len(CHANNELS)
    assert _evidence.evidence(pictures(2 * REACH + 1)).shape == (1, len(CHANNELS))
