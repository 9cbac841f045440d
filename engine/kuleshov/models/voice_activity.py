"""Voice activity: the likelihood of speech every 32 ms, by Silero VAD's network (``silero_network``).

Its weights (MIT licence, beside them) come with Kuleshov; ``benchmarks/vendor_silero.py`` made the file. Singing is
mostly not taken for speech.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.models.silero_network import UNITS, SileroNetwork

#: The network takes 16 kHz in chunks of 512 samples, each with the 64 samples before it.
RATE = 16_000
CHUNK = 512
_CONTEXT = 64
#: The package and version that the weights are from.
NETWORK = "silero-vad 6.2.3"
WEIGHTS = Path(__file__).with_name("silero_vad.npz")


class VoiceActivity:
    """Voice activity of one contiguous span of sound, block by block; the network keeps its state between blocks."""

    def __init__(self) -> None:
        self._network = _network()
        self._hidden, self._cell = (np.zeros(UNITS, np.float32) for _ in range(2))
        self._rest = np.zeros(_CONTEXT, np.float32)

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take the next samples, float32 ``[n]`` at 16 kHz; return the likelihood of speech, 0..1, in each full
        chunk."""
        buffer = np.concatenate((self._rest, samples))
        count = (len(buffer) - _CONTEXT) // CHUNK
        self._rest = buffer[count * CHUNK :].copy()
        if not count:
            return np.zeros(0, np.float32)
        chunks = np.lib.stride_tricks.sliding_window_view(buffer, _CONTEXT + CHUNK)[::CHUNK][:count]
        likely, self._hidden, self._cell = self._network.run(chunks, self._hidden, self._cell)
        return likely


@cache
def _network() -> SileroNetwork:
    """The network, loaded once; it keeps no state, so several threads may run it at once."""
    with np.load(WEIGHTS) as weights:
        return SileroNetwork(weights)
