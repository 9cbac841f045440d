"""The CUDA twin of ``kuleshov._cpu``: functions of the same names and arguments, over device arrays."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from kuleshov.cuda import operators
from kuleshov.cuda.runtime import Runtime


def operator_names() -> list[str]:
    """Return the names of the operators that have a CUDA twin: the files of ``cuda/operators``, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(operators.__path__))


class CudaTwin:
    """The operators on one runtime."""

    def __init__(self, on: Runtime) -> None:
        self._on = on

    def __getattr__(self, name: str) -> Callable[..., Any]:
        path = f"{operators.__name__}.{name}"
        try:
            module = import_module(path)
        except ModuleNotFoundError as error:
            if error.name != path:  # the file exists, and something that it imports does not
                raise
            raise AttributeError(f"no CUDA operator {name!r}; there are {', '.join(operator_names())}") from None
        return partial(getattr(module, name), self._on)
