"""NVDEC decoding against the recorded stand-in: exactly the CPU decoder's frames, and every fault noted."""

from __future__ import annotations

import sys
from fractions import Fraction

import numpy as np
import pytest

from kuleshov.decode.choice import choose_decoder, decode_sessions
from kuleshov.decode.cpu import CpuDecoder
from kuleshov.decode.nvdec import NvdecDecoder
from kuleshov.device import Device, resolve_device
from kuleshov.errors import DeviceError, MediaError
from kuleshov.media.probe import probe

AUTO = Device("cuda:0", "auto: Stand-in GPU", binding=False)


def pictures(count, *, width=96, height=64, seed=0):
    values = np.random.default_rng(seed)
    world = values.integers(0, 256, (height // 8 + 2, width // 8 + 12, 3)).repeat(8, axis=0).repeat(8, axis=1)
    return [np.ascontiguousarray(world[:height, n % 80 : n % 80 + width]).astype(np.uint8) for n in range(count)]


FILMS = {
    "h264": {"codec": "libx264"},
    "hevc 10 bit": {"codec": "libx265", "pixel_format": "yuv420p10le", "options": {"x265-params": "log-level=none"}},
    "mpeg2": {"codec": "mpeg2video", "suffix": ".mpg"},
    "matroska": {"codec": "libx264", "suffix": ".mkv"},
    "anamorphic": {"codec": "libx264", "aspect": Fraction(4, 3)},
    "variable rate": {
        "codec": "libx264",
        "ticks": np.cumsum(np.arange(70) % 5 + 1).tolist(),
        "time_base": Fraction(1, 100),
    },
}


@pytest.fixture(params=FILMS)
def film(request, tmp_path, make_film):
    options = dict(FILMS[request.param])
    return make_film(tmp_path / f"film{options.pop('suffix', '.mp4')}", pictures(70), **options)


def assert_same_frames(info, **options):
    expected = [batch.clone() for batch in CpuDecoder(info, **options)]
    decoder = NvdecDecoder(info, device="cuda:0", **options)
    found = list(decoder)  # batches stay valid while they are held
    assert [len(batch) for batch in found] == [len(batch) for batch in expected]
    for got, want in zip(found, expected, strict=True):
        assert got.device == "cuda:0"
        np.testing.assert_array_equal(got.pts_seconds, want.pts_seconds)
        np.testing.assert_array_equal(got.index, want.index)
        np.testing.assert_array_equal(got.luma, want.luma)
        np.testing.assert_array_equal(got.chroma, want.chroma)
        assert got.color == want.color
        assert got.counts.color_histogram.sum() == got.luma.size
    return decoder


def test_frames_are_those_of_the_cpu_decoder(gpu, film):
    gpu()
    decoder = assert_same_frames(probe(film), width=48, batch_frames=16)
    assert decoder.report.frames == 70
    assert decoder.report.notes == []
    assert "nvdec: PyNvVideoCodec 2.2.4" in decoder.name


def test_letterbox_is_cut_away(gpu, tmp_path, make_film):
    gpu()
    frames = [np.pad(picture[:32], ((16, 16), (0, 0), (0, 0))) for picture in pictures(20)]
    info = probe(make_film(tmp_path / "bars.mp4", frames))
    assert assert_same_frames(info, width=48).area == CpuDecoder(info).area != (0, 0, 96, 64)


@pytest.mark.parametrize("name", ["video_90", "video_180"])
def test_a_rotated_film_becomes_upright(gpu, data, name):
    gpu()
    info = probe(data / f"odd/decord/{name}.mov")
    assert info.rotation_degrees
    decoder = NvdecDecoder(info, device="cuda:0", width=32, batch_frames=4)
    found, expected = next(iter(decoder)), next(iter(CpuDecoder(info, width=32, batch_frames=4)))
    np.testing.assert_array_equal(found.luma, expected.luma)
    np.testing.assert_array_equal(found.chroma, expected.chroma)


def test_the_decoder_is_opened_on_the_current_stream_of_the_device(gpu, tmp_path, make_film):
    on, library = gpu()
    info = probe(make_film(tmp_path / "film.mp4", pictures(3)))
    list(NvdecDecoder(info, device="cuda:0"))
    (opened,) = library.opened
    assert (opened["gpuid"], opened["codec"].name, opened["usedevicememory"]) == (0, "H264", True)
    assert opened["cudastream"] == on.current_stream()
    assert library.scaled_to is None


def test_scaling_by_the_hardware_is_asked_for_by_name(gpu, tmp_path, make_film):
    _, library = gpu()
    info = probe(make_film(tmp_path / "film.mp4", pictures(3)))
    list(NvdecDecoder(info, device="cuda:0", width=32, scaled_output=True))
    assert library.scaled_to == (32, 22)


def test_frames_that_the_hardware_drops_are_noted(gpu, tmp_path, make_film):
    gpu(dropping={3, 4, 20})
    info = probe(make_film(tmp_path / "film.mp4", pictures(30)))
    decoder = NvdecDecoder(info, device="cuda:0")
    batches = list(decoder)
    assert sum(map(len, batches)) == decoder.report.frames == 27
    assert decoder.report.notes == ["3 of 30 video packets gave no frame"]
    seconds = np.concatenate([batch.pts_seconds for batch in batches])
    np.testing.assert_allclose(np.delete(np.arange(30) / 25, [2, 3, 19]), seconds)


def test_a_packet_that_raises_is_counted_and_decoding_continues(gpu, tmp_path, make_film):
    gpu(failing={5})
    info = probe(make_film(tmp_path / "film.mp4", pictures(30), options={"g": "1"}))
    decoder = NvdecDecoder(info, device="cuda:0")
    assert sum(map(len, decoder)) == 29
    assert decoder.report.notes == ["1 damaged video packets were skipped"]


def test_a_film_without_a_decodable_frame_is_an_error(gpu, tmp_path, make_film):
    gpu(failing=set(range(1, 100)))
    info = probe(make_film(tmp_path / "film.mp4", pictures(5)))
    with pytest.raises(MediaError, match=r"film\.mp4: NVDEC decoded none of its 5 packets"):
        list(NvdecDecoder(info, device="cuda:0"))


def test_a_library_without_a_driver_is_one_clear_error(monkeypatch, tmp_path, make_film):
    info = probe(make_film(tmp_path / "film.mp4", pictures(2)))
    monkeypatch.setitem(sys.modules, "PyNvVideoCodec", None)
    with pytest.raises(DeviceError, match=r"PyNvVideoCodec can't be loaded: .*pip install 'kuleshov\[cuda\]'"):
        NvdecDecoder(info, device="cuda:0")


def test_what_nvdec_can_not_decode_goes_to_the_cpu_with_the_reason(gpu, tmp_path, make_film):
    gpu()
    taken = probe(make_film(tmp_path / "film.mp4", pictures(2)))
    assert choose_decoder(taken, AUTO) == choose_decoder(taken, resolve_device("auto"))
    assert choose_decoder(taken, AUTO).device == "cuda:0"
    refused = probe(make_film(tmp_path / "film.mov", pictures(2), codec="prores_ks", pixel_format="yuv422p10le"))
    choice = choose_decoder(refused, AUTO)
    assert choice.device == "cpu"
    assert choice.reason == "auto: Stand-in GPU, but for this film the CPU: NVDEC has no decoder for prores"
    assert isinstance(choice.open(refused), CpuDecoder)
    with pytest.raises(MediaError, match=r"film\.mov: cuda:0 can't decode it: NVDEC has no decoder for prores"):
        choose_decoder(refused, resolve_device("cuda"))


def test_a_gpu_takes_as_many_films_as_it_has_engines(gpu):
    gpu()
    assert decode_sessions(AUTO) == 7
