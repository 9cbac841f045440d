"""The network for voice activity says what the package's own file says when ONNX Runtime runs it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kuleshov.models.onnx_weights import read_onnx_weights
from kuleshov.models.silero_network import UNITS, SileroNetwork
from kuleshov.models.voice_activity import CHUNK, VoiceActivity, _model_file

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
    session = onnxruntime.InferenceSession(_model_file(), providers=["CPUExecutionProvider"])
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
    heard._network = SileroNetwork(_model_file())
    heard._network._from_hidden[:, 7] *= 1.5
    assert np.abs(heard.push(samples) - by_onnx_runtime(samples)).max() > 10 * TOLERANCE


@pytest.mark.parametrize("content", [b"", b"no model", b"\x3a\x7f"])
def test_what_is_no_onnx_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"model\.onnx"):
        read_onnx_weights(path)
