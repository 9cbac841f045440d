"""The training of the cascade's network: what it learns from, what it saves, how its confidence is fitted."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

QUALITY = Path(__file__).parents[2] / "benchmarks/quality"
sys.path.insert(0, str(QUALITY))

from train import network as networks  # noqa: E402
from train.calibrate import Case, fit  # noqa: E402
from train.disturbances import DISTURBANCES  # noqa: E402
from train.examples import example  # noqa: E402
from train.joins import GRADUAL  # noqa: E402
from train.looks import finished  # noqa: E402
from train.sequences import draw_sequence  # noqa: E402
from train.takes import HEIGHT, WIDTH, take  # noqa: E402

from kuleshov.cinema.detectors._evidence import CHANNELS  # noqa: E402
from kuleshov.cinema.detectors._network import KINDS, REACH, load_network  # noqa: E402
from kuleshov.records import Transition  # noqa: E402


@pytest.fixture(scope="module")
def footage():
    """Two stretches of made footage: slowly moving patterns."""
    random = np.random.default_rng(0)
    wide = random.integers(30, 220, size=(2, 3, 9, 22)).repeat(8, axis=2).repeat(8, axis=3).astype(np.uint8)
    return [np.stack([pattern[:, :, step : step + 128] for step in range(40)]) for pattern in wide]


def test_a_film_is_drawn_the_same_again_by_the_same_seed(footage):
    first, second = (draw_sequence(footage, np.random.default_rng(3), frames=200) for _ in range(2))
    np.testing.assert_array_equal(first.thumbnails, second.thumbnails)
    assert first.transitions == second.transitions
    other = draw_sequence(footage, np.random.default_rng(4), frames=200)
    assert other.thumbnails.shape != first.thumbnails.shape or (other.thumbnails != first.thumbnails).any()


@pytest.mark.parametrize("seed", range(12))
def test_transitions_of_a_drawn_film_lie_in_it_in_order(footage, seed):
    drawn = draw_sequence(footage, np.random.default_rng(seed), frames=250)
    count = len(drawn.thumbnails)
    assert drawn.thumbnails.dtype == np.uint8
    assert drawn.thumbnails.shape[1:] == (3, 18, 32)
    assert all(0 <= each.start_frame < each.end_frame < count for each in drawn.transitions)
    assert all(before.end_frame <= after.start_frame + 1 for before, after in pairwise(drawn.transitions))
    assert all((each.type == "cut") == (each.end_frame - each.start_frame == 1) for each in drawn.transitions)


@pytest.mark.parametrize("kind", GRADUAL)
def test_gradual_transitions_go_from_the_old_picture_to_the_new(kind):
    for seed in range(8):
        random = np.random.default_rng(seed)
        old, new = torch.full((30, 3, HEIGHT, WIDTH), 60.0), torch.full((30, 3, HEIGHT, WIDTH), 180.0)
        mixed = GRADUAL[kind](old, new, random)
        assert mixed.shape == old.shape
        to_old, to_new = ((mixed - each).abs().mean(dim=(1, 2, 3)) for each in (old, new))
        assert to_old[0] < to_old[-1], seed
        assert to_new[-1] < to_new[0], seed


@pytest.mark.parametrize("name", DISTURBANCES)
def test_disturbances_leave_a_take_as_long_as_it_was(footage, name):
    for seed in range(4):
        random = np.random.default_rng(seed)
        pixels = take(footage[0], 60, random)
        disturbed = DISTURBANCES[name](pixels.clone(), 20, random)
        assert disturbed.shape == pixels.shape
        assert torch.isfinite(disturbed).all()
        assert torch.equal(disturbed[:20], pixels[:20]) or name == "whip_pan"


def test_slower_and_repeated_films_keep_their_transitions_where_the_picture_changes():
    pixels = torch.full((120, 3, HEIGHT, WIDTH), 60.0)
    pixels[70:] = 180.0
    cut = [Transition("cut", 69, 70, 1.0)]
    for seed in range(30):
        thumbnails, moved = finished(pixels.clone(), cut, np.random.default_rng(seed))
        jumps = np.abs(np.diff(thumbnails[:, 0].astype(float).mean(axis=(1, 2))))
        assert abs(int(jumps.argmax()) + 1 - moved[0].end_frame) <= 1, seed


def test_labels_mark_the_first_frame_after_a_cut_and_the_mixed_frames_of_the_others():
    labels = networks.labels_of([Transition("cut", 9, 10, 1.0), Transition("wipe", 19, 25, 1.0)], frames=40)
    assert np.argwhere(labels[:, KINDS.index("cut")]).ravel().tolist() == [10]
    assert np.argwhere(labels[:, KINDS.index("wipe")]).ravel().tolist() == [20, 21, 22, 23, 24]
    assert labels.sum() == 6


def test_what_is_saved_runs_in_numpy_as_it_was_trained(tmp_path):
    torch.manual_seed(0)
    trained = networks.EvidenceNetwork().eval()
    trained.save(tmp_path / "weights.npz")
    evidence = np.random.default_rng(0).uniform(0, 1, size=(2 * REACH + 50, len(CHANNELS))).astype(np.float32)
    with torch.no_grad():
        expected = trained(torch.from_numpy(evidence)[None])[0].numpy()
    found = load_network(tmp_path / "weights.npz").logits(evidence)
    np.testing.assert_allclose(found, expected, atol=5e-3)  # the weights are half floats


def test_a_network_learns_what_it_is_shown(footage):
    examples = [example(draw_sequence(footage, np.random.default_rng(seed), frames=300)) for seed in range(6)]
    trained = networks.train(examples, steps=40)
    shown = max(examples, key=lambda each: int(each.labels[:, 0].sum()))
    with torch.no_grad():
        odds = trained(torch.from_numpy(shown.evidence.astype(np.float32))[None])[0].numpy()
    is_cut = shown.labels[REACH:-REACH, 0] == 1
    assert is_cut.any()
    assert np.median(odds[is_cut, 0]) > np.quantile(odds[~is_cut, 0], 0.9)


def test_confidence_is_fitted_to_how_often_a_verdict_is_right():
    random = np.random.default_rng(0)
    odds = random.uniform(-4, 4, 4000)
    said = 1 / (1 + np.exp(-odds))
    right = random.random(4000) < 1 / (1 + np.exp(-(0.5 * odds - 1)))
    cases = [Case(Transition("cut", 0, 1, float(p)), bool(r)) for p, r in zip(said, right, strict=True)]
    line = fit(cases)
    assert line.slope == pytest.approx(0.5, abs=0.08)
    assert line.offset == pytest.approx(-1, abs=0.15)
    with pytest.raises(SystemExit, match="too few"):
        fit(cases[:5])
