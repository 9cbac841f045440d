"""The kernels' source as one text, which NVRTC compiles on the user's machine.

It is one text instead of files that include each other because CuPy keys its cache of compiled kernels by the text that
it is given, not by what that includes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_INCLUDE = re.compile(r'#include "(?P<name>[^"]+)"\s*$')
_PACKAGE = Path(__file__).parent


def source_folder() -> Path:
    """Return the folder with ``cuda/`` and ``include/``: the package's copy, or the checkout's ``csrc``."""
    packaged = _PACKAGE / "csrc"
    return packaged if packaged.is_dir() else _PACKAGE.parents[2] / "csrc"


def kernel_files() -> list[Path]:
    """Return the kernels' files, sorted."""
    return sorted((source_folder() / "cuda").glob("*.cu"))


@cache
def kernel_source() -> str:
    """Return all kernels and the headers that they include, each once, as one translation unit."""
    return joined_source(kernel_files())


def joined_source(files: Iterable[Path]) -> str:
    """Return the text of files with our headers expanded, each header once, where it is first included."""
    seen: set[str] = set()
    return "".join(_expanded(path, seen) for path in files)


def _expanded(path: Path, seen: set[str]) -> str:
    """A file's text with our own includes expanded at their first occurrence, and ``#line`` for compiler messages."""
    lines = [f'#line 1 "{path.name}"\n']
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(keepends=True), start=1):
        include = _INCLUDE.match(line)
        header = include and _find(include["name"], path.parent)
        if header and header.name not in seen:
            seen.add(header.name)
            lines += [_expanded(header, seen), f'#line {number + 1} "{path.name}"\n']
        elif not header and line != "#pragma once\n":
            lines.append(line)
        else:
            lines.append("\n")
    return "".join(lines)


def _find(name: str, folder: Path) -> Path | None:
    """Return our file of that name; ``None`` for any other header, which stays an include."""
    folders = (folder, source_folder() / "cuda", source_folder() / "include")
    return next((parent / name for parent in folders if (parent / name).is_file()), None)
