"""Whole films on the device: described singly, then side by side into an archive; what crossed to the host."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from kuleshov.cuda.runtime import runtime
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.settings import Settings

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
    """Ingest copies of a film (each with another identity) side by side; frames a second of them all."""
    from kuleshov.archive import Archive
    from kuleshov.pipeline.ingest import ingest

    folder = Path(tempfile.mkdtemp(prefix="kuleshov-films-"))
    for number in range(copies):
        copy = folder / f"{number}{film.suffix}"
        shutil.copy(film, copy)
        with copy.open("ab") as file:
            file.write(bytes([number]))
    settings = Settings(device="cuda", shots=shots, analysis_width=width)
    with Archive.open(folder / "archive", create=True) as store:
        began = perf_counter()
        outcomes = list(ingest([folder], store, settings=settings))
        seconds = perf_counter() - began
        assert all(outcome.outcome == "added" for outcome in outcomes), [outcome.reason for outcome in outcomes]
        frames = sum(store.analysis(entry.content_id).film.frame_count for entry in store.films())
    shutil.rmtree(folder)
    return {
        "films": copies,
        "frames/s": round(frames / seconds, 1),
        "films of 2 h an hour": round(frames / seconds * 3600 / 172800, 1),
    }
