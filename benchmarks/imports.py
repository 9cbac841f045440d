"""Which module of a package imports which: rooms, circles, floors. Reads the files and imports nothing.

Every import counts: at the top of a file, inside functions, and for type checking only. A name that is imported from a
package is an import of the module that holds it, where the package's ``__init__`` says which (``from x import name as
name``); else of the package itself, which is its ``__init__``. That line itself does not count.

A *room* is a folder or file right inside the package, a *sub-room* one right inside a room's folder.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

Graph = Mapping[str, frozenset[str]]
#: Arrows between groups of modules, and how many imports each stands for.
Weights = dict[tuple[str, str], int]


def python_files(folder: Path) -> list[Path]:
    """Return the Python files below a folder, sorted, without caches and virtual environments."""
    return sorted(
        path for path in folder.rglob("*.py") if not any(part.startswith((".", "__pyc")) for part in path.parts[-6:-1])
    )


def read_imports(package: Path) -> Graph:
    """Return the modules that each module of a package imports from it: ``{"kuleshov.query.parser": {...}, ...}``."""
    files = {_name(path, package): path for path in python_files(package)}
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in files.items()}
    given = {name: _given(tree) for name, tree in trees.items() if files[name].name == "__init__.py"}
    return {
        name: frozenset(
            target
            for imported, item in _imports(tree)
            if item not in given.get(name, {})
            and (target := _holder(imported, item, files, given)) is not None
            and target != name
        )
        for name, tree in trees.items()
    }


def _name(path: Path, package: Path) -> str:
    return ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__")


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield every import as a module and the name that is taken from it, "" for the module itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.module, alias.name) for alias in node.names)


def _given(init: ast.Module) -> dict[str, str]:
    """Return the names that an ``__init__`` re-exports (``from x import name as name``), and where each comes from."""
    return {
        alias.asname: node.module
        for node in ast.walk(init)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if alias.asname == alias.name
    }


def _holder(module: str, item: str, files: Mapping[str, Path], given: Mapping[str, Mapping[str, str]]) -> str | None:
    if f"{module}.{item}" in files:
        return f"{module}.{item}"
    if item in given.get(module, {}):
        return _holder(given[module][item], item, files, given)
    return module if module in files else None


def room_of(module: str) -> str:
    """Return the room of a module: "query" of "kuleshov.query.parser"; "" of the package itself."""
    return (*module.split("."), "")[1]


def sub_room_of(module: str) -> str:
    """Return the sub-room of a module: "query/spec" of "kuleshov.query.spec.term", "query/parser" of a file."""
    return "/".join(module.split(".")[1:3])


def between(graph: Graph, group: Callable[[str], str]) -> Weights:
    """Return the arrows between groups of modules, without the group ""."""
    weights: Counter[tuple[str, str]] = Counter()
    for module, targets in graph.items():
        for target in targets:
            one, other = group(module), group(target)
            if one and other and one != other:
                weights[one, other] += 1
    return weights


def circles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return the strongly connected components of more than one node, each sorted, largest first (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []
    for root in graph:
        if root in index:
            continue
        work = [(root, iter(sorted(graph[root])))]
        index[root] = low[root] = len(index)
        stack.append(root)
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in graph:
                    continue
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    work.append((target, iter(sorted(graph[target]))))
                    break
                if target in stack:
                    low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    place = stack.index(node)
                    group, stack[place:] = stack[place:], []
                    if len(group) > 1:
                        found.append(sorted(group))
    return sorted(found, key=lambda group: (-len(group), group))


def upward(weights: Weights) -> list[tuple[str, str, int]]:
    """Return the arrows that must go for the groups to form floors, with their number of imports.

    Each circle is ordered greedily by imports made minus imports received; an arrow against that order goes upward.
    """
    nodes = sorted({node for pair in weights for node in pair})
    graph = {node: [other for one, other in weights if one == node] for node in nodes}
    found = []
    for circle in circles(graph):
        inside = {pair: count for pair, count in weights.items() if set(pair) <= set(circle)}
        order: list[str] = []
        rest = set(circle)
        while rest:
            balance = {
                node: sum(
                    count * ((one == node) - (other == node))
                    for (one, other), count in inside.items()
                    if one in rest and other in rest
                )
                for node in rest
            }
            first = max(sorted(rest), key=balance.__getitem__)
            order.append(first)
            rest.remove(first)
        place = {node: number for number, node in enumerate(order)}
        found += [(one, other, count) for (one, other), count in inside.items() if place[one] > place[other]]
    return sorted(found)


def floors(weights: Weights, nodes: Iterable[str]) -> dict[str, int]:
    """Return each group's floor: 0 if it imports no other, else one above the highest that it imports.

    Arrows that go upward (``upward``) do not count.
    """
    skipped = {(one, other) for one, other, _ in upward(weights)}
    down: dict[str, set[str]] = {node: set() for node in nodes}
    for one, other in weights:
        if (one, other) not in skipped:
            down[one].add(other)
    found: dict[str, int] = {}

    def floor(node: str) -> int:
        if node not in found:
            found[node] = 1 + max((floor(other) for other in down[node]), default=-1)
        return found[node]

    for node in down:
        floor(node)
    return found


def reduced(weights: Weights) -> list[tuple[str, str]]:
    """Return the arrows that do not follow from others (the transitive reduction), without those that go upward."""
    skipped = {(one, other) for one, other, _ in upward(weights)}
    down: dict[str, set[str]] = {}
    for one, other in weights:
        if (one, other) not in skipped:
            down.setdefault(one, set()).add(other)
    reach: dict[str, frozenset[str]] = {}

    def below(node: str) -> frozenset[str]:
        if node not in reach:
            reach[node] = frozenset(down.get(node, ())) | frozenset(
                far for other in down.get(node, ()) for far in below(other)
            )
        return reach[node]

    return sorted(
        (one, other)
        for one, others in down.items()
        for other in others
        if not any(other in below(way) for way in others if way != other)
    )
