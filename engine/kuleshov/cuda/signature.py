"""The parameters of a kernel, read from its own source, so that Python and CUDA can't disagree.

A kernel is declared as ``KERNEL(threads) name(const uint8_t* luma, int64_t pitch, ...) {``, where ``threads`` is the
largest number of threads in a block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

#: A device array, ``None`` for a null pointer, or a number.
Argument = Any

_KERNEL = re.compile(r"^KERNEL\((?P<threads>\w+)\)\s+(?P<name>\w+)\((?P<parameters>[^)]*)\)\s*\{", re.MULTILINE)
_PARAMETER = re.compile(r"(?P<constant>const )?(?P<type>\w+)(?P<pointer>\*)? (?:__restrict__ )?(?P<name>\w+)")
_DTYPES = {
    "uint8_t": np.uint8,
    "int16_t": np.int16,
    "uint16_t": np.uint16,
    "int32_t": np.int32,
    "uint32_t": np.uint32,
    "int64_t": np.int64,
    "uint64_t": np.uint64,
    "half_t": np.float16,
    "float": np.float32,
    "double": np.float64,
}


@dataclass(frozen=True)
class Parameter:
    """``dtype`` is that of the number, or of the elements of the array; a constant pointer is read-only."""

    name: str
    dtype: np.dtype[Any]
    pointer: bool
    constant: bool


@dataclass(frozen=True)
class Signature:
    """A kernel's name, its parameters in order, and the name or number of its largest block."""

    name: str
    parameters: tuple[Parameter, ...]
    threads: str


@dataclass(frozen=True)
class Pointer:
    """A checked device array; ``array`` is ``None`` for a null pointer."""

    array: Any
    writable: bool


def signatures(source: str) -> dict[str, Signature]:
    """Return the kernels that a source declares, by name. Raises ``ValueError`` on an unreadable declaration."""
    return {signature.name: signature for signature in _signatures(source)}


def _signatures(source: str) -> Iterator[Signature]:
    for match in _KERNEL.finditer(source):
        parameters = []
        for text in match["parameters"].split(","):
            declared = _PARAMETER.fullmatch(" ".join(text.split()))
            if not declared or declared["type"] not in _DTYPES:
                raise ValueError(f"kernel {match['name']}: parameter {text.strip()!r} has an unknown type")
            parameters.append(
                Parameter(
                    declared["name"],
                    np.dtype(_DTYPES[declared["type"]]),
                    bool(declared["pointer"]),
                    bool(declared["constant"]),
                )
            )
        yield Signature(match["name"], tuple(parameters), match["threads"])


def bind(signature: Signature, arguments: Mapping[str, Argument]) -> list[Pointer | np.generic[Any]]:
    """Return the arguments in order, numbers as the kernel's own types, arrays checked.

    Raises ``TypeError`` for missing or unknown names and for arrays of another dtype or layout, ``ValueError`` for
    numbers out of the type's range.
    """
    names = [parameter.name for parameter in signature.parameters]
    if set(names) != set(arguments):
        raise TypeError(
            f"kernel {signature.name} takes {', '.join(names)}; "
            f"missing {sorted(set(names) - set(arguments))}, unknown {sorted(set(arguments) - set(names))}"
        )
    return [_bound(signature.name, parameter, arguments[parameter.name]) for parameter in signature.parameters]


def _bound(kernel: str, parameter: Parameter, value: Argument) -> Pointer | np.generic[Any]:
    where = f"kernel {kernel}: {parameter.name}"
    if not parameter.pointer:
        if not isinstance(value, (int, float, np.integer, np.floating)) or isinstance(value, bool):
            raise TypeError(f"{where} is a {type(value).__name__}; it must be a number")
        number: np.generic[Any] = parameter.dtype.type(0)
        if parameter.dtype.kind in "iu":
            limits = np.iinfo(parameter.dtype)
            if not float(value).is_integer() or not limits.min <= int(value) <= limits.max:
                raise ValueError(f"{where} is {value}; it must fit {parameter.dtype}")
            number = parameter.dtype.type(int(value))
        else:
            number = parameter.dtype.type(value)
        return number
    if value is None:
        return Pointer(None, not parameter.constant)
    dtype = str(getattr(value, "dtype", type(value).__name__)).removeprefix("torch.")
    if dtype != parameter.dtype.name:
        raise TypeError(f"{where} is {dtype}; it must be an array of {parameter.dtype}")
    return Pointer(value, not parameter.constant)
