"""NVDEC against the CPU, frame by frame, and its speed: alone, then with each stage of the pipeline added."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from statistics import median
from threading import Barrier
from time import perf_counter
from typing import Any

import numpy as np

from kuleshov.cuda.devices import runtime, stream_of
from kuleshov.decode.capabilities import CODECS
from kuleshov.decode.cpu import CpuDecoder
from kuleshov.decode.nvdec import NvdecDecoder, decoder_caps, why_not
from kuleshov.decode.nvdec_sessions import IDLE
from kuleshov.decode.pyav_cuda import PyavCudaDecoder
from kuleshov.media.probe import probe
from kuleshov.pipeline.stages.frames import FrameMeter

DEVICE = "cuda:0"
Way = Callable[[Path], int]  # decodes a film, returns its frames


def caps() -> dict[str, str]:
    """What the device says that it decodes."""
    return {
        f"{codec} {depth}": str(decoder_caps(DEVICE, codec, depth))
        for codec in CODECS.values()
        for depth in (8, 10, 12)
    }


def conformance(clips: list[Path]) -> dict[str, Any]:
    """Each GPU decoder against the CPU decoder on each clip. Raises ``AssertionError`` at the end if one differs."""
    results, wrong = {}, []
    for clip in clips:
        info = probe(clip)
        if reason := why_not(info, DEVICE):
            results[clip.name] = f"for the CPU: {reason}"
            continue
        expected = [batch.clone() for batch in CpuDecoder(info)]
        for decoder_class in (NvdecDecoder, PyavCudaDecoder):
            name = f"{clip.name} {decoder_class.__name__}"
            try:
                results[name] = _compare(decoder_class(info, device=DEVICE), expected)
            except Exception as error:
                results[name] = f"{type(error).__name__}: {error}"
            # MPEG-2's inverse transform is not defined to the bit: one step of a mean is allowed there.
            allowed = 1 if info.codec.startswith("mpeg") else 0
            if not isinstance(results[name], dict) or results[name]["greatest difference"] > allowed:
                wrong.append(name)
    assert not wrong, f"differ from the CPU: {wrong}; {results}"
    return results


def _compare(decoder: Any, expected: list[Any]) -> dict[str, Any]:
    with stream_of(DEVICE):
        found = []
        for batch in decoder:
            fetched = runtime(DEVICE).fetch({"luma": batch.luma, "chroma": batch.chroma}).result()
            found.append((batch.pts_seconds, fetched))
    assert len(found) == len(expected), f"{len(found)} batches instead of {len(expected)}"
    greatest = 0
    for (seconds, fetched), want in zip(found, expected, strict=True):
        np.testing.assert_array_equal(seconds, want.pts_seconds)
        for name in ("luma", "chroma"):
            difference = np.abs(fetched[name].astype(int) - getattr(want, name).astype(int))
            greatest = max(greatest, int(difference.max(initial=0)))
    return {
        "frames": decoder.report.frames,
        "greatest difference": greatest,
        "notes": decoder.report.notes,
        "session of the film before": getattr(decoder, "reused_session", False),
    }


def surfaces_alone(film: Path) -> int:
    """Decodes and throws the surfaces away."""
    return sum(1 for _ in NvdecDecoder(probe(film), device=DEVICE).surfaces())


def analysis_frames(film: Path) -> int:
    """... and makes analysis frames of them, counted."""
    return sum(len(batch) for batch in NvdecDecoder(probe(film), device=DEVICE))


def all_kernels(film: Path) -> int:
    """... and runs every kernel of the pipeline, results on the host."""
    meter, frames = FrameMeter(), 0
    for batch in NvdecDecoder(probe(film), device=DEVICE):
        meter.push(batch)
        frames += len(batch)
    meter.finish()
    return frames


def speed(film: Path, way: Way, *, sessions: int, rounds: int = 3) -> dict[str, float]:
    """Frames a second of ``sessions`` threads that each decode the film; median and spread of some rounds."""
    rates = []
    for _ in range(rounds):
        start = Barrier(sessions + 1)

        def session(start: Barrier = start) -> int:
            with stream_of(DEVICE):
                start.wait(60)
                return way(film)

        with ThreadPoolExecutor(sessions) as pool:
            running = [pool.submit(session) for _ in range(sessions)]
            start.wait(60)
            began = perf_counter()
            frames = sum(each.result() for each in running)
            rates.append(frames / (perf_counter() - began))
    return {"frames/s": round(median(rates), 1), "least": round(min(rates), 1), "most": round(max(rates), 1)}


def sessions(films: list[Path]) -> dict[str, Any]:
    """Films of one codec through one session, against the CPU; and what a new session costs.

    Raises ``AssertionError`` unless all but the first shared it and every frame is right.
    """
    IDLE.clear()
    results, shared = {}, []
    for film in films:
        info = probe(film)
        decoder = NvdecDecoder(info, device=DEVICE)
        began = perf_counter()
        results[film.name] = _compare(decoder, [batch.clone() for batch in CpuDecoder(info)])
        results[film.name]["seconds, both decoders"] = round(perf_counter() - began, 3)
        shared.append(decoder.reused_session)
        assert results[film.name]["greatest difference"] == 0, results
    assert shared == [False] + [True] * (len(films) - 1), results
    return results


def leak(film: Path, *, times: int = 30) -> str:
    """Device memory that is gone after opening and closing many sessions."""
    import torch

    surfaces_alone(film)
    with suppress(RuntimeError):
        torch.cuda.empty_cache()
    before = torch.cuda.mem_get_info()[0]
    for _ in range(times):
        surfaces_alone(film)
    return f"{(before - torch.cuda.mem_get_info()[0]) / 2**20:.0f} MiB after {times} sessions"


def scaled_output(film: Path) -> dict[str, Any]:
    """The undocumented scaling by NVDEC itself: whether it works, how far its frames are from our average, how fast."""
    info = probe(film)
    decoder = NvdecDecoder(info, device=DEVICE, scaled_output=True)
    with stream_of(DEVICE):
        surface, _ = next(decoder.surfaces())
        shape = (surface.width, surface.height)
    expected = next(iter(CpuDecoder(info))).clone()
    with stream_of(DEVICE):
        batch = next(iter(NvdecDecoder(info, device=DEVICE, scaled_output=True)))
        luma = runtime(DEVICE).fetch({"luma": batch.luma}).result()["luma"]
    difference = np.abs(luma.astype(int) - expected.luma[: len(luma)].astype(int))
    return {
        "surface": shape,
        "asked for": (decoder.width, decoder.height),
        "mean difference": float(difference.mean()),
        "greatest difference": int(difference.max()),
    }
