"""Every kernel under the address and the thread sanitizer, and what they say when a barrier or an index is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kuleshov.cuda.source import joined_source, kernel_files

PARITY = [
    "test_small_operators.py",
    "test_shrink_and_count.py",
    "test_patch_flow.py",
    "test_flow_statistics.py",
    "test_global_motion.py",
]
#: The tests that launch the kernels of a file.
TESTS_OF = {
    "flow_statistics": "test_flow_statistics.py",
    "global_motion": "test_global_motion.py",
    "patch_flow": "test_patch_flow.py",
    "pyramid": "test_patch_flow.py",
    "shrink_and_count": "test_shrink_and_count.py",
}

FLOW = {"patch_flow", "pyramid"}  # launched by one operator

BARRIER = re.compile(r"__syncthreads\(\);|__syncwarp\([^)]*\);")
BARRIERS = [
    (path.stem, number) for path in kernel_files() for number, _ in enumerate(BARRIER.finditer(path.read_text()))
]

#: One index or bound of each kernel moved by one.
SHIFTED = [
    ("absolute_difference", "i < pixels", "i <= pixels"),
    ("color_histogram", "index < blocks;", "index <= blocks;"),
    ("flow_statistics", "keys[i] <= below", "keys[i] < below"),
    ("flow_statistics", "valid[start + i]", "valid[start + i + 1]"),
    ("frame_sums", "index < blocks;", "index + 1 < blocks;"),
    ("global_motion", "start + i;", "start + i + 1;"),
    ("histogram_distance", "frame - lag", "frame - lag + 1"),
    ("model_input", "k < pixels", "k <= pixels"),
    ("model_input", "row[0] * chroma_stride", "row[0] * (chroma_stride + 2)"),
    ("patch_flow", "columns.position(i) + column,", "columns.position(i) + column + 1,"),
    ("patch_flow", "vectors[2 * at + 1]", "vectors[2 * at + 2]"),
    ("pyramid", "half_width * 2;", "half_width * 2 + 1;"),
    ("pyramid", "clamp(x - 1, 0", "clamp(x - 2, 0"),
    ("rgb_frames", "i < pixels", "i <= pixels"),
    ("shrink", "chroma + frame", "chroma + 1 + frame"),
    ("tone_map", "i < samples", "i <= samples"),
    ("shrink_and_count", "x + 4 <= quads_end", "x <= quads_end"),
    ("shrink_and_count", "between += column(sums, x - start)", "between += column(sums, x - start + 1)"),
]


@pytest.mark.parametrize("build", ["address", "thread"])
def test_every_kernel_is_clean(sanitized, build):
    done = sanitized.run_tests(PARITY, build)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]


def test_every_kernel_is_launched_by_the_parity_tests(emulated):
    known = "".join((Path(__file__).with_name(name)).read_text() for name in PARITY)
    operators = "".join(
        path.read_text() for path in Path(kernel_files()[0]).parents[2].glob("engine/kuleshov/cuda/**/*.py")
    )
    for kernel in emulated.signatures:
        assert f'"{kernel}"' in operators, f"no operator launches {kernel}"
    for path in kernel_files():
        assert path.stem in known or path.stem == "pyramid", f"no parity test for {path.name}"


def mutant(folder, stem, change):
    """The source of the kernels of a file, with a change to it; returns the file that holds it."""
    files = {path.stem: path for path in kernel_files() if path.stem == stem or {stem, path.stem} == FLOW}
    text = files[stem].read_text()
    assert change(text) != text, f"{stem}: nothing to change"
    files[stem] = folder / f"{stem}.cu"
    files[stem].write_text(change(text))
    target = folder / "mutant.cu"
    target.write_text(joined_source(files.values()))
    return target


def assert_found(sanitized, source, stem, builds):
    own_tests = [TESTS_OF[stem]] if stem in TESTS_OF else ["test_small_operators.py", "-k", stem]
    for build in builds:
        done = sanitized.run_tests(own_tests, build, source=source)
        if done.returncode:
            assert "error: " not in done.stdout, done.stdout[-3000:]  # the compiler's: it must compile
            assert "no tests ran" not in done.stdout
            return
    pytest.fail(f"{stem}: the change was not found by {' or '.join(builds)}")


@pytest.mark.parametrize(("stem", "number"), BARRIERS)
def test_without_any_one_barrier_the_tests_fail(sanitized, tmp_path, stem, number):
    def without(text):
        at = list(BARRIER.finditer(text))[number]
        return text[: at.start()] + text[at.end() :]

    assert_found(sanitized, mutant(tmp_path, stem, without), stem, ["thread"])


@pytest.mark.parametrize(("stem", "right", "wrong"), SHIFTED)
def test_with_an_index_off_by_one_the_tests_fail(sanitized, tmp_path, stem, right, wrong):
    source = mutant(tmp_path, stem, lambda text: text.replace(right, wrong, 1))
    assert_found(sanitized, source, stem, ["plain", "address"])
