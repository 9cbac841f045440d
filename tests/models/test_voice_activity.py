"""The voice activity network gives the results of the package's own file under ONNX Runtime."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from kuleshov.models.silero_network import UNITS, SileroNetwork
from kuleshov.models.voice_activity import CHUNK, WEIGHTS, VoiceActivity

TOLERANCE = 1e-4


def voiced_sound() -> np.ndarray:
    """Twelve seconds: silence, noise, a gliding buzz with formants that opens and closes like syllables."""
    rng = np.random.default_rng(2)
    time = np.arange(4 * 16_000) / 16_000
    hertz = 120 + 30 * np.sin(2 * np.pi * 0.7 * time)
    phase = 2 * np.pi * np.cumsum(hertz) / 16_000
    formants = [
        np.exp(-(((k * 120 - 600) / 300) ** 2)) + 0.5 * np.exp(-(((k * 120 - 1500) / 300) ** 2)) for k in range(1, 30)
    ]
    buzz = sum(weight * np.sin(k * phase) for k, weight in enumerate(formants, start=1))
    syllables = np.clip(np.sin(2 * np.pi * 4 * time), 0, 1)
    return np.concatenate(
        (np.zeros(4 * 16_000), 0.05 * rng.standard_normal(4 * 16_000), 0.1 * buzz * syllables)
    ).astype(np.float32)


def by_onnx_runtime(samples: np.ndarray) -> np.ndarray:
    onnxruntime = pytest.importorskip("onnxruntime")
    package = find_spec("silero_vad")
    if package is None or not package.submodule_search_locations:
        pytest.skip("the package silero-vad is not installed")
    network = Path(package.submodule_search_locations[0]) / "data/silero_vad_16k_sequence.onnx"
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    every = np.lib.stride_tricks.sliding_window_view(np.concatenate((np.zeros(64, np.float32), samples)), 64 + CHUNK)
    nothing = np.zeros((1, 1, UNITS), np.float32)
    given = {"input": np.ascontiguousarray(every[::CHUNK]), "h": nothing, "c": nothing}
    return np.ravel(session.run(["speech_probs"], given)[0])


def test_it_says_what_onnx_runtime_says() -> None:
    samples = voiced_sound()
    expected = by_onnx_runtime(samples)
    assert expected.max() > 0.5
    assert expected.min() < 0.05
    np.testing.assert_allclose(VoiceActivity().push(samples), expected, atol=TOLERANCE)


def test_one_wrong_weight_is_noticed() -> None:
    samples = voiced_sound()
    heard = VoiceActivity()
    with np.load(WEIGHTS) as weights:
        heard._network = SileroNetwork(weights)
    heard._network._from_hidden[:, 7] *= 1.5
    assert np.abs(heard.push(samples) - by_onnx_runtime(samples)).max() > 10 * TOLERANCE
