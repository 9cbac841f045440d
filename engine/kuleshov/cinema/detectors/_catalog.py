"""The shot detectors there are, listed without importing them, and how to open one."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from kuleshov.errors import SettingError

if TYPE_CHECKING:
    from kuleshov.cinema.detectors._protocol import Detectors

#: As good as the network on every frame by our measurements, at a small part of its cost.
DEFAULT_DETECTOR = "cascade"
DEFAULT_SENSITIVITY = 0.5


def detector_names() -> tuple[str, ...]:
    """Return the names of all detectors, sorted."""
    return tuple(sorted(_files()))


def detector_help(name: str) -> str:
    """Return what a detector does and when to choose it: the first line of its file's docstring."""
    source = _files()[_known(name)].read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def open_detectors(
    name: str = DEFAULT_DETECTOR, *, device: str = "cpu", sensitivity: float = DEFAULT_SENSITIVITY
) -> Detectors:
    """Open a kind of detector on a device, for many films.

    Transitions with a confidence above ``1 - sensitivity`` are reported: a higher sensitivity finds more, with more
    errors. Raises ``SettingError`` for an unknown name or a sensitivity that is not between 0 and 1, and ``ModelError``
    if a network that it needs can't be loaded.
    """
    if not 0 < sensitivity < 1:
        raise SettingError(f"sensitivity is {sensitivity}; it must lie between 0 and 1, both excluded")
    family = import_module(f"kuleshov.cinema.detectors.{_known(name)}")
    detectors: Detectors = family.open_detectors(device, sensitivity)
    return detectors


def _files() -> dict[str, Path]:
    """The files of the detectors by name, from every folder of the package's path."""
    folders = import_module("kuleshov.cinema.detectors").__path__
    files = [file for folder in folders for file in Path(folder).glob("*.py")]
    return {file.stem: file for file in files if not file.stem.startswith("_")}


def _known(name: str) -> str:
    if name not in detector_names():
        raise SettingError(f"shot detector {name!r} is unknown; use one of {', '.join(detector_names())}")
    return name
