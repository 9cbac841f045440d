"""The machine as it is found: driver libraries, device, versions; and what a run needs before it imports ours."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_LIBRARIES = ("libcuda.so.1", "libnvcuvid.so.1", "libnvidia-encode.so.1", "libnvidia-opticalflow.so.1")


def libraries() -> dict[str, str]:
    """Which of the driver's libraries can be loaded."""
    found = {}
    for name in _LIBRARIES:
        try:
            ctypes.CDLL(name)
            found[name] = "loaded"
        except OSError as error:
            found[name] = str(error)
    return found


def about() -> dict[str, Any]:
    """What the report says of the machine and of the code."""
    import torch

    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    told: dict[str, Any] = {
        "commit": commit.stdout.strip() or os.environ.get("KULESHOV_COMMIT", "unknown"),
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "torch": torch.__version__,
    }
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        told["device"] = properties.name
        told["memory"] = f"{properties.total_memory / 2**30:.0f} GiB"
        told["multiprocessors"] = properties.multi_processor_count
        command = ["nvidia-smi", "--query-gpu=driver_version,clocks.max.sm,clocks.max.mem", "--format=csv,noheader"]
        if shutil.which("nvidia-smi"):
            told["driver, clocks"] = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return told


def set_up(carried: Path) -> dict[str, str]:
    """Install the carried wheels beside Python, build ``_cpu`` with cmake; return the variables for what runs after.

    There is no network. Raises ``SystemExit`` with one line where something is missing.
    """
    site = Path(tempfile.mkdtemp(prefix="kuleshov-site-"))
    wheels = sorted(str(path) for path in (carried / "wheels").glob("*.whl"))
    if not wheels:
        raise SystemExit(f"{carried}/wheels is empty: run `prepare` on a machine with a network first")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-index",
        "--no-deps",
        "--no-compile",
        "--target",
        str(site),
    ]
    subprocess.run([*pip, *wheels], check=True)
    paths = os.pathsep.join([str(site), str(ROOT / "engine"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": paths.rstrip(os.pathsep)}
    import_pybind = [sys.executable, "-c", "import pybind11; print(pybind11.get_cmake_dir())"]
    pybind = subprocess.run(import_pybind, env=environment, capture_output=True, text=True, check=True).stdout.strip()
    build = tempfile.mkdtemp(prefix="kuleshov-build-")
    for command in (
        ["-S", str(ROOT), "-B", build, f"-DPython_EXECUTABLE={sys.executable}", f"-Dpybind11_DIR={pybind}"],
        ["--build", build, "--parallel"],
        ["--install", build, "--prefix", str(ROOT / "engine")],
    ):
        subprocess.run(["cmake", *command], check=True, env=environment, stdout=subprocess.DEVNULL)
    return environment
