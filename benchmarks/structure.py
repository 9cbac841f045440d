"""Measure the structure of the code: what a run executes, how many lines there are, which imports form circles.

    python benchmarks/structure.py crossings [CLIP]   # what ``analyze``, a search and ``parse`` execute
    python benchmarks/structure.py lines [TREE]       # lines and files of Python by room
    python benchmarks/structure.py circles [TREE]     # circles of imports, and imports from a higher floor

**Crossings.** Each flow runs in its own process, after all modules of the package are imported, so that code that runs
at import does not count. A profiler sees every call of a function of the package. A *function* counts once, however
often it is called; comprehensions, lambdas, class bodies and the methods that ``dataclass`` generates do not count. A
*module* counts if one of its functions ran, not if it was merely imported. An *edge* is a pair of modules of which one
called the other, directly or through foreign code. *Depth* is the largest number of our functions on the stack.
``analyze`` and ``search`` start at the public function, not at the command line, with cold caches; ``parse`` is a
second call, because a process reads the vocabulary only once. Networks that the machine lacks do not run.

**Circles.** ``imports.py`` states what counts as an import. Within a room, every folder and every file is a group; the
arrows upward are those without which the groups would form floors.
"""

from __future__ import annotations

import argparse
import json
import os
import pkgutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FrameType
from typing import Any

from imports import between, circles, floors, python_files, read_imports, room_of, sub_room_of, upward

_ROOT = Path(__file__).resolve().parents[1]
_TEXT = "tense long take"
_CLIP = "video/libopenshot/sintel_trailer-720p.mp4"
_OTHERS = ("video/moviepy/big_buck_bunny_0_30.webm", "transitions/02.mp4")  # of the archive that is searched
FLOWS = ("analyze", "search", "parse")


@dataclass
class Walk:
    """The functions that a run executed, filled in by ``walked``."""

    package: Path
    functions: set[tuple[str, str]] = field(default_factory=set)
    edges: set[tuple[str, str]] = field(default_factory=set)
    depth: int = 0

    def __post_init__(self) -> None:
        self._modules: dict[CodeType, str | None] = {}

    def module(self, code: CodeType) -> str | None:
        """Return the module of a function of ours, None for other code."""
        if code not in self._modules:
            self._modules[code] = self._module(code)
        return self._modules[code]

    def _module(self, code: CodeType) -> str | None:
        path = Path(code.co_filename)
        if code.co_name.startswith("<") or not path.is_relative_to(self.package):
            return None
        return ".".join(path.relative_to(self.package.parent).with_suffix("").parts).removesuffix(".__init__")

    def see(self, frame: FrameType, event: str, argument: Any) -> None:
        """Handle an event of the profiler."""
        if event != "call" or (module := self.module(frame.f_code)) is None:
            return
        self.functions.add((module, frame.f_code.co_qualname))
        stack = list(self._callers(frame))
        self.depth = max(self.depth, len(stack) + 1)
        if stack and stack[0] != module:
            self.edges.add((stack[0], module))

    def _callers(self, frame: FrameType) -> Iterator[str]:
        caller = frame.f_back
        while caller is not None:
            if (module := self.module(caller.f_code)) is not None:
                yield module
            caller = caller.f_back

    def report(self, imported: int) -> dict[str, Any]:
        modules = {module for module, _ in self.functions}
        return {
            "modules": len(modules),
            "functions": len(self.functions),
            "rooms": len({room_of(module) for module in modules}),
            "edges": len(self.edges),
            "edges between rooms": len({edge for edge in self.edges if room_of(edge[0]) != room_of(edge[1])}),
            "depth": self.depth,
            "imported": imported,
            "by room": dict(sorted(Counter(room_of(module) for module in modules).items())),
        }


@contextmanager
def walked(package: Path) -> Iterator[Walk]:
    """Record what this block executes, on this thread and on those that it starts."""
    walk = Walk(package)
    threading.setprofile(walk.see)
    sys.setprofile(walk.see)
    try:
        yield walk
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def run_flow(flow: str, *, clip: Path, archive: Path) -> dict[str, Any]:
    """Import all modules, run a flow, and return what it executed."""
    import kuleshov

    package = Path(str(kuleshov.__file__)).resolve().parent
    _import_all()
    imported = sum(name.startswith("kuleshov.") for name in sys.modules)
    run = _flow(flow, clip, archive)
    with walked(package) as walk:
        run()
    return walk.report(imported)


def _import_all() -> None:
    import kuleshov

    for module in pkgutil.walk_packages(kuleshov.__path__, "kuleshov.", onerror=lambda _: None):
        try:
            import_module(module.name)
        except ImportError:  # needs a package that this machine lacks
            continue


def _flow(flow: str, clip: Path, archive: Path) -> Callable[[], object]:
    from kuleshov import Archive, analyze, search
    from kuleshov.query import parse

    def asked() -> object:
        with Archive.open(archive) as store:
            return search(store, _TEXT)

    if flow == "parse":
        parse(_TEXT)
    return {"analyze": lambda: analyze(clip), "search": asked, "parse": lambda: parse(_TEXT)}[flow]


def crossings(clip: Path) -> None:
    """Print what each flow executes."""
    import kuleshov

    data = Path(os.environ.get("KULESHOV_TEST_DATA", ""))
    films = [clip, *(path for name in _OTHERS if (path := data / name).is_file())]
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "archive"
        with kuleshov.Archive.open(folder, create=True) as archive:
            for outcome in kuleshov.ingest(films, archive):
                assert outcome.outcome != "failed", outcome.reason
        for flow in FLOWS:
            command = [sys.executable, __file__, "flow", flow, str(clip), str(folder)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            told = json.loads(done.stdout.splitlines()[-1])
            by_room = ", ".join(f"{room} {count}" for room, count in told.pop("by room").items())
            print(f"{flow}: {', '.join(f'{count} {name}' for name, count in told.items())}\n    {by_room}")


def lines(tree: Path) -> None:
    """Print files and lines of Python by room of the package, and by folder of the tree."""
    package = tree / "engine/kuleshov"
    rooms: dict[str, list[Path]] = {}
    for path in python_files(package):
        rooms.setdefault(path.relative_to(package).parts[0].removesuffix(".py"), []).append(path)
    print(f"{'room':<14}{'sub-rooms':>10}{'files':>7}{'lines':>8}{'longest':>9}")
    everything = [path for files in rooms.values() for path in files]
    for room, files in [*sorted(rooms.items()), ("all", everything)]:
        counts = [_lines(path) for path in files]
        inside = {path.parent for path in files if room != "all" and len(path.relative_to(package).parts) > 2}
        print(f"{room:<14}{len(inside):>10}{len(files):>7}{sum(counts):>8}{max(counts):>9}")
    print()
    for folder in ("engine", "tests", "benchmarks", "docs", "examples"):
        files = python_files(tree / folder)
        print(f"{folder:<14}{len(files):>7} files{sum(map(_lines, files)):>8} lines")


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def show_circles(tree: Path) -> int:
    """Print circles of modules and arrows upward, between rooms and within them; return how many there are."""
    graph = read_imports(tree / "engine/kuleshov")
    found = circles(graph)
    for circle in found:
        print(f"circle of {len(circle)}: {', '.join(name.removeprefix('kuleshov.') for name in circle)}")
    rooms = between(graph, room_of)
    up = upward(rooms)
    names = sorted({room_of(module) for module in graph} - {""})
    print(f"{len(found)} circles in {len(graph)} modules")
    print(f"rooms: {len(names)} on {_floors(rooms, names)} floors, {len(rooms)} arrows, {len(up)} upward")
    for room in names:
        inside = {
            module: frozenset(target for target in targets if room_of(target) == room)
            for module, targets in graph.items()
            if room_of(module) == room
        }
        parts = sorted({sub_room_of(module) for module in inside})
        if len(parts) > 1:
            arrows = between(inside, sub_room_of)
            against = upward(arrows)
            up += against
            print(f"{room}: {len(parts)} parts on {_floors(arrows, parts)} floors, {len(arrows)} arrows", end="")
            print(f", {len(against)} upward" if against else "")
    for one, other, count in up:
        print(f"upward: {one} -> {other} ({count} imports)")
    return len(found) + len(up)


def _floors(arrows: dict[tuple[str, str], int], nodes: list[str]) -> int:
    return 1 + max(floors(arrows, nodes).values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="what", required=True)
    clip = Path(os.environ.get("KULESHOV_TEST_DATA", ".")) / _CLIP
    commands.add_parser("crossings").add_argument("clip", type=Path, nargs="?", default=clip)
    commands.add_parser("lines").add_argument("tree", type=Path, nargs="?", default=_ROOT)
    commands.add_parser("circles").add_argument("tree", type=Path, nargs="?", default=_ROOT)
    flow = commands.add_parser("flow")  # one of ``crossings``, in its own process
    flow.add_argument("flow", choices=FLOWS)
    flow.add_argument("clip", type=Path)
    flow.add_argument("archive", type=Path)
    options = parser.parse_args()
    if options.what == "crossings":
        crossings(options.clip)
    elif options.what == "lines":
        lines(options.tree)
    elif options.what == "circles":
        sys.exit(bool(show_circles(options.tree)))
    else:
        print(json.dumps(run_flow(options.flow, clip=options.clip, archive=options.archive)))


if __name__ == "__main__":
    main()
