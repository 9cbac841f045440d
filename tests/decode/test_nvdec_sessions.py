"""Decode sessions that are reused: the right frames of each film, and no effect of a fault on the next."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.decode.cpu import CpuDecoder
from kuleshov.decode.nvdec import NvdecDecoder
from kuleshov.decode.nvdec_sessions import IDLE, IdleSessions, Session
from kuleshov.errors import MediaError
from kuleshov.media.probe import probe

HEVC = {"codec": "libx265", "options": {"x265-params": "log-level=none"}}
HEVC_10 = HEVC | {"pixel_format": "yuv420p10le"}


@pytest.fixture(autouse=True)
def none_idle():
    IDLE.clear()
    yield
    IDLE.clear()


@pytest.fixture
def film(tmp_path, make_film):
    """``film(width, height)``: a film of noise in that size, no two alike."""
    made = iter(range(100))

    def make(width=64, height=48, *, frames=12, **options):
        number = next(made)
        values = np.random.default_rng(number)
        pictures = values.integers(0, 256, (frames, height // 8, width // 8, 3)).repeat(8, axis=1).repeat(8, axis=2)
        return probe(make_film(tmp_path / f"{number}.mp4", list(pictures.astype(np.uint8)), **options))

    return make


def assert_right(info):
    """Decode a film and compare it with the CPU; return whether its session was used before."""
    decoder = NvdecDecoder(info, device="cuda:0", width=32, batch_frames=64)
    (found,), (expected,) = list(decoder), [batch.clone() for batch in CpuDecoder(info, width=32, batch_frames=64)]
    np.testing.assert_array_equal(found.pts_seconds, expected.pts_seconds)
    np.testing.assert_array_equal(found.luma, expected.luma)
    np.testing.assert_array_equal(found.chroma, expected.chroma)
    assert decoder.report.notes == []
    return decoder.reused_session


def test_films_of_one_kind_share_a_session(gpu, film):
    _, library = gpu()
    assert [assert_right(film()) for _ in range(3)] == [False, True, True]
    assert len(library.opened) == 1


def test_smaller_films_are_not_scaled_to_the_size_before(gpu, film):
    _, library = gpu()
    sizes = [(96, 64), (64, 48), (80, 64), (96, 64)]
    assert [assert_right(film(*size)) for size in sizes] == [False, True, True, True]
    assert len(library.opened) == 1


def test_a_larger_film_gets_a_session_of_its_own_and_leaves_it_to_the_next(gpu, film):
    _, library = gpu()
    assert [assert_right(film(*size)) for size in [(64, 48), (96, 64), (64, 48)]] == [False, False, True]
    assert [each["maxwidth"] for each in library.opened] == [64, 128]


def test_another_codec_or_depth_is_another_session(gpu, film):
    _, library = gpu()
    kinds = [{}, HEVC, HEVC_10, HEVC_10]
    assert [assert_right(film(**kind)) for kind in kinds] == [False, False, False, True]
    assert len(library.opened) == 3


def test_another_stream_is_another_session(gpu, film, monkeypatch):
    on, library = gpu()
    assert_right(film())
    monkeypatch.setattr(on, "current_stream", lambda: 17)
    assert not assert_right(film())
    assert [each["cudastream"] for each in library.opened] == [0, 17]


def test_a_session_with_a_fault_is_not_used_again(gpu, film):
    _, library = gpu(failing={5})
    decoder = NvdecDecoder(film(options={"g": "1"}), device="cuda:0", width=32)
    assert sum(map(len, decoder)) == 11
    assert decoder.report.notes == ["1 damaged video packets were skipped"]
    assert not assert_right(film())
    assert len(library.opened) == 2


def test_a_session_that_lost_frames_is_not_used_again(gpu, film):
    gpu(dropping={3})
    assert sum(map(len, NvdecDecoder(film(), device="cuda:0", width=32))) == 11
    assert not assert_right(film())


def test_a_film_that_was_left_in_the_middle_leaves_no_session(gpu, film):
    gpu()
    batches = iter(NvdecDecoder(film(frames=20), device="cuda:0", width=32, batch_frames=4))
    next(batches)
    batches.close()
    assert not assert_right(film())


def test_a_used_session_that_refuses_the_next_film_costs_it_nothing(gpu, film):
    """12 packets and the end of the first film; the next Decode fails."""
    _, library = gpu(failing={14})
    assert not assert_right(film())
    assert not assert_right(film())
    assert len(library.opened) == 2


def test_a_used_session_that_can_not_be_set_is_dropped(gpu, film, monkeypatch):
    gpu()
    assert not assert_right(film())
    (idle,) = next(iter(IDLE._idle.values())).values()
    monkeypatch.setattr(idle.decoder, "setReconfigParams", lambda width, height: 1 / 0)
    assert not assert_right(film())


def test_a_film_without_a_decodable_frame_does_not_affect_the_next(gpu, film):
    gpu(failing=set(range(14, 28)))
    assert not assert_right(film())
    bad = NvdecDecoder(film(), device="cuda:0", width=32)
    with pytest.raises(MediaError, match="NVDEC decoded none of its 12 packets"):
        list(bad)
    assert not assert_right(film())


def test_sessions_that_scale_are_not_shared(gpu, film):
    _, library = gpu()
    list(NvdecDecoder(film(), device="cuda:0", width=32, scaled_output=True))
    assert not assert_right(film())
    assert len(library.opened) == 2


def test_a_lane_keeps_two_at_most():
    idle = IdleSessions()

    class Decoder:
        def setReconfigParams(self, width, height):  # noqa: N802
            return 1

    for lane, kind in ((1, "h264"), (1, "hevc"), (1, "vp9"), (2, "h264")):
        idle.give_back(Session(Decoder(), lane, kind, (64, 64)))
    assert idle.take(1, "h264", size=(64, 48), room=(64, 64)) is None
    for lane, kind in ((1, "hevc"), (1, "vp9"), (2, "h264")):
        assert idle.take(lane, kind, size=(64, 48), room=(64, 64)).reused
        assert idle.take(lane, kind, size=(64, 48), room=(64, 64)) is None
