"""Windows by DALI: whether they hold the frames that the CPU says, and how many a second."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.cpu_windows import CpuWindowReader
from kuleshov.decode.dali import DaliWindowReader
from kuleshov.decode.film_index import read_index
from kuleshov.decode.windows import Window, WindowReader
from kuleshov.media.probe import probe


def windows(clips: list[Path], *, device: str, number: int = 16, count: int = 8, rounds: int = 3) -> dict[str, Any]:
    """``number`` windows of ``count`` frames of each clip, all clips in one request.

    Conversions to RGB differ, so a frame counts as right if of the frame that was asked for and the two beside it, it
    is most like the one that was asked for. Raises ``AssertionError`` if one is wrong.
    """
    films = [probe(clip) for clip in clips]
    asked = []
    for film in films:
        last = len(read_index(film)) - count
        asked += [Window(film, count, start_frame=int(start)) for start in np.linspace(0, last, number)]
    on_cpu, by_dali = CpuWindowReader(threads=0), DaliWindowReader(device=device)
    found, expected = by_dali.read(asked), on_cpu.read(asked)
    differences, wrong = [], []
    for window, got, want in zip(asked, found, expected, strict=True):
        distances = _distances(_host(got.rgb), want.rgb)
        differences.append(float(np.diag(distances).mean()))
        for at in range(count):
            near = slice(max(0, at - 1), at + 2)
            if distances[at, near].argmin() + max(0, at - 1) != at:
                wrong.append(f"{window.film.path.name} frame {want.index[at]}")
    assert not wrong, f"other frames than those asked for: {wrong}"
    return {
        "windows": len(asked),
        "mean difference of RGB values": round(float(np.mean(differences)), 2),
        "DALI, windows/s": _rate(by_dali, asked, rounds),
        "CPU, windows/s": _rate(on_cpu, asked, rounds),
    }


def _host(rgb: Any) -> NDArray[np.uint8]:
    return rgb if isinstance(rgb, np.ndarray) else rgb.cpu().numpy()


def _distances(got: NDArray[np.uint8], want: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Mean absolute difference of every frame to every other, ``[count, count]``; of large ones on some pixels."""
    step = max(1, got.shape[2] // 480)
    left, right = (frames[:, ::step, ::step].astype(np.int16) for frames in (got, want))
    return np.abs(left[:, None] - right[None]).mean(axis=(2, 3, 4))


def _rate(reader: WindowReader, asked: list[Window], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        began = perf_counter()
        reader.read(asked)
        times.append(perf_counter() - began)
    return round(len(asked) / median(times), 1)
