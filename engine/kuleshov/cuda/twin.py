"""The CUDA twin of ``kuleshov._cpu``: functions of the same names and arguments, over device arrays.

A kernel's file ``<name>.py`` of this room holds ``<name>(on, ...)``, ``on`` being the runtime that it works on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from kuleshov.cuda.runtime import Runtime

#: The operators that have a CUDA twin.
OPERATORS = (
    "absolute_difference",
    "color_histogram",
    "flow_statistics",
    "frame_sums",
    "global_motion",
    "histogram_distance",
    "model_input",
    "patch_flow",
    "rgb_frames",
    "shrink",
    "tone_map",
)


class CudaTwin:
    """The operators on one runtime."""

    def __init__(self, on: Runtime) -> None:
        self._on = on

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in OPERATORS:
            raise AttributeError(f"no CUDA operator {name!r}; there are {', '.join(OPERATORS)}")
        return partial(getattr(import_module(f"kuleshov.cuda.{name}"), name), self._on)
