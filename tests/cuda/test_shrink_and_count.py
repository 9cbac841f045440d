"""A surface shrunk and counted on a device: the same frame as the CPU decoder makes of it, and that frame's counts."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from kuleshov import _cpu
from kuleshov.cuda.shrink_and_count import shrink_and_count
from kuleshov.decode.shrinker import Shrinker
from kuleshov.surface import Surface


def random_planes(values, height, width, bit_depth):
    """Luma ``[h, w]`` and chroma ``[ceil(h/2), ceil(w/2), 2]``, the greatest sample among them."""
    dtype = np.uint8 if bit_depth == 8 else np.uint16
    shapes = ((height, width), (-(-height // 2), -(-width // 2), 2))
    planes = [values.integers(0, 2**bit_depth, shape).astype(dtype) for shape in shapes]
    for plane in planes:
        plane.flat[-1] = 2**bit_depth - 1
    return planes


def in_rows(values, plane, pitch):
    """A plane's samples with noise between its rows, ending with its last sample: what lies behind must not be read."""
    rows = plane.reshape(len(plane), -1)
    padded = values.integers(0, np.iinfo(plane.dtype).max + 1, (len(rows), pitch)).astype(plane.dtype)
    padded[:, : rows.shape[1]] = rows
    return padded.ravel()[: (len(rows) - 1) * pitch + rows.shape[1]]


def surface_of(on, values, luma, chroma, *, bit_depth, padding=(0, 0)):
    height, width = luma.shape
    pitches = width + padding[0], 2 * chroma.shape[1] + padding[1]
    arrays = [on.upload(in_rows(values, plane, pitch)) for plane, pitch in zip((luma, chroma), pitches, strict=True)]
    return Surface(*arrays, height, width, *pitches, bit_depth)


def new_batch(on, frames, width, height):
    """A batch's arrays on the device, by the names of the arguments: frames full of rubbish, counts of zeros."""
    return {
        "luma": on.upload(np.full((frames, height, width), 0xAA, np.uint8)),
        "chroma": on.upload(np.full((frames, height // 2, width // 2, 2), 0xAA, np.uint8)),
        "color_histogram": on.zeros((frames, 2048), "int32"),
        "luma_histogram": on.zeros((frames, 256), "int32"),
        "chroma_sums": on.zeros((frames, 3), "int64"),
    }


def on_cpu(planes, width, height, *, area, coded_size, turns, bit_depth):
    """The same arrays for one frame, shrunk as ``Shrinker`` does and counted by the CPU twins."""
    shrinker = Shrinker(SimpleNamespace(coded_width=coded_size[0], coded_height=coded_size[1]), area)
    luma, chroma = np.empty((1, height, width), np.uint8), np.empty((1, height // 2, width // 2, 2), np.uint8)
    cb, cr = planes[1][..., 0], planes[1][..., 1]
    for plane, out in ((planes[0], luma[0]), (cb, chroma[0, ..., 0]), (cr, chroma[0, ..., 1])):
        _cpu.area_average(shrinker._cut(plane), np.rot90(out, turns), bit_depth=bit_depth)
    luma_histogram, chroma_sums = _cpu.frame_sums(luma, chroma)
    return {
        "luma": luma,
        "chroma": chroma,
        "color_histogram": _cpu.color_histogram(luma, chroma),
        "luma_histogram": luma_histogram,
        "chroma_sums": chroma_sums,
    }


@pytest.fixture
def agree(device_runtime, values):
    """``agree((height, width), (frame_width, frame_height), ...)`` asserts that device and CPU do the same."""

    def check(size, target, *, area=None, coded_size=None, turns=0, bit_depth=8, padding=(0, 0)):
        on, (height, width) = device_runtime, size
        coded_size = coded_size or (width, height)
        where = {"area": area or (0, 0, *coded_size), "coded_size": coded_size, "turns": turns}
        planes = random_planes(values, height, width, bit_depth)
        batch = new_batch(on, 1, *target)
        shrink_and_count(
            on, surface_of(on, values, *planes, bit_depth=bit_depth, padding=padding), **where, **batch, slot=0
        )
        found = on.fetch(batch).result()
        for name, expected in on_cpu(planes, *target, **where, bit_depth=bit_depth).items():
            said = f"{name}: {size} to {target}, {where}, {bit_depth} bits, padding {padding}"
            np.testing.assert_array_equal(found[name], expected, err_msg=said)

    return check


@pytest.mark.parametrize("bit_depth", [8, 10, 16])
@pytest.mark.parametrize(
    ("size", "target"),
    [
        ((2, 2), (2, 2)),
        ((1, 1), (2, 2)),  # chroma of one pair
        ((36, 64), (64, 36)),  # nothing to average
        ((72, 128), (64, 36)),  # whole ratios
        ((45, 83), (16, 10)),  # odd sides, whose last row and column of chroma cover luma that is not there
        ((31, 57), (30, 16)),
        ((9, 7), (16, 12)),  # smaller than the frame
        ((3, 300), (260, 4)),  # more than two tiles of columns, fewer rows than the frame has
        ((6, 2600), (256, 2)),  # more columns than a chunk for each tile
        ((5, 3001), (6, 2)),  # several chunks for a single sample
        ((4, 2050), (2, 2)),  # a sample whose last column is the first of the next chunk
        ((700, 6), (2, 4)),  # many rows in a sum
    ],
    ids=str,
)
def test_any_size_to_any_size(agree, size, target, bit_depth):
    agree(size, target, bit_depth=bit_depth)


@pytest.mark.parametrize("bit_depth", [8, 16])
@pytest.mark.parametrize("padding", [(1, 1), (3, 2), (4, 4), (13, 50)])
def test_rows_that_are_apart(agree, padding, bit_depth):
    """Pitches that are multiples of four are read by fours, others singly."""
    agree((20, 52), (18, 8), padding=padding, bit_depth=bit_depth)
    agree((21, 51), (18, 8), padding=padding, bit_depth=bit_depth)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize(("size", "target"), [((40, 60), (16, 12)), ((27, 300), (8, 132)), ((33, 18), (134, 6))])
def test_turned_pictures(agree, size, target, turns):
    agree(size, target, turns=turns)
    agree(size, target, turns=turns, area=(4, 2, size[1] - 8, size[0] - 6), bit_depth=10)


@pytest.mark.parametrize("area", [(0, 6, 64, 36), (10, 0, 44, 48), (6, 4, 50, 40), (62, 46, 2, 2), (3, 5, 7, 9)])
def test_bars_are_cut_away(agree, area):
    agree((48, 64), (20, 10), area=area)
    agree((48, 64), (20, 10), area=area, bit_depth=16, padding=(5, 3))


@pytest.mark.parametrize("size", [(48, 64), (24, 32), (97, 131), (31, 45), (2, 2)])
def test_surfaces_that_change_their_size_are_cut_in_proportion(agree, size):
    agree(size, (20, 10), area=(6, 4, 50, 40), coded_size=(64, 48))


@pytest.mark.parametrize("value", [0, 255])
def test_flat_pictures_fall_into_one_bin(device_runtime, values, value):
    on = device_runtime
    luma, chroma = np.full((24, 400), value, np.uint8), np.full((12, 200, 2), value, np.uint8)
    batch = new_batch(on, 1, 200, 12)
    surface = surface_of(on, values, luma, chroma, bit_depth=8)
    shrink_and_count(on, surface, area=(0, 0, 400, 24), coded_size=(400, 24), turns=0, **batch, slot=0)
    found = on.fetch(batch).result()
    assert found["luma_histogram"][0, value] == found["color_histogram"].max() == 200 * 12


def test_a_frame_goes_to_its_slot_alone(device_runtime, values):
    on = device_runtime
    where = {"area": (0, 0, 40, 30), "coded_size": (40, 30), "turns": 0}
    planes = random_planes(values, 30, 40, 8)
    batch = new_batch(on, 3, 16, 12)
    shrink_and_count(on, surface_of(on, values, *planes, bit_depth=8), **where, **batch, slot=1)
    found = on.fetch(batch).result()
    for name, expected in on_cpu(planes, 16, 12, **where, bit_depth=8).items():
        np.testing.assert_array_equal(found[name][1:2], expected, err_msg=name)
        untouched = 0xAA if name in ("luma", "chroma") else 0
        assert (found[name][[0, 2]] == untouched).all(), name


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"slot": 2}, "slot is 2; the batch has 2 frames"),
        ({"slot": -1}, "slot is -1"),
        ({"turns": 4}, "turns is 4; it must be 0, 1, 2 or 3"),
        ({"area": (2, 0, 40, 30)}, r"area \(2, 0, 40, 30\) does not lie in a frame of 40x30"),
        ({"area": (0, 0, 40, 0)}, "does not lie in"),
        ({"chroma": np.zeros((1, 6, 8, 2), np.uint8)}, "are not a batch of frames"),
        ({"luma": np.zeros((2, 13, 16), np.uint8)}, "are not a batch of frames"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(device_runtime, values, wrong, message):
    on = device_runtime
    surface = surface_of(on, values, *random_planes(values, 30, 40, 8), bit_depth=8)
    right = {**new_batch(on, 2, 16, 12), "area": (0, 0, 40, 30), "coded_size": (40, 30), "turns": 0, "slot": 0}
    with pytest.raises(ValueError, match=message):
        shrink_and_count(on, surface, **{**right, **wrong})


def test_surfaces_check_themselves():
    luma, wide = np.zeros(12, np.uint8), np.zeros(12, np.uint16)
    Surface(luma, luma, 3, 3, 4, 4, 8)
    for wrong, message in (
        ((luma, luma, 0, 3, 4, 4, 8), "surface is 3x0; sides must be 1 to 65535"),
        ((luma, luma, 3, 3, 2, 4, 8), "luma_pitch is 2; a row has 3 samples"),
        ((luma, luma, 3, 3, 4, 3, 8), "chroma_pitch is 3; a row has 4 samples"),
        ((luma, luma, 3, 3, 4, 4, 17), "17 bits a sample; it must have 8 to 16"),
        ((wide, wide, 3, 3, 4, 4, 8), "luma is uint16; 8 bits a sample need uint8"),
        ((wide, luma, 3, 3, 4, 4, 16), "chroma is uint8; 16 bits a sample need uint16"),
    ):
        with pytest.raises(ValueError, match=message):
            Surface(*wrong)
