"""What every window reader must do: exactly the frames that were asked for, or one clear error.

Each picture of the films bears its number in bars of light and dark, so a frame tells which one it is.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from kuleshov.decode.cpu_windows import CpuWindowReader
from kuleshov.decode.dali import DaliWindowReader
from kuleshov.decode.film_index import read_index
from kuleshov.decode.windows import Window
from kuleshov.errors import MediaError
from kuleshov.media.probe import probe

BITS = 7
FRAMES = 60
VP9 = {"codec": "libvpx-vp9", "options": {"g": "12", "deadline": "realtime", "cpu-used": "8"}}
#: Hidden frames that are shown later: as near as VP9 comes to B-frames.
VP9_HIDDEN = {
    "codec": "libvpx-vp9",
    "options": {"g": "20", "deadline": "good", "cpu-used": "5", "auto-alt-ref": "1", "lag-in-frames": "12"},
}
TICKS = np.cumsum(np.arange(FRAMES) % 5 + 1).tolist()

READERS = {
    "cpu": CpuWindowReader,
    "dali": lambda: DaliWindowReader(batch_windows=4),
}


def picture(number, *, width=112, height=64):
    """Bars of 16 pixels, the lowest bit on the left, on a ground that shows which side is up."""
    levels = [190 if number >> bit & 1 else 50 for bit in range(BITS)]
    bars = np.repeat(np.array(levels, np.uint8), width // BITS)
    frame = np.broadcast_to(bars[None, :, None], (height, len(bars), 3)).copy()
    frame[height * 3 // 4 :] = (60, 110, 160)
    return frame


def number_of(rgb):
    """The number that a picture bears."""
    bars = rgb[: len(rgb) // 2].mean(axis=(0, 2)).reshape(BITS, -1).mean(axis=1)
    return sum(1 << bit for bit, level in enumerate(bars) if level > 120)


@pytest.fixture(params=READERS)
def reader(request):
    if request.param == "dali":
        pytest.importorskip("nvidia.dali", reason="NVIDIA DALI is not installed: its windows are not tried here")
    return READERS[request.param]()


@pytest.fixture(scope="module")
def films(tmp_path_factory, make_film):
    """VP9 films, which every reader decodes: steady, of variable rate, of another size, with hidden frames."""
    folder = tmp_path_factory.mktemp("films")
    pictures = [picture(number) for number in range(FRAMES)]
    small = [picture(number, width=70, height=48) for number in range(FRAMES)]
    paths = {
        "steady": make_film(folder / "steady.webm", pictures, **VP9),
        "variable": make_film(folder / "variable.webm", small, ticks=TICKS, time_base=Fraction(1, 100), **VP9),
        "hidden": make_film(folder / "hidden.mkv", pictures, **VP9_HIDDEN),
    }
    return {name: probe(path) for name, path in paths.items()}


def assert_is(frames, numbers, seconds=None):
    assert frames.index.tolist() == list(numbers)
    assert [number_of(np.asarray(rgb)) for rgb in frames.rgb] == list(numbers)
    if seconds is not None:
        np.testing.assert_allclose(frames.pts_seconds, seconds, atol=1e-9)


@pytest.mark.parametrize("name", ["steady", "variable", "hidden"])
@pytest.mark.parametrize(
    ("start", "count", "stride"), [(0, 5, 1), (0, 1, 1), (31, 4, 7), (7, 10, 5), (59, 1, 1), (50, 10, 1)]
)
def test_frames_by_number(reader, films, name, start, count, stride):
    (found,) = reader.read([Window(films[name], count, stride, start_frame=start)])
    numbers = range(start, start + count * stride, stride)
    whole = read_index(films[name]).seconds
    assert_is(found, numbers, whole[list(numbers)])
    assert found.rgb.shape == (count, films[name].coded_height, films[name].coded_width, 3)
    assert found.rgb.dtype == np.uint8


def test_times_of_a_variable_rate_are_exact(reader, films):
    seconds = (np.array(TICKS) - TICKS[0]) / 100
    asked = [seconds[20], seconds[20] + 0.009, seconds[21] - 0.001, 0.0, seconds[-1]]
    found = reader.read([Window(films["variable"], 1, start_seconds=float(each)) for each in asked])
    for frames, expected in zip(found, (20, 20, 20, 0, FRAMES - 1), strict=True):
        assert_is(frames, [expected], [seconds[expected]])


def test_one_request_for_many_films_of_many_sizes(reader, films):
    asked = [("steady", 40), ("variable", 3), ("hidden", 29), ("steady", 2), ("variable", 55), ("steady", 40)]
    found = reader.read([Window(films[name], 3, 2, start_frame=start) for name, start in asked])
    for (name, start), frames in zip(asked, found, strict=True):
        assert_is(frames, [start, start + 2, start + 4])
        assert frames.rgb.shape[1:3] == (films[name].coded_height, films[name].coded_width)
    np.testing.assert_array_equal(found[0].rgb, found[-1].rgb)


def test_overlapping_windows_and_those_in_any_order(reader, films):
    asked = [45, 10, 12, 11, 0]
    for start, frames in zip(
        asked, reader.read([Window(films["steady"], 5, start_frame=start) for start in asked]), strict=True
    ):
        assert_is(frames, range(start, start + 5))


def test_no_windows_are_no_frames(reader):
    assert reader.read([]) == []


@pytest.mark.parametrize(
    ("window", "message"),
    [
        ({"count": 5, "start_frame": 56}, r"frames 56 to 60; it has 60, the last at 2\.360 s"),
        ({"count": 2, "stride": 30, "start_frame": 31}, "frames 31 to 61; it has 60"),
        ({"count": 1, "start_frame": 1000}, "frames 1000 to 1000"),
        ({"count": 1, "start_seconds": 2.41}, "frames 60 to 60"),
    ],
)
def test_a_window_past_the_end_is_refused_whole(reader, films, window, message):
    with pytest.raises(MediaError, match=rf"steady\.webm: a window asks for {message}"):
        reader.read([Window(films["steady"], 1, start_frame=0), Window(films["steady"], **window)])
    assert_is(reader.read([Window(films["steady"], 1, start_frame=59)])[0], [59])


def test_colours_are_those_of_the_film(reader, films):
    (found,) = reader.read([Window(films["steady"], 1, start_frame=0)])
    np.testing.assert_allclose(np.asarray(found.rgb)[0, 54:62, 4:-4].mean(axis=(0, 1)), (60, 110, 160), atol=6)


def test_a_broken_film_is_named_and_harms_no_other(reader, films, tmp_path):
    content = bytearray(films["steady"].path.read_bytes())
    broken = tmp_path / "broken.webm"
    broken.write_bytes(content)
    info = probe(broken)
    index = read_index(info)
    middle = len(content) // 2
    content[middle : middle + len(content) // 3] = bytes(len(content) // 3)
    broken.write_bytes(content)
    good = Window(films["variable"], 2, start_frame=10)
    with pytest.raises(MediaError, match=r"broken\.webm: "):
        reader.read([good, Window(info, len(index), start_frame=0)])
    assert_is(reader.read([good])[0], [10, 11])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"count": 0, "start_frame": 0}, "count 0 and stride 1; both must be 1 or more"),
        ({"count": 1, "stride": 0, "start_frame": 0}, "stride 0"),
        ({"count": 1}, "a start_frame or a start_seconds, and not both"),
        ({"count": 1, "start_frame": 0, "start_seconds": 0.0}, "and not both"),
        ({"count": 1, "start_frame": -1}, "starts at -1; it must be 0 or more"),
        ({"count": 1, "start_seconds": float("nan")}, "starts at nan"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused(films, wrong, message):
    with pytest.raises(ValueError, match=message):
        Window(films["steady"], **wrong)
