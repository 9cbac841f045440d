"""The kernels compile for every architecture that we name, without a spill, within the limits that we state."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from kuleshov.cuda.options import ARCHITECTURES, OPTIONS
from kuleshov.cuda.signature import signatures
from kuleshov.cuda.source import kernel_source

#: Registers a thread: with 128, two blocks of 256 threads fit a multiprocessor of any of the architectures.
MOST_REGISTERS = 128
MOST_SHARED_BYTES = 48 << 10

_FUNCTION = re.compile(
    r"Compiling entry function '(?P<name>\w+)' for 'sm_(?P<architecture>\d+)'.*?"
    r"(?P<stores>\d+) bytes spill stores, (?P<loads>\d+) bytes spill loads.*?"
    r"Used (?P<registers>\d+) registers(?P<rest>[^\n]*)",
    re.DOTALL,
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """What ptxas says of every kernel, by architecture: registers, shared memory, spills."""
    if shutil.which("nvcc") is None:
        pytest.skip("no nvcc: the kernels are not compiled for GPUs here")
    folder = tmp_path_factory.mktemp("kernels")
    source = folder / "kernels.cu"
    source.write_text(kernel_source())
    targets = [f"-gencode=arch=compute_{number},code=sm_{number}" for number in ARCHITECTURES]
    options = [*OPTIONS, "-ftz=true", "-Werror", "all-warnings", "-Xptxas", "-v", "-fatbin", "--threads", "2"]
    done = subprocess.run(
        ["nvcc", *options, *targets, str(source), "-o", str(folder / "kernels.fatbin")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[:4000]
    figures = {}
    for match in _FUNCTION.finditer(done.stderr):
        shared = re.search(r"(\d+) bytes smem", match["rest"])
        figures[match["name"], match["architecture"]] = {
            "registers": int(match["registers"]),
            "shared": int(shared[1]) if shared else 0,
            "spilled": int(match["stores"]) + int(match["loads"]),
        }
    return figures


def test_every_kernel_is_compiled_for_every_architecture(compiled):
    assert set(compiled) == {(name, each) for name in signatures(kernel_source()) for each in ARCHITECTURES}


def test_nothing_is_spilled(compiled):
    assert {where: each["spilled"] for where, each in compiled.items() if each["spilled"]} == {}


def test_registers_and_shared_memory_are_within_their_limits(compiled, record_property):
    for name in signatures(kernel_source()):
        figures = [compiled[name, each] for each in ARCHITECTURES]
        record_property(name, f"{max(each['registers'] for each in figures)} registers, {figures[0]['shared']} bytes")
    over = {
        where: each
        for where, each in compiled.items()
        if each["registers"] > MOST_REGISTERS or each["shared"] > MOST_SHARED_BYTES
    }
    assert over == {}


def test_cupy_compiles_the_very_text_that_it_is_given_on_a_users_machine():
    nvrtc = pytest.importorskip("cupy", reason="CuPy is not installed: NVRTC is not tried here").cuda.nvrtc
    for architecture in ARCHITECTURES:
        program = nvrtc.createProgram(kernel_source(), "kernels.cu", [], [])
        try:
            nvrtc.compileProgram(program, [*OPTIONS, "-ftz=true", f"-arch=sm_{architecture}"])
        except nvrtc.NVRTCError:
            pytest.fail(nvrtc.getProgramLog(program)[:3000])
        assert len(nvrtc.getCUBIN(program)) > 1000
        nvrtc.destroyProgram(program)
