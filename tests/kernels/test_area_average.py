"""The area average against its definition: every layout that a decoder hands over, and every kind of edge."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuleshov._cpu import area_average

DEPTHS = [(8, np.uint8), (8, np.uint16), (10, np.uint16), (12, np.uint16), (16, np.uint16)]
#: Source and target: equal, odd, prime, whole and broken ratios, larger than the source, one pixel, one row.
SIZES = [
    ((2, 2), (2, 2)),
    ((1, 1), (4, 4)),
    ((1, 64), (2, 8)),
    ((54, 96), (18, 32)),
    ((101, 97), (14, 16)),
    ((5, 7), (12, 8)),
    ((31, 8), (2, 22)),
    ((9, 1), (4, 2)),
    ((700, 6), (2, 4)),  # more rows in a sum than 16 bits hold
]


def samples(size: tuple[int, int], bit_depth: int, dtype: type) -> np.ndarray:
    values = np.random.default_rng(sum(size)).integers(0, 2**bit_depth, size).astype(dtype)
    values[0, 0] = 2**bit_depth - 1
    return values


@pytest.mark.parametrize("depth", DEPTHS, ids=str)
@pytest.mark.parametrize(("source", "target"), SIZES)
def test_average_of_a_contiguous_plane(reference, assert_agrees, source, target, depth):
    bit_depth, dtype = depth
    plane = samples(source, bit_depth, dtype)
    out = np.full(target, 0xAA, dtype=np.uint8)
    area_average(plane, out, bit_depth=bit_depth)
    assert_agrees("integers", out, reference.area_average(plane, target, bit_depth=bit_depth), source=source)


@pytest.mark.parametrize(("bit_depth", "dtype"), DEPTHS)
def test_average_of_views(reference, assert_agrees, bit_depth, dtype):
    memory = samples((40, 120), bit_depth, dtype)
    views = {
        "padded rows": memory[:, :50],
        "first of two interleaved": memory[:, :100:2],
        "second of two interleaved": memory[:, 1::2],
        "every third": memory[:, ::3],
        "every other row": memory[::2, :50],
        "upside down": memory[::-1, :50],
        "mirrored": memory[:, ::-1],
        "turned": memory[:, :50].T,
        "one row for all": np.broadcast_to(memory[:1], memory.shape),
    }
    for layout, plane in views.items():
        out = np.zeros((7, 12), dtype=np.uint8)
        area_average(plane, out, bit_depth=bit_depth)
        expected = reference.area_average(plane, out.shape, bit_depth=bit_depth)
        assert_agrees("integers", out, expected, layout=layout, bit_depth=bit_depth)


def test_average_of_samples_at_odd_addresses(reference, assert_agrees):
    plane = memoryview(bytes(range(256)) * 9)[1:2049].cast("H", (32, 32))
    out = np.zeros((6, 6), dtype=np.uint8)
    area_average(plane, out, bit_depth=16)
    assert_agrees("integers", out, reference.area_average(np.array(plane), out.shape, bit_depth=16))


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_average_into_a_turned_view(reference, assert_agrees, turns):
    plane = samples((30, 50), 8, np.uint8)
    frame = np.full((24, 40, 2), 7, dtype=np.uint8)
    out = np.rot90(frame[4:20, 10:34, 1], turns)
    area_average(plane, out, bit_depth=8)
    assert_agrees("integers", out, reference.area_average(plane, out.shape, bit_depth=8), turns=turns)
    out[...] = 7
    assert (frame == 7).all(), "something outside the view was written"


def test_average_reads_a_read_only_plane_at_the_end_of_its_memory(reference, assert_agrees):
    memory = np.frombuffer(bytes(range(200)), dtype=np.uint8)
    plane = memory.reshape(10, 20)[:, 1::2]  # its last sample is the last byte
    out = np.zeros((4, 4), dtype=np.uint8)
    area_average(plane, out, bit_depth=8)
    assert_agrees("integers", out, reference.area_average(plane, out.shape, bit_depth=8))


@pytest.mark.parametrize(
    ("bit_depth", "value", "expected"), [(8, 255, 255), (10, 1023, 255), (10, 940, 235), (16, 128 << 8, 128)]
)
def test_average_of_one_value_is_that_value(bit_depth, value, expected):
    plane = np.full((37, 53), value, dtype=np.uint16)
    out = np.zeros((10, 16), dtype=np.uint8)
    area_average(plane, out, bit_depth=bit_depth)
    assert (out == expected).all()


def test_average_rounds_half_up():
    out = np.zeros((1, 1), dtype=np.uint8)
    for pair, expected in (((3, 4), 4), ((4, 5), 5), ((0, 1), 1)):
        area_average(np.array([pair], dtype=np.uint8), out, bit_depth=8)
        assert out[0, 0] == expected


def test_average_of_a_plane_as_long_as_allowed(reference, assert_agrees):
    plane = samples((65535, 2), 16, np.uint16)
    plane[:, 1] = 65535
    out = np.zeros((2, 2), dtype=np.uint8)
    area_average(plane, out, bit_depth=16)
    rows = plane.astype(np.int64)
    halves = np.stack([2 * rows[:32767].sum(0) + rows[32767], rows[32767] + 2 * rows[32768:].sum(0)])
    expected = np.minimum((2 * halves + 65535 * 256) // (2 * 65535 * 256), 255)
    assert_agrees("integers", out, expected)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_average_of_any_size(reference, assert_agrees, data):
    source, target = (tuple(data.draw(st.integers(1, most)) for _ in "yx") for most in (70, 20))
    bit_depth, dtype = data.draw(st.sampled_from(DEPTHS))
    step = data.draw(st.integers(1, 3))
    plane = samples((source[0], source[1] * step), bit_depth, dtype)[:, ::step]
    out = np.zeros(target[::-1], dtype=np.uint8).T[::-1]
    area_average(plane, out, bit_depth=bit_depth)
    assert_agrees("integers", out, reference.area_average(plane, target, bit_depth=bit_depth), source=source, step=step)


@pytest.mark.parametrize(
    ("plane", "out", "bit_depth", "message"),
    [
        (np.zeros((4, 4), np.float32), np.zeros((2, 2), np.uint8), 8, "uint8 or uint16"),
        (np.zeros((4, 4), np.int8), np.zeros((2, 2), np.uint8), 8, "uint8 or uint16"),
        (np.zeros((4, 4), np.uint8), np.zeros((2, 2), np.uint16), 8, "out must be uint8"),
        (np.zeros((4, 4, 1), np.uint8), np.zeros((2, 2), np.uint8), 8, "two dimensions"),
        (np.zeros((0, 4), np.uint8), np.zeros((2, 2), np.uint8), 8, "sides"),
        (np.zeros((4, 4), np.uint8), np.zeros((2, 70000), np.uint8), 8, "sides"),
        (np.zeros((4, 4), np.uint8), np.zeros((2, 2), np.uint8), 10, "bit_depth"),
        (np.zeros((4, 4), np.uint16), np.zeros((2, 2), np.uint8), 7, "bit_depth"),
    ],
)
def test_average_refuses_what_it_can_not_read(plane, out, bit_depth, message):
    with pytest.raises(ValueError, match=message):
        area_average(plane, out, bit_depth=bit_depth)


def test_average_refuses_a_read_only_target():
    out = np.zeros((2, 2), np.uint8)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        area_average(np.zeros((4, 4), np.uint8), out, bit_depth=8)
