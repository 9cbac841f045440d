"""Windows of films in every codec's order, compared with decoding from the start."""

from __future__ import annotations

import io
from fractions import Fraction

import numpy as np
import pytest

from kuleshov.decode.cpu_windows import CpuWindowReader
from kuleshov.decode.dali import DaliWindowReader
from kuleshov.decode.film_index import read_index
from kuleshov.decode.remux_window import remux_window
from kuleshov.decode.windows import Window
from kuleshov.errors import DeviceError, MediaError
from kuleshov.media.probe import probe

FRAMES = 50
FILMS = {
    "h264 with B-frames": {"codec": "libx264", "options": {"g": "15", "bf": "3"}},
    "h264 with open groups": {"codec": "libx264", "options": {"x264-params": "keyint=15:bframes=3:open-gop=1"}},
    "hevc with leading pictures": {
        "codec": "libx265",
        "suffix": ".mkv",
        "options": {"preset": "ultrafast", "x265-params": "log-level=none:keyint=15:min-keyint=5:bframes=4:open-gop=1"},
    },
    "mpeg transport stream": {"codec": "libx264", "suffix": ".ts", "options": {"g": "15", "bf": "2"}},
    "mpeg2 programme stream": {"codec": "mpeg2video", "suffix": ".mpg", "options": {"g": "12", "bf": "2"}},
    "one key frame": {"codec": "libx264", "options": {"g": "1000", "bf": "2"}},
    "avi": {"codec": "mpeg4", "suffix": ".avi", "options": {"g": "12", "bf": "2"}},
    "every frame a key frame": {"codec": "ffv1", "suffix": ".mkv"},
    "variable rate": {
        "codec": "libx264",
        "suffix": ".mkv",
        "ticks": np.cumsum(np.arange(FRAMES) % 4 + 1).tolist(),
        "time_base": Fraction(1, 100),
        "options": {"g": "15", "bf": "3"},
    },
}


def pictures(count, *, width=64, height=48):
    """No two alike: a grey texture that drifts."""
    values = np.random.default_rng(5)
    world = values.integers(0, 256, (height // 8, width // 8 + count)).repeat(8, axis=0).repeat(8, axis=1)
    world = world[..., None].repeat(3, axis=2)
    return [np.ascontiguousarray(world[:, 4 * n : 4 * n + width]).astype(np.uint8) for n in range(count)]


@pytest.fixture(params=FILMS)
def film(request, tmp_path, make_film):
    options = dict(FILMS[request.param])
    return probe(make_film(tmp_path / f"film{options.pop('suffix', '.mp4')}", pictures(FRAMES), **options))


def decoded(source):
    """Every frame of a film, in order: luma."""
    import av

    with av.open(source) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def whole(film):
    (found,) = CpuWindowReader().read([Window(film, len(decoded(str(film.path))), start_frame=0)])
    return found


def test_windows_are_pieces_of_the_whole(film):
    expected = whole(film)
    assert len(expected.rgb) == FRAMES
    reader = CpuWindowReader()
    windows = [(0, 3, 1), (14, 3, 1), (15, 1, 1), (13, 9, 4), (16, 2, 1), (FRAMES - 1, 1, 1), (29, 2, 15), (44, 3, 1)]
    for start, count, stride in windows:  # each by a request of its own: nothing is left from the one before
        (found,) = reader.read([Window(film, count, stride, start_frame=start)])
        numbers = np.arange(start, start + count * stride, stride)
        np.testing.assert_array_equal(found.index, numbers)
        np.testing.assert_array_equal(found.pts_seconds, expected.pts_seconds[numbers])
        np.testing.assert_array_equal(found.rgb, expected.rgb[numbers], err_msg=str((start, count, stride)))
    together = reader.read([Window(film, count, stride, start_frame=start) for start, count, stride in windows])
    for frames in together:
        np.testing.assert_array_equal(frames.rgb, expected.rgb[frames.index])


def test_the_whole_is_what_decoding_in_order_gives(film):
    import av

    with av.open(str(film.path)) as container:
        expected = [frame.to_ndarray(format="gray").astype(int) for frame in container.decode(video=0)]
    for rgb, luma in zip(whole(film).rgb, expected, strict=True):
        likeness = np.corrcoef(rgb.mean(axis=2).ravel(), luma.ravel())[0, 1]
        assert likeness > 0.99


def test_a_cut_holds_the_frames_that_it_says(film):
    index = read_index(film)
    numbers = np.array([17, 19, 20, 24])
    if not index.timed:
        with pytest.raises(MediaError, match="avi holds no times to identify its frames by"):
            remux_window(index, numbers)
        return
    made = remux_window(index, numbers)
    got, expected = decoded(io.BytesIO(made.content.tobytes())), decoded(str(film.path))
    assert len(got) <= FRAMES
    for number, place in zip(numbers, made.frames, strict=True):
        np.testing.assert_array_equal(got[place], expected[number])


@pytest.mark.parametrize("name", ["video_90", "video_180"])
def test_frames_are_upright(data, name):
    info = probe(data / f"odd/decord/{name}.mov")
    (found,) = CpuWindowReader().read([Window(info, 1, start_frame=2)])
    turns = info.rotation_degrees // 90
    assert found.rgb.shape[1:3] == np.rot90(np.empty((info.coded_height, info.coded_width)), turns).shape
    import av

    with av.open(str(info.path)) as container:
        coded = next(frame for n, frame in enumerate(container.decode(video=0)) if n == 2).to_ndarray(format="gray")
    likeness = np.corrcoef(found.rgb[0].mean(axis=2).ravel(), np.rot90(coded, -turns).ravel())[0, 1]
    assert likeness > 0.97


def test_frames_that_an_edit_list_leaves_out_are_not_counted(tmp_path, make_film):
    """A film cut without encoding starts inside a group: what lies before is decoded, and not shown."""
    source = make_film(tmp_path / "source.mp4", pictures(FRAMES), options={"g": "25", "bf": "2"})
    content = bytearray(source.read_bytes())
    at = content.index(b"elst")
    # FFmpeg's edit list: version and flags, one entry, its duration, its start in the media's own ticks.
    start = int.from_bytes(content[at + 16 : at + 20], "big")
    content[at + 16 : at + 20] = (start + 5 * 512).to_bytes(4, "big")
    edited = tmp_path / "edited.mp4"
    edited.write_bytes(content)
    info, expected = probe(edited), decoded(str(edited))
    index = read_index(info)
    assert len(index) == len(expected) < FRAMES
    (found,) = CpuWindowReader().read([Window(info, 2, 20, start_frame=1)])
    source_frames = decoded(str(source))
    made = remux_window(index, found.index)
    got = decoded(io.BytesIO(made.content.tobytes()))
    for rgb, number, place in zip(found.rgb, (1, 21), made.frames, strict=True):
        np.testing.assert_array_equal(expected[number], source_frames[FRAMES - len(expected) + number])
        assert np.corrcoef(rgb.mean(axis=2).ravel(), expected[number].ravel())[0, 1] > 0.99
        np.testing.assert_array_equal(got[place], expected[number])


def test_dali_on_the_cpu_names_the_codecs_that_it_has(tmp_path, make_film):
    pytest.importorskip("nvidia.dali", reason="NVIDIA DALI is not installed")
    info = probe(make_film(tmp_path / "film.mp4", pictures(3)))
    with pytest.raises(MediaError, match=r"film\.mp4: DALI on cpu has no decoder for h264; it has mjpeg, vp8, vp9"):
        DaliWindowReader().read([Window(info, 1, start_frame=0)])


def test_without_dali_it_is_one_clear_error(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "nvidia.dali", None)
    with pytest.raises(DeviceError, match=r"DALI can't be loaded: .*pip install 'kuleshov\[cuda\]'"):
        DaliWindowReader()
