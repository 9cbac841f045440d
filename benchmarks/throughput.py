"""Frames per second of FFmpeg decoding alone, of our decoding, and of the whole CPU pipeline, as ratios.

All variants run in turn, several rounds in one process each, on the same files; the best wall time and the least CPU
time of each are reported, because other work on the machine only slows a run down. The reference is the ``ffmpeg``
program (``-f null -``) if installed, and always FFmpeg's libraries through PyAV with every frame discarded.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from footage import SIZES, sized_film

from kuleshov.cinema.detectors import open_detectors
from kuleshov.decode.cpu import CpuDecoder
from kuleshov.media.probe import probe
from kuleshov.models.face_networks import face_networks_problem
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.job.settings import FaceSetting, Settings
from kuleshov.pipeline.stages.frames import FrameMeter

_LIBRARIES = "FFmpeg libraries, frames thrown away"


def ffmpeg_program(film: Path) -> None:
    command = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(film), "-map", "0:v:0", "-f", "null", "-"]
    subprocess.run(command, check=True)


def ffmpeg_libraries(film: Path) -> None:
    import av

    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for _ in container.decode(stream):
            pass


def our_decoding(film: Path) -> None:
    for _ in CpuDecoder(probe(film)):
        pass


def decoding_and_kernels(film: Path) -> None:
    meter = FrameMeter()
    for batch in CpuDecoder(probe(film)):
        meter.push(batch)


def whole_pipeline(film: Path, *, shots: str, faces: FaceSetting = "off") -> None:
    Pipeline(Settings(shots=shots, faces=faces)).describe(film)


def ways() -> dict[str, Callable[[Path], None]]:
    """The variants, the reference first."""
    found: dict[str, Callable[[Path], None]] = {}
    if shutil.which("ffmpeg"):
        found["ffmpeg -f null"] = ffmpeg_program
    found[_LIBRARIES] = ffmpeg_libraries
    found["our decoding to analysis frames"] = our_decoding
    found["... and all kernels"] = decoding_and_kernels
    found["whole pipeline, shots off"] = lambda film: whole_pipeline(film, shots="off")
    found["whole pipeline, cascade"] = lambda film: whole_pipeline(film, shots="cascade")
    if face_networks_problem() is None:
        found["whole pipeline, cascade, with faces"] = lambda film: whole_pipeline(film, shots="cascade", faces="on")
    found["whole pipeline, exact"] = lambda film: whole_pipeline(film, shots="exact")
    return found


def frame_count(film: Path) -> int:
    decoder = CpuDecoder(probe(film))
    return sum(len(batch) for batch in decoder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("films", nargs="*", type=Path, help="films to measure on instead of the made ones")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    arguments = parser.parse_args()
    films = {film.name: film for film in arguments.films} or {name: sized_film(name) for name in SIZES}
    open_detectors("exact")  # import torch and load the weights before the clock runs
    results: dict[str, dict[str, dict[str, float]]] = {}
    for name, film in films.items():
        frames = frame_count(film)
        best: dict[str, tuple[float, float]] = {}
        for _ in range(arguments.rounds):
            for way, run in ways().items():
                wall, cpu = perf_counter(), process_time()
                run(film)
                taken = (perf_counter() - wall, process_time() - cpu)
                before = best.get(way, taken)
                best[way] = (min(before[0], taken[0]), min(before[1], taken[1]))
        peer = next(iter(best.values()))[0]
        decoding = best[_LIBRARIES][1]
        print(f"\n{name}: {frames} frames, least of {arguments.rounds}")
        print(f"{'':42}{'frames/s':>10}{'ratio to first':>16}{'CPU, decoding = 1':>19}")
        for way, (wall, cpu) in best.items():
            print(f"{way:42}{frames / wall:10.0f}{peer / wall:16.2f}{cpu / decoding:19.2f}")
        results[name] = {
            way: {"frames_per_second": frames / wall, "ratio": peer / wall, "cpu_ratio": cpu / decoding}
            for way, (wall, cpu) in best.items()
        }
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
