"""The acceptance run's own program: what it says without a GPU, its report, its estimate; and under emulation."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "benchmarks/gpu_acceptance"


def load(path):
    spec = importlib.util.spec_from_file_location(f"loaded_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def limits():
    return load(PROGRAM / "limits.py")


@pytest.fixture
def record():
    return load(PROGRAM / "record.py").Record(60.0, about={"device": "none"})


def run(*arguments):
    return subprocess.run(
        [sys.executable, str(PROGRAM), *map(str, arguments)], capture_output=True, text=True, check=False, cwd=ROOT
    )


def test_without_a_gpu_it_ends_with_one_line():
    from kuleshov.cuda.probe import why_not_cuda

    if why_not_cuda() is None:
        pytest.skip("there is a GPU here")
    done = run("run")
    assert done.returncode == 2
    assert done.stdout.startswith("gpu_acceptance: no NVIDIA driver here")
    assert done.stdout.count("\n") == 1
    assert not done.stderr


def test_a_part_that_fails_does_not_stop_the_next_and_is_told(record, tmp_path):
    record.run("good", lambda: {"frames/s": 12})
    record.run("bad", lambda: 1 / 0)
    record.run("last", lambda: "still here")
    assert record.failed == ["bad"]
    data, page = record.write(tmp_path, "report")
    parts = json.loads(data.read_text())["parts"]
    assert [part["name"] for part in parts] == ["good", "bad", "last"]
    assert "ZeroDivisionError" in parts[1]["failure"]
    text = page.read_text()
    assert "| bad | 0" in text
    assert "division by zero |" in text
    assert '"frames/s": 12' in text
    assert "still here" in text


def test_what_begins_after_the_time_is_up_is_not_run(record):
    record.budget_seconds = -1.0
    record.run("late", lambda: pytest.fail("it ran"))
    assert record.parts[0].failure == "not run: the time was up"


def test_the_estimate_follows_from_its_parts(limits):
    h100 = next(gpu for gpu in limits.GPUS if gpu.name == "H100")
    assert limits.frames_per_second(h100, "h264") == 7 * 730
    assert limits.films_per_hour(h100, "h264") == pytest.approx(5110 * 3600 / 172_800)
    assert limits.FRAME_BYTES["NVDEC writes the surface"] == 1920 * 1080 * 3 // 2
    assert limits.kernel_seconds(h100) * limits.frames_per_second(h100, "hevc") < 0.1  # it hides behind the decoders
    assert 0.01 * limits.FRAME_BYTES["NVDEC writes the surface"] > limits.HOST_BYTES


def test_a_measured_speed_stands_beside_its_estimate(limits):
    measured = {"frames/s": 2555.0}
    found = limits.beside_estimate(measured, device="NVIDIA H200", codec="h264", sessions=14)
    assert (found["estimate"], found["of the estimate"]) == (7 * 730, 0.5)
    assert limits.beside_estimate(measured, device="NVIDIA H200", codec="h264", sessions=2)["estimate"] == 1460
    assert limits.beside_estimate(measured, device="another", codec="h264", sessions=2) == measured


def test_the_page_of_the_estimate_is_made_from_it():
    generate = load(ROOT / "docs/generate.py")
    assert generate.LIMITS.read_text() == generate.limits_page()


def test_the_program_runs_from_end_to_end_under_emulation(tmp_path):
    prepare = load(PROGRAM / "prepare.py")
    prepare.prepare(tmp_path, wheels=False, only=("h264_small.mp4", "vp9_small.webm", "prores.mov"))
    done = run("run", "--emulated", "--carried", tmp_path, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    (report,) = (tmp_path / "out").glob("*-emulated.json")
    data = json.loads(report.read_text())
    assert data["about"]["emulated, speeds mean nothing"] is True
    results = {part["name"]: part["result"] for part in data["parts"]}
    assert results["one film, cascade"]["both say the same"] == {"shots": True, "scenes": True}
    assert results["decoders against the CPU"]["prores.mov"] == "for the CPU: NVDEC has no decoder for prores"
    has_dali = importlib.util.find_spec("nvidia") and importlib.util.find_spec("nvidia.dali")
    assert ("windows by DALI" in results) == bool(has_dali)
