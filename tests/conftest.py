"""What the tests of all rooms may use: real clips, and films made by the tests, whose truth is known."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

_FETCHED = os.environ.get("KULESHOV_WEIGHTS")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real clips; skips where ``KULESHOV_TEST_DATA`` does not name one."""
    folder = os.environ.get("KULESHOV_TEST_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("KULESHOV_TEST_DATA names no folder: tests on real clips are skipped")
    return Path(folder)


@pytest.fixture(scope="session", autouse=True)
def no_networks_of_this_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the networks of this machine's user out of the tests, including started processes."""
    patch = pytest.MonkeyPatch()
    for variable in ("KULESHOV_MODELS", "KULESHOV_WEIGHTS"):
        patch.setenv(variable, str(tmp_path_factory.mktemp("models")))
    yield
    patch.undo()


@pytest.fixture(scope="module")
def face_weights() -> Iterator[None]:
    """The networks that look at faces, as this machine's user fetched them; skips where they are not there."""
    from kuleshov.models.face_networks import face_networks_problem

    patch = pytest.MonkeyPatch()
    if _FETCHED is None:
        patch.delenv("KULESHOV_WEIGHTS")
    else:
        patch.setenv("KULESHOV_WEIGHTS", _FETCHED)
    if problem := face_networks_problem():
        patch.undo()
        pytest.skip(f"faces: {problem}")
    yield
    patch.undo()


def grey_frame(level: int, *, width: int = 128, height: int = 96) -> NDArray[np.uint8]:
    """A flat RGB picture uint8 ``[height, width, 3]``."""
    return np.full((height, width, 3), level, dtype=np.uint8)


def write_film(
    path: Path,
    frames: Sequence[NDArray[np.uint8]],
    *,
    rate: Fraction | int = 25,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    options: dict[str, str] | None = None,
    ticks: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    aspect: Fraction | None = None,
    sound: NDArray[np.float32] | None = None,
) -> Path:
    """Encode RGB pictures to a film. ``ticks`` are presentation times in ``time_base`` (VFR); ``sound`` is float32
    ``[channels, n]`` at 48 kHz."""
    import av

    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate, options=options or {})
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = pixel_format
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        base = time_base or Fraction(1) / Fraction(rate)
        stream.time_base = stream.codec_context.time_base = base
        if sound is not None:
            audio: Any = container.add_stream("aac", rate=48_000, layout="stereo" if len(sound) == 2 else "mono")
        for number, picture in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number if ticks is None else ticks[number]
            frame.time_base = base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None:
            block = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(sound), format="fltp", layout="stereo" if len(sound) == 2 else "mono"
            )
            block.sample_rate = 48_000
            container.mux(audio.encode(block))
            container.mux(audio.encode(None))
    return path


def write_sound(
    path: Path,
    pieces: NDArray[np.float32] | Sequence[tuple[float, NDArray[np.float32]]],
    *,
    rate: int = 48_000,
    layout: str = "mono",
    codec: str = "pcm_f32le",
    sample_format: str = "flt",
) -> Path:
    """Encode sound alone: samples float32 ``[channels, n]``, or pieces with the seconds at which each begins."""
    import av

    if isinstance(pieces, np.ndarray):
        pieces = [(0.0, pieces)]
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate, layout=layout)
        stream.codec_context.format = sample_format
        stream.time_base = Fraction(1, rate)
        for start_seconds, samples in pieces:
            resampler = av.AudioResampler(format=sample_format, layout=layout, rate=rate)
            for first in range(0, samples.shape[1], 1024):
                part = np.ascontiguousarray(samples[:, first : first + 1024], dtype=np.float32)
                frame = av.AudioFrame.from_ndarray(part, format="fltp", layout=layout)
                frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
                frame.pts = round(start_seconds * rate) + first
                for converted in resampler.resample(frame):
                    container.mux(stream.encode(converted))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="session")
def make_film() -> Callable[..., Path]:
    """``write_film`` for tests: ``make_film(path, frames, rate=25, codec="libx264", ...)``."""
    return write_film


@pytest.fixture(scope="session")
def grey() -> Callable[..., NDArray[np.uint8]]:
    """``grey_frame`` for tests: ``grey(128, width=64, height=48)``."""
    return grey_frame


@pytest.fixture(scope="session")
def make_sound() -> Callable[..., Path]:
    """``write_sound`` for tests: ``make_sound(path, samples, rate=44_100, layout="stereo", codec="aac")``."""
    return write_sound


@pytest.fixture(scope="module")
def one_thread():
    """Tests run side by side: networks on threads that wait for a busy core take longer than on one thread alone."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
