"""The small network that reads evidence: dilated convolutions over time, run in NumPy.

For every step of the grid it predicts the probability that the step is the first of a new shot after a cut, and that it
is inside a gradual transition of each type. It was trained on drawn films by ``kuleshov.training.shots``, which writes
its weights to ``evidence.npz`` in this folder.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors._evidence import CHANNELS
from kuleshov.errors import ModelError
from kuleshov.records import TransitionType

WEIGHTS = Path(__file__).with_name("evidence.npz")
#: Steps between a tap of a layer and its neighbours; three taps a layer.
DILATIONS = (1, 1, 2, 4, 8, 16)
WIDTH = 40
#: The classes of the network; the first is the first frame after a cut, the others are mixed frames.
KINDS: tuple[TransitionType, ...] = ("cut", "dissolve", "fade_black", "fade_white", "wipe")
#: Steps to both sides that a verdict depends on.
REACH = sum(DILATIONS)


class Network(NamedTuple):
    """``layers`` are weights float32 ``[3, inputs, outputs]`` and biases; ``identity`` names them for provenance."""

    layers: tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]
    identity: str

    def logits(self, evidence: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return float32 ``[N - 2 * REACH, len(KINDS)]`` for evidence float32 ``[N, len(CHANNELS)]``: log-odds."""
        (weight, bias), *layers, (last_weight, last_bias) = self.layers
        values = np.maximum(evidence @ weight[0] + bias, 0)
        for (weight, bias), dilation in zip(layers, DILATIONS, strict=True):
            end = len(values) - 2 * dilation
            taps = [values[tap * dilation : tap * dilation + end] for tap in range(3)]
            changed = sum(tap @ part for tap, part in zip(taps, weight, strict=True)) + bias
            values = taps[1] + np.maximum(changed, 0)
        return np.asarray(values @ last_weight[0] + last_bias, dtype=np.float32)


@cache
def load_network(path: Path = WEIGHTS) -> Network:
    """Read the network's weights. Raises ``ModelError`` if the file is missing or has another network's."""
    try:
        with np.load(path) as file:
            arrays = {name: file[name].astype(np.float32) for name in file.files}
        layers = tuple((arrays[f"weight{n}"], arrays[f"bias{n}"]) for n in range(len(DILATIONS) + 2))
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(
            f"{path}: not readable as the evidence network's weights: {error} (reinstall kuleshov)"
        ) from error
    if layers[0][0].shape[1] != len(CHANNELS) or layers[-1][0].shape[2] != len(KINDS):
        raise ModelError(f"{path}: weights of another network (reinstall kuleshov, or train it anew)")
    return Network(layers, f"evidence {blake2b(path.read_bytes(), digest_size=4).hexdigest()}")
