"""The emulation finds planted errors, each with the build made for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kuleshov.cuda.source import joined_source, kernel_source
from kuleshov.errors import DeviceError

SCRIPT = str(Path(__file__).with_name("launch_planted.py"))


@pytest.fixture(scope="module")
def planted(emulation):
    return emulation.EmulatedRuntime(joined_source([Path(__file__).with_name("planted.cu")]))


def launch(on, kernel, *, block=(64, 1, 1), grid=(1, 1, 1)):
    out = on.empty((64,), "int32")
    on.launch(kernel, grid=grid, block=block, arguments={"in": np.arange(64, dtype=np.int32), "out": out})
    return out


def test_a_kernel_without_errors_runs(planted):
    assert launch(planted, "reverse").tolist() == list(range(63, -1, -1))


@pytest.mark.parametrize(
    ("kernel", "said"),
    [
        ("divergent_barrier", r"threads of a block at different __syncthreads: planted.cu:\d+ and planted.cu:\d+"),
        ("early_return", "__syncthreads after some threads returned"),
        ("half_a_warp", "deadlock: a thread waits at planted.cu"),
        ("too_much_shared", "static shared memory of 49156 bytes; at most 49152"),
    ],
)
def test_what_a_gpu_may_hang_on_is_an_error_that_names_the_line(planted, kernel, said):
    with pytest.raises(DeviceError, match=rf"{kernel}: {said}"):
        launch(planted, kernel)
    assert launch(planted, "reverse")[0] == 63  # and the emulation goes on


def test_unwritten_memory_is_visible(planted):
    out = launch(planted, "unwritten")
    assert out[7] == np.frombuffer(b"\xaa" * 4, np.int32)[0]
    assert np.delete(out, 7).tolist() == [n for n in range(64) if n != 7]
    assert launch(planted, "reads_before_it_writes").tolist() == [-1] * 64


def test_a_block_larger_than_the_launch_bounds_is_refused(planted):
    with pytest.raises(DeviceError, match=r"reverse: a block of \(128, 1, 1\) threads; its launch bounds are 64"):
        launch(planted, "reverse", block=(128, 1, 1))


@pytest.mark.parametrize(("grid", "said"), [((1, 65536, 1), "65535 blocks"), ((0, 1, 1), "65535 blocks")])
def test_a_grid_that_no_gpu_takes_is_refused(planted, grid, said):
    with pytest.raises(DeviceError, match=said):
        launch(planted, "reverse", grid=grid)


@pytest.mark.parametrize(
    ("build", "kernel", "blocks", "said"),
    [
        ("address", "shared_past_its_end", 1, "runtime error: index 64 out of bounds"),
        ("address", "global_past_its_end", 1, "heap-buffer-overflow"),
        ("thread", "missing_barrier", 1, "data race"),
        ("thread", "missing_second_barrier", 1, "data race"),
        ("thread", "sum_without_atomic", 2, "data race"),
    ],
)
def test_sanitizers_find_what_the_result_does_not_show(sanitized, build, kernel, blocks, said):
    done = sanitized.run([SCRIPT, kernel, str(blocks)], build)
    assert done.returncode != 0, done.stdout
    assert said in done.stderr
    assert "planted.cu" in done.stderr


@pytest.mark.parametrize("build", ["address", "thread"])
def test_sanitizers_have_nothing_against_a_kernel_without_errors(sanitized, build):
    done = sanitized.run([SCRIPT, "reverse", "1"], build)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(list(range(63, -1, -1)))


def test_python_reads_the_parameters_that_the_compiler_sees(emulated):
    codes = {"uint8": "B", "int16": "h", "uint16": "H", "int32": "i", "uint32": "I", "int64": "q", "uint64": "Q"}
    codes |= {"float16": "e", "float32": "f", "float64": "d"}
    assert emulated.source == kernel_source()
    for name, signature in emulated.signatures.items():
        ours = "".join(
            ("*" if each.pointer else " ") + ("k" if each.constant else " ") + codes[each.dtype.name]
            for each in signature.parameters
        )
        assert ours == emulated.parameter_types(name), name
