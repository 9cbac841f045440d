"""The evidence network over a film, batch by batch: from thumbnails on the grid to odds of transitions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors import _evidence, _network
from kuleshov.cinema.detectors._network import KINDS, Network

#: Blocks of one size, so that odds do not depend on the batches. Smaller blocks overlap more, larger ones need a larger
#: table of inner products.
_STEPS_AT_ONCE = 128


class Reader:
    """Reads thumbnails uint8 ``[N, 3, height, width]`` in order; the first and last are repeated outside the film."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._thumbnails: NDArray[np.uint8] | None = None  # those whose evidence is still to be computed
        self._evidence: NDArray[np.float32] | None = None  # those rows whose odds are still to be computed
        self._odds: list[NDArray[np.float32]] = []

    def push(self, thumbnails: NDArray[np.uint8]) -> None:
        """Take the next thumbnails; they are copied."""
        if not len(thumbnails):
            return
        if self._thumbnails is None:
            self._thumbnails = thumbnails[:1].repeat(_evidence.REACH, axis=0)
        self._thumbnails = np.concatenate((self._thumbnails, thumbnails))
        while len(self._thumbnails) >= _STEPS_AT_ONCE + 2 * _evidence.REACH:
            self._read(_STEPS_AT_ONCE)

    def finish(self) -> NDArray[np.float32]:
        """Return the log-odds of every step, float32 ``[N, len(KINDS)]``."""
        if self._thumbnails is not None:
            self.push(self._thumbnails[-1:].repeat(_evidence.REACH, axis=0))
            self.catch_up()
            assert self._evidence is not None
            self._score(self._evidence[-1:].repeat(_network.REACH, axis=0))
        return self.odds()

    def catch_up(self) -> None:
        """Read the steps that wait for a full block."""
        if self._thumbnails is not None:
            self._read(len(self._thumbnails) - 2 * _evidence.REACH)

    def odds(self) -> NDArray[np.float32]:
        """Return the log-odds of the steps that are known by now and not dropped, float32 ``[N, len(KINDS)]``."""
        return np.concatenate([np.empty((0, len(KINDS)), dtype=np.float32), *self._odds])

    def forget(self, steps: int) -> None:
        """Drop the odds of the first steps."""
        self._odds = [self.odds()[steps:]]

    def _read(self, steps: int) -> None:
        """Compute the evidence of the next ``steps`` steps, and the odds that follow from it."""
        assert self._thumbnails is not None
        if steps <= 0:
            return
        self._score(_evidence.evidence(self._thumbnails[: steps + 2 * _evidence.REACH]))
        self._thumbnails = self._thumbnails[steps:]

    def _score(self, evidence: NDArray[np.float32]) -> None:
        if self._evidence is None:
            self._evidence = evidence[:1].repeat(_network.REACH, axis=0)
        self._evidence = np.concatenate((self._evidence, evidence))
        if len(self._evidence) > 2 * _network.REACH:
            self._odds.append(self._network.logits(self._evidence))
            self._evidence = self._evidence[-2 * _network.REACH :]
