"""Silero VAD's network for 16 kHz as matrix products over many chunks at once, by its package's weights.

It computes the package's ONNX file, within 1e-4 (``tests/models/test_voice_activity.py``), in about half of the time of
ONNX Runtime: the file's convolutions are of a few positions each and run at a fraction of the speed of a matrix
product, and the first of them is a Fourier transform.

A chunk with the samples before it, 576, is mirrored at its end by 64 and cut into four windows of 256, 128 apart. Their
magnitudes pass through four convolutions over time, which leave one position, then an LSTM with a state from chunk to
chunk, then a logistic regression.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

UNITS = 128
_WINDOW, _HOP, _MIRRORED = 256, 128, 64
_STRIDES = (1, 2, 2, 1)


class SileroNetwork:
    """The network with its weights, by name."""

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        # The transform's filters are cosines and sines of each frequency in a window.
        self._window = weights["window"]
        # A kernel over time as one matrix: rows are (position in the kernel, channel in).
        self._kernels = [
            np.ascontiguousarray(kernel.transpose(2, 1, 0).reshape(-1, len(kernel)))
            for kernel in (weights[f"encoder.{number}.weight"] for number in range(4))
        ]
        self._biases = [weights[f"encoder.{number}.bias"] for number in range(4)]
        from_input, from_hidden, bias = (weights[f"lstm.{name}"] for name in ("from_input", "from_hidden", "bias"))
        # Gates in, out, forget (ONNX's order) by the half of their sum: a logistic curve is a tanh of that.
        half = np.repeat(np.array([0.5, 0.5, 0.5, 1.0], np.float32), UNITS)
        self._from_input = np.ascontiguousarray((from_input[0] * half[:, None]).T)
        self._from_hidden = np.ascontiguousarray((from_hidden[0] * half[:, None]).T)
        self._gate_bias = bias[0].reshape(2, 4 * UNITS).sum(axis=0) * half
        self._last = weights["output.weight"].reshape(UNITS)
        self._last_bias = float(weights["output.bias"][0])

    def run(self, chunks: Floats, hidden: Floats, cell: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the likelihood of speech ``[n]``, 0..1, in consecutive chunks ``[n, 576]``, and the state after them.

        Samples at 16 kHz; ``hidden`` and ``cell`` are the state before the chunks, zeros at the beginning.
        """
        mirrored = np.concatenate((chunks, chunks[:, -2 : -2 - _MIRRORED : -1]), axis=1)
        windows = np.lib.stride_tricks.sliding_window_view(mirrored, _WINDOW, axis=1)[:, ::_HOP]
        values = self._magnitudes(windows)
        for kernel, bias, stride in zip(self._kernels, self._biases, _STRIDES, strict=True):
            values = _convolve(values, kernel, bias, stride)
        return self._lstm(values[:, 0], hidden, cell)

    def _magnitudes(self, windows: Floats) -> Floats:
        from scipy.fft import rfft

        spectra = rfft(windows * self._window, axis=2)
        return np.asarray(np.sqrt(spectra.real**2 + spectra.imag**2))

    def _lstm(self, inputs: Floats, hidden: Floats, cell: Floats) -> tuple[Floats, Floats, Floats]:
        sums = inputs @ self._from_input + self._gate_bias
        states = np.empty((len(inputs), UNITS), np.float32)
        for at in range(len(sums)):
            gates = sums[at]
            gates += hidden @ self._from_hidden
            np.tanh(gates, out=gates)
            opened = gates[: 3 * UNITS]
            opened *= 0.5
            opened += 0.5
            cell = opened[2 * UNITS :] * cell + opened[:UNITS] * gates[3 * UNITS :]
            hidden = states[at] = opened[UNITS : 2 * UNITS] * np.tanh(cell)
        odds = np.maximum(states, 0) @ self._last + np.float32(self._last_bias)
        return np.asarray(0.5 * np.tanh(0.5 * odds) + 0.5, np.float32), hidden, cell


def _convolve(values: Floats, kernel: Floats, bias: Floats, stride: int) -> Floats:
    """A convolution of three positions, zeros on both sides, then ReLU: ``[n, time, channels]``."""
    padded = np.pad(values, ((0, 0), (1, 1), (0, 0)))
    count, time, channels = padded.shape
    positions = range(0, time - 2, stride)
    columns = np.stack([padded[:, at : at + 3].reshape(count, 3 * channels) for at in positions], axis=1)
    convolved = columns.reshape(-1, 3 * channels) @ kernel
    convolved += bias
    return np.asarray(np.maximum(convolved, 0, out=convolved).reshape(count, len(positions), -1))
