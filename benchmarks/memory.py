"""Peak resident memory of a film's analysis, at several lengths of the same film: it should hardly grow.

Each length runs in a process of its own, whose peak the operating system reports. The film is a clip repeated without
re-encoding. ``--shots exact`` measures TransNetV2 on every frame, which takes about ten times as long.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from footage import long_film, sized_film

PROGRAM = """
import sys
from pathlib import Path
from kuleshov.pipeline.analyze import analyze
from kuleshov.pipeline.job.settings import Settings
film = analyze(Path(sys.argv[1]), settings=Settings(shots=sys.argv[2])).film
print(film.frame_count)
"""


def peak(film: Path, *, shots: str) -> tuple[int, float, float]:
    """Analyse a film in a child process: frames, peak resident megabytes, seconds."""
    began = perf_counter()
    child = subprocess.Popen([sys.executable, "-c", PROGRAM, str(film), shots], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    frames = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"memory: the analysis of {film} failed")
    return int(frames), usage.ru_maxrss / 1024, perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clip", type=Path, help="clip to repeat; default: the made 480p film")
    parser.add_argument("--minutes", type=float, nargs="+", default=[5, 30, 120])
    parser.add_argument("--shots", default="cascade")
    arguments = parser.parse_args()
    clip = arguments.clip or sized_film("480p")
    print(f"{clip.name}, shots {arguments.shots}\n{'minutes':>8}{'frames':>10}{'peak MB':>10}{'x real time':>14}")
    for minutes in arguments.minutes:
        frames, megabytes, seconds = peak(long_film(clip, 60 * minutes), shots=arguments.shots)
        print(f"{minutes:8.0f}{frames:10d}{megabytes:10.0f}{60 * minutes / seconds:14.1f}")


if __name__ == "__main__":
    main()
