"""Voice activity: the likelihood of speech every 32 ms, by Silero VAD's network (``silero_network``).

The package ``silero-vad`` ships the weights (MIT); it is not imported, because it would import torch and set torch's
number of threads. Singing is mostly not taken for speech.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import ModelError
from kuleshov.models.silero_network import UNITS, SileroNetwork

#: The network takes 16 kHz in chunks of 512 samples, each with the 64 samples before it.
RATE = 16_000
CHUNK = 512
_CONTEXT = 64
_FILE = "data/silero_vad_16k_sequence.onnx"


def voice_activity_problem() -> str | None:
    """Return why voice activity is unavailable, with the remedy, or None; loads nothing."""
    if find_spec("silero_vad") is None:
        return "the package silero-vad is missing (pip install silero-vad)"
    if not _model_file().is_file():
        return f"{_model_file()} is missing (pip install 'silero-vad>=6.2.3')"
    return None


class VoiceActivity:
    """Voice activity of one contiguous span of sound, block by block; the network keeps its state between blocks.

    Raises ``ModelError`` if there is a ``voice_activity_problem``.
    """

    def __init__(self) -> None:
        if problem := voice_activity_problem():
            raise ModelError(f"voice activity: {problem}")
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


def _model_file() -> Path:
    spec = find_spec("silero_vad")
    folders = (spec and spec.submodule_search_locations) or ["silero_vad"]
    return Path(folders[0]) / _FILE


@cache
def _network() -> SileroNetwork:
    """The network, loaded once; it has no state, so it can run on several threads at once."""
    try:
        return SileroNetwork(_model_file())
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(f"voice activity: {_model_file()} can't be loaded: {error!r}") from error
