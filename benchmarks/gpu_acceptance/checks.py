"""The tests and the sanitizer on the device, as programs of their own: a test that is skipped has failed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PARITY = [
    f"tests/cuda/test_{name}.py"
    for name in ("small_operators", "shrink_and_count", "patch_flow", "flow_statistics", "global_motion")
]

#: What runs under the sanitizer, which slows kernels down a hundredfold: every kernel, some of their tests.
SANITIZED = "color_histogram or frame_sums or absolute or distance or shrink or rgb or edge or depends_on_its_batches"


def outcome(report: Path) -> dict[str, int]:
    """How many tests of a JUnit report passed, failed, and were skipped."""
    suites = list(ET.parse(report).getroot().iter("testsuite"))
    counted = {
        name: sum(int(suite.get(name, 0)) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    }
    return counted


def parity_tests(*, timeout: float = 150) -> dict[str, Any]:
    """Run the kernels' parity tests on the device. Raises ``AssertionError`` unless all ran and passed."""
    report = Path(tempfile.mkdtemp()) / "report.xml"
    options = ["-q", "-p", "no:xdist", "-p", "no:cacheprovider", "--import-mode=importlib", f"--junitxml={report}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *PARITY],
        cwd=ROOT,
        env={**os.environ, "KULESHOV_REQUIRE_CUDA": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    assert report.exists(), done.stdout[-3000:] + done.stderr[-2000:]
    counted = outcome(report)
    bad = counted["failures"] + counted["errors"] + counted["skipped"]
    assert counted["tests"] > 0, done.stdout[-3000:]
    assert not bad, f"{counted}\n{done.stdout[-3000:]}"
    return counted


def sanitizer(tool: str, *, timeout: float = 90) -> str:
    """Run a few parity tests under ``compute-sanitizer``; raises ``AssertionError`` with what it found."""
    program = shutil.which("compute-sanitizer")
    assert program is not None, "compute-sanitizer is not on the PATH"
    done = subprocess.run(
        [
            *(program, "--tool", tool, "--error-exitcode", "99", "--target-processes", "all"),
            *(sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:xdist", "-p", "no:cacheprovider"),
            *("--import-mode=importlib", "-k", SANITIZED, *PARITY),
        ],
        cwd=ROOT,
        env={**os.environ, "KULESHOV_REQUIRE_CUDA": "1", "PYTORCH_NO_CUDA_MEMORY_CACHING": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    return "\n".join(line for line in done.stdout.splitlines() if "ERROR SUMMARY" in line or "passed" in line)
