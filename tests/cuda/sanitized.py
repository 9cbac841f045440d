"""Runs Python under a sanitizer build of the emulation: the sanitizer's library must be loaded before all others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = {"address": "libasan.so", "thread": "libtsan.so"}


def environment(build: str, *, source: Path | None = None) -> dict[str, str]:
    """The variables under which a Python process emulates with that build, and with another kernel source."""
    added = {"KULESHOV_EMULATION_BUILD": build, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    if source is not None:
        added["KULESHOV_EMULATION_SOURCE"] = str(source)
    if build in LIBRARIES:
        found = subprocess.run(
            ["g++", f"-print-file-name={LIBRARIES[build]}"], capture_output=True, text=True, check=True
        )
        added["LD_PRELOAD"] = found.stdout.strip()
        added["ASAN_OPTIONS"] = "detect_leaks=0:detect_stack_use_after_return=0"
        added["TSAN_OPTIONS"] = "report_thread_leaks=0:exitcode=66"
    return {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"} | added


def run(arguments: list[str], build: str, *, source: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``python arguments`` under a build; the caller looks at ``returncode``, ``stdout`` and ``stderr``."""
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment(build, source=source),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def run_tests(files: list[str], build: str, *, source: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run test files of this folder (and options of pytest) under a build, up to the first failure."""
    paths = [f"tests/cuda/{name}" if name.endswith(".py") else name for name in files]
    return run(["-m", "pytest", "-q", "-x", "-p", "no:xdist", "-p", "no:cacheprovider", *paths], build, source=source)
