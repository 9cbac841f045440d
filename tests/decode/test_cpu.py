"""The CPU decoder on films whose every frame is known, and on the odd files of real life."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from kuleshov.decode.cpu import CpuDecoder
from kuleshov.errors import MediaError
from kuleshov.media.probe import probe


def decode(path, **options):
    """All frames of a film: luma, chroma, times, and the decoder."""
    decoder = CpuDecoder(probe(path), **options)
    batches = [batch.clone() for batch in decoder]
    luma = np.concatenate([batch.luma for batch in batches])
    chroma = np.concatenate([batch.chroma for batch in batches])
    seconds = np.concatenate([batch.pts_seconds for batch in batches])
    index = np.concatenate([batch.index for batch in batches])
    assert (index == np.arange(len(index))).all()
    return luma, chroma, seconds, decoder


CODECS = [
    ("libx264", "yuv420p", ".mp4"),
    ("libx264", "yuv420p10le", ".mp4"),
    ("libx264", "yuv444p", ".mkv"),
    ("libx264", "nv12", ".mkv"),
    ("libx265", "yuv420p", ".mp4"),
    ("libx265", "yuv420p10le", ".mkv"),
    ("libsvtav1", "yuv420p10le", ".mkv"),
    ("libvpx-vp9", "yuv420p", ".webm"),
    ("mpeg2video", "yuv420p", ".mpg"),
    ("mpeg4", "yuv420p", ".avi"),
    ("prores_ks", "yuv422p10le", ".mov"),
    ("dnxhd", "yuv422p", ".mov"),
    ("ffv1", "yuv420p", ".mkv"),
    ("ffv1", "gray", ".mkv"),
    ("ffv1", "bgr0", ".mkv"),
    ("ffv1", "yuv422p12le", ".mkv"),
    ("mjpeg", "yuvj420p", ".avi"),
]


@pytest.mark.parametrize(("codec", "pixel_format", "suffix"), CODECS)
def test_every_codec_and_depth_gives_the_same_picture(codec, pixel_format, suffix, tmp_path, make_film, grey):
    options = {"profile": "dnxhr_hq"} if codec == "dnxhd" else {}
    size = {"width": 256, "height": 160}
    levels = [40, 90, 140, 190, 220, 60, 110, 160]
    pictures = [grey(level, **size) for level in levels]
    film = make_film(tmp_path / f"film{suffix}", pictures, codec=codec, pixel_format=pixel_format, options=options)
    luma, chroma, seconds, decoder = decode(film)
    assert luma.shape[0] == len(levels)
    spec = decoder.info.color
    shown = luma.astype(float).mean(axis=(1, 2))
    if spec.range == "limited":
        shown = (shown - 16) * 255 / 219
    assert shown == pytest.approx(levels, abs=6)
    assert np.abs(chroma.astype(int) - 128).max() <= 4
    assert np.diff(seconds) == pytest.approx(1 / 25, abs=1.1e-3)


def test_planes_are_read_without_conversion_and_packed_formats_say_otherwise(tmp_path, make_film, grey):
    in_place = make_film(tmp_path / "a.mkv", [grey(100)], codec="ffv1", pixel_format="yuv420p")
    packed = make_film(tmp_path / "b.mkv", [grey(100)], codec="ffv1", pixel_format="bgr0")
    assert decode(in_place)[3].report.notes == []
    assert "converted to yuv444p by swscale" in decode(packed)[3].report.notes[0]


def test_analysis_frame_is_the_exact_area_average(tmp_path, make_film):
    rng = np.random.default_rng(7)
    picture = rng.integers(0, 256, (192, 512, 3), dtype=np.uint8)
    film = make_film(tmp_path / "film.mkv", [picture], codec="ffv1", pixel_format="yuv444p")
    luma, _, _, decoder = decode(film)
    import av

    with av.open(str(film)) as container:
        full = next(container.decode(video=0)).to_ndarray()[0].astype(np.int64)
    assert (decoder.width, decoder.height) == (256, 96)
    blocks = full.reshape(96, 2, 256, 2).sum(axis=(1, 3))
    assert (luma[0] == (blocks + 2) // 4).all()


def test_identity_of_a_frame_is_its_time_in_a_film_of_variable_rate(tmp_path, make_film, grey):
    ticks = [0, 40, 80, 200, 210, 220, 1000, 1040]
    film = make_film(
        tmp_path / "vfr.mkv",
        [grey(20 * number) for number in range(8)],
        codec="ffv1",
        ticks=ticks,
        time_base=Fraction(1, 1000),
    )
    _, _, seconds, decoder = decode(film, batch_frames=3)
    assert seconds == pytest.approx(np.array(ticks) / 1000, abs=1e-9)
    assert decoder.report.repaired_timestamps == 0


def test_pixels_that_are_not_square_are_made_so(tmp_path, make_film, grey):
    film = make_film(tmp_path / "pal.mp4", [grey(99, width=720, height=576)], aspect=Fraction(64, 45))
    decoder = CpuDecoder(probe(film))
    assert (decoder.width, decoder.height) == (256, 144)


def test_letterbox_and_pillarbox_are_left_out(tmp_path, make_film):
    rng = np.random.default_rng(3)
    boxed = np.zeros((12, 144, 256, 3), dtype=np.uint8)
    boxed[:, 18:126] = rng.integers(80, 200, (12, 108, 256, 3))
    letterbox = make_film(tmp_path / "letterbox.mkv", list(boxed), codec="ffv1")
    assert CpuDecoder(probe(letterbox)).area == (0, 18, 256, 108)
    boxed[:, :, :32] = boxed[:, :, 224:] = 0
    window = make_film(tmp_path / "windowbox.mkv", list(boxed), codec="ffv1")
    luma, _, _, decoder = decode(window)
    assert decoder.area == (32, 18, 192, 108)
    assert luma.min() > 50


def test_a_dark_film_is_not_taken_for_bars(tmp_path, make_film, grey):
    black = make_film(tmp_path / "black.mkv", [grey(0)] * 5, codec="ffv1")
    assert CpuDecoder(probe(black)).area == (0, 0, 128, 96)
    lamp = np.zeros((96, 128, 3), dtype=np.uint8)
    lamp[40:50, 60:70] = 255
    assert CpuDecoder(probe(make_film(tmp_path / "lamp.mkv", [lamp] * 5, codec="ffv1"))).area == (0, 0, 128, 96)


@pytest.mark.parametrize(("width", "height"), [(2, 2), (4, 2), (50, 34), (1024, 2)])
def test_pictures_of_any_size(width, height, tmp_path, make_film, grey):
    film = make_film(tmp_path / "film.mkv", [grey(77, width=width, height=height)], codec="ffv1")
    luma, chroma, _, _ = decode(film)
    assert luma.shape[2] <= 256
    assert luma.shape[1] % 2 == 0
    assert np.ptp(luma) <= 1
    assert chroma.shape == (1, luma.shape[1] // 2, luma.shape[2] // 2, 2)


def test_batches_do_not_change_the_frames(tmp_path, make_film, grey):
    film = make_film(tmp_path / "film.mkv", [grey(10 * number) for number in range(20)], codec="ffv1")
    whole = decode(film)
    single = decode(film, batch_frames=1)
    for left, right in zip(whole[:3], single[:3], strict=True):
        assert (left == right).all()


@pytest.mark.parametrize(("name", "turns"), [("video_0", 0), ("video_90", -1), ("video_180", 2)])
def test_rotation_turns_the_picture_as_a_player_does(name, turns, data):
    import av

    path = data / f"odd/decord/{name}.mov"
    luma, _, _, decoder = decode(path)
    assert decoder.info.rotation_degrees == -90 * turns % 360
    with av.open(str(path)) as container:
        coded = next(container.decode(video=0)).to_ndarray(format="gray").astype(float)

    def coarse(picture):
        """A grid of 12 x 12 means: the same for any size of the same picture, another one for any other turn."""
        rows = np.array([band.mean(axis=0) for band in np.array_split(picture, 12)])
        return np.array([band.mean(axis=1) for band in np.array_split(rows, 12, axis=1)]).T

    ours = coarse(luma[0].astype(float))
    likeness = [np.corrcoef(ours.ravel(), coarse(np.rot90(coded, turn)).ravel())[0, 1] for turn in range(4)]
    assert int(np.argmax(likeness)) == turns % 4
    assert max(likeness) > 0.97


def test_a_film_cut_short_is_described_as_far_as_it_goes(data):
    luma, _, seconds, _ = decode(data / "odd/MADE_truncated_pancake.mkv")
    assert len(luma) == 98
    assert seconds[-1] == pytest.approx(3.233, abs=0.01)


def test_damaged_packets_are_counted_and_the_rest_is_decoded(tmp_path, make_film):
    rng = np.random.default_rng(1)
    pictures = list(rng.integers(0, 256, (40, 96, 128, 3), dtype=np.uint8))
    film = make_film(tmp_path / "film.mkv", pictures, codec="mpeg2video", options={"g": "1", "b": "4000000"})
    content = bytearray(film.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 60_000] = bytes(60_000)
    film.write_bytes(content)
    luma, _, seconds, decoder = decode(film)
    assert 10 <= len(luma) < 40 or decoder.report.damaged_packets
    assert (np.diff(seconds) > 0).all()


def test_avi_times_start_at_zero_and_rise_by_a_frame(data):
    _, _, seconds, decoder = decode(data / "odd/debian/Megamind_bugy.avi")
    assert seconds[0] == 0
    assert np.diff(seconds) == pytest.approx(1 / 30, abs=1e-6)
    assert decoder.report.repaired_timestamps == 0


def test_ten_bit_and_eight_bit_agree(tmp_path, make_film):
    ramp = np.repeat(np.linspace(60, 250, 256).astype(np.uint8)[None, :, None], 96, axis=0).repeat(3, axis=2)
    eight = decode(make_film(tmp_path / "8.mkv", [ramp], codec="ffv1", pixel_format="yuv420p"))[0]
    ten = decode(make_film(tmp_path / "10.mkv", [ramp], codec="ffv1", pixel_format="yuv420p10le"))[0]
    assert np.abs(eight.astype(int) - ten.astype(int)).max() <= 1


def test_nothing_decodable_is_one_clear_line(tmp_path, make_film, grey):
    film = make_film(tmp_path / "film.mkv", [grey(50)] * 3, codec="ffv1")
    content = film.read_bytes()
    film.write_bytes(content[: len(content) // 3])
    with pytest.raises(MediaError, match=r"film\.mkv: .+") as caught:
        decode(film)
    assert "\n" not in str(caught.value)
