"""Whole films on the device: described singly, then side by side; and what crossed to the host."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from kuleshov.cuda.devices import runtime
from kuleshov.media.probe import probe
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.job.settings import Settings
from kuleshov.pipeline.lanes import Lanes

DEVICE = "cuda:0"


def one_film(film: Path, *, shots: str, width: int = 256) -> dict[str, Any]:
    """Describe a film on the device and on the CPU: speed, bytes to the host a frame, whether both say the same."""
    on = runtime(DEVICE)
    results: dict[str, Any] = {}
    described = {}
    for device in (DEVICE, "cpu"):
        with Pipeline(Settings(device=device, shots=shots, analysis_width=width)) as pipeline:
            fetched, began = on.fetched_bytes, perf_counter()
            described[device] = pipeline.describe(film)
            seconds = perf_counter() - began
        frames = described[device].analysis.film.frame_count
        results[device] = {
            "frames/s": round(frames / seconds, 1),
            "bytes to the host a frame": round((on.fetched_bytes - fetched) / frames, 1),
        }
    same = {
        what: getattr(described[DEVICE].analysis, what) == getattr(described["cpu"].analysis, what)
        for what in ("shots", "scenes")
    }
    return {**results, "both say the same": same, "decoder": described[DEVICE].analysis.provenance.decoder}


def many_films(film: Path, *, copies: int, shots: str, width: int = 256) -> dict[str, Any]:
    """Describe a film many times side by side, as an ingest does; frames a second of them all.

    Nothing is stored: FAISS is too large to be carried to a bare machine.
    """
    with (
        Pipeline(Settings(device="cuda", shots=shots, analysis_width=width)) as pipeline,
        Lanes(pipeline.lanes()) as lanes,
    ):
        lane = pipeline.lane(probe(film))
        work = [(lane, partial(pipeline.describe, film)) for _ in range(copies)]
        began = perf_counter()
        frames = sum(described.analysis.film.frame_count for described in lanes.run(work))
        seconds = perf_counter() - began
        widths = pipeline.lanes()
    rate = frames / seconds
    return {"films": copies, "at once": widths, "frames/s": round(rate, 1), "films of 2 h an hour": round(rate / 48, 1)}
