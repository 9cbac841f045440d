"""A kernel's parameters read from its declaration, and arguments held against them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuleshov.cuda.signature import bind, signatures
from kuleshov.cuda.source import kernel_files, kernel_source, source_folder

SOURCE = """
KERNEL(128) blend(const uint8_t* __restrict__ from, int64_t pitch,
                  float share, uint16_t* to) {
}
"""
BLEND = signatures(SOURCE)["blend"]
RIGHT = {"from": np.zeros(4, np.uint8), "pitch": 3, "share": 0.5, "to": np.zeros(4, np.uint16)}


def test_a_declaration_is_read_over_several_lines():
    assert (BLEND.name, BLEND.threads) == ("blend", "128")
    read = [(each.name, each.dtype.name, each.pointer, each.constant) for each in BLEND.parameters]
    assert read == [
        ("from", "uint8", True, True),
        ("pitch", "int64", False, False),
        ("share", "float32", False, False),
        ("to", "uint16", True, False),
    ]


def test_arguments_come_in_the_kernels_order_and_types():
    source, pitch, share, target = bind(BLEND, dict(reversed(RIGHT.items())))
    assert (source.array is RIGHT["from"], source.writable) == (True, False)
    assert (target.array is RIGHT["to"], target.writable) == (True, True)
    assert (pitch, type(pitch)) == (3, np.int64)
    assert (share, type(share)) == (0.5, np.float32)
    assert bind(BLEND, RIGHT | {"from": None})[0].array is None


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        ({"from": np.zeros(4, np.int8)}, TypeError, "blend: from is int8; it must be an array of uint8"),
        ({"to": 5}, TypeError, "to is int; it must be an array of uint16"),
        ({"pitch": None}, TypeError, "pitch is a NoneType; it must be a number"),
        ({"pitch": True}, TypeError, "pitch is a bool"),
        ({"pitch": 2.5}, ValueError, "pitch is 2.5; it must fit int64"),
        ({"pitch": 1 << 63}, ValueError, "it must fit int64"),
        ({"other": 1}, TypeError, r"unknown \['other'\]"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(wrong, error, said):
    with pytest.raises(error, match=said):
        bind(BLEND, RIGHT | wrong)


def test_a_missing_argument_is_named():
    with pytest.raises(TypeError, match=r"missing \['share'\]"):
        bind(BLEND, {name: value for name, value in RIGHT.items() if name != "share"})


@pytest.mark.parametrize("parameter", ["size_t n", "const char* text", "uint8_t** rows", "int64_t", "float& share"])
def test_a_parameter_of_another_kind_is_refused(parameter):
    with pytest.raises(ValueError, match="has an unknown type"):
        signatures(f"KERNEL(64) strange({parameter}) {{\n}}\n")


@given(st.integers(-(1 << 70), 1 << 70), st.sampled_from(["uint8_t", "int32_t", "uint32_t", "int64_t", "uint64_t"]))
def test_a_number_arrives_as_it_is_or_not_at_all(number, kind):
    signature = signatures(f"KERNEL(64) one({kind} number) {{\n}}\n")["one"]
    limits = np.iinfo(signature.parameters[0].dtype)
    if limits.min <= number <= limits.max:
        assert int(bind(signature, {"number": number})[0]) == number
    else:
        with pytest.raises(ValueError, match="must fit"):
            bind(signature, {"number": number})


def test_the_source_holds_every_kernel_and_every_header_once():
    source = kernel_source()
    for path in kernel_files():
        assert source.count(f'#line 1 "{path.name}"') == 1
    for header in (*source_folder().glob("include/kuleshov/*.h"), *source_folder().glob("cuda/*.cuh")):
        assert source.count(f'#line 1 "{header.name}"') <= 1
    assert '#include "kuleshov/' not in source
    assert '#include "counting.cuh"' not in source
    assert "#pragma once" not in source


def test_lines_of_the_source_keep_their_numbers():
    number, name, files = 0, "", {path.name: path.read_text().splitlines() for path in kernel_files()}
    seen = 0
    for line in kernel_source().splitlines():
        if line.startswith("#line "):
            _, start, quoted = line.split(maxsplit=2)
            number, name = int(start), quoted.strip('"')
            continue
        if name in files and line.strip():
            assert files[name][number - 1] == line
            seen += 1
        number += 1
    assert seen > 300
