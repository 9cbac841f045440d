"""Delay of ``kuleshov watch``: seconds from a window's last packet to its line, for a clip read at its own speed.

Each film is watched by a process of its own, as a user would. Delays are those that the lines state. CPU load is CPU
seconds over wall seconds: 1 is one busy core. Other work on the machine delays windows: its load is reported.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from footage import SIZES, sized_film, source_clip

KULESHOV = Path(sys.executable).with_name("kuleshov")


def watched(film: Path, *, window_seconds: float) -> dict[str, Any]:
    """Watch a film as if it were live; return what its lines and its summary say."""
    command = [str(KULESHOV), "watch", str(film), "--realtime", "--window", str(window_seconds)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = [json.loads(line) for line in printed.splitlines()]
    summary = next(line for line in lines if line["type"] == "summary")
    latencies = [line["latency_seconds"] for line in lines if line["type"] == "window"]
    delays = [shot["delay_seconds"] for line in lines if line["type"] == "window" for shot in line["found_shots"]]
    return {
        "film": film.name,
        "window_seconds": window_seconds,
        "windows": summary["windows"],
        "skipped_seconds": summary["skipped_seconds"],
        "latency_seconds": {f"p{rank}": round(float(np.percentile(latencies, rank)), 3) for rank in (50, 95, 100)},
        "shots_found": len(delays),
        "shot_delay_seconds": {f"p{rank}": round(float(np.percentile(delays, rank)), 2) for rank in (50, 95)}
        if delays
        else None,
        "cpu_load": round(summary["cpu_load"], 3),
        "cpu_seconds_a_film_second": round(summary["cpu_seconds"] / summary["seconds"], 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("films", nargs="*", type=Path, help="films to watch instead of the clip itself and 1080p of it")
    parser.add_argument("--windows", nargs="*", type=float, default=[2.0, 1.0], help="lengths of window to try")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    arguments = parser.parse_args()
    films = arguments.films or [source_clip(), sized_film(next(iter(SIZES)))]
    loads = [os.getloadavg()[0]]
    runs = []
    for film in films:
        for window_seconds in arguments.windows:
            runs.append(watched(film, window_seconds=window_seconds))
            loads.append(os.getloadavg()[0])
            print(json.dumps(runs[-1]))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load average {min(loads):.1f} to {max(loads):.1f}"
    print(machine)
    if arguments.json:
        arguments.json.write_text(json.dumps({"machine": machine, "runs": runs}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
