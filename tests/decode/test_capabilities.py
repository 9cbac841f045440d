"""What a GPU's decoder can decode, known before the first byte: each limit has its own sentence."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from kuleshov.decode.capabilities import CODECS, DecoderCaps, why_not_nvdec

CAPS = DecoderCaps(True, 7, 48, 16, 4096, 2304, 36864)
FILM = SimpleNamespace(
    mirrored=False,
    codec="h264",
    container="mov,mp4,m4a,3gp,3g2,mj2",
    pixel_format="yuv420p",
    bit_depth=8,
    interlaced=False,
    coded_width=1920,
    coded_height=1080,
)


def why_not(caps=CAPS, **changed):
    asked = []

    def caps_of(codec, depth):
        asked.append((codec, depth))
        return caps

    film = SimpleNamespace(**{**vars(FILM), **changed})
    return why_not_nvdec(film, caps_of, gpu="GPU X"), asked


@pytest.mark.parametrize("codec", CODECS)
def test_what_it_can_take_it_takes(codec):
    assert why_not(codec=codec) == (None, [(CODECS[codec], 8)])


@pytest.mark.parametrize(
    "pixel_format", ["yuv420p", "yuvj420p", "nv12", "yuv420p10le", "p010le", "yuv420p12le", "p016le"]
)
def test_layouts_of_420(pixel_format):
    assert why_not(pixel_format=pixel_format)[0] is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"codec": "prores"}, "NVDEC has no decoder for prores"),
        ({"codec": "mpeg4"}, "NVDEC has no decoder for mpeg4"),
        ({"container": "avi"}, "avi files hold no presentation times"),
        ({"pixel_format": "yuv422p"}, "yuv422p is not 4:2:0"),
        ({"pixel_format": "yuv444p10le"}, "yuv444p10le is not 4:2:0"),
        ({"pixel_format": "gray"}, "gray is not 4:2:0"),
        ({"interlaced": True}, "it is interlaced"),
    ],
)
def test_what_no_gpu_can_decode_is_refused_without_asking_one(changed, said):
    reason, asked = why_not(**changed)
    assert said in reason
    assert asked == []


@pytest.mark.parametrize(
    ("caps", "changed", "said"),
    [
        (replace(CAPS, supported=False), {"bit_depth": 10}, "GPU X can't decode h264 of 10 bits"),
        (CAPS, {"coded_width": 4098}, "its frames are 4098x1080; for h264 GPU X takes 48x16 to 4096x2304"),
        (CAPS, {"coded_width": 40}, "its frames are 40x1080"),
        (CAPS, {"coded_height": 8}, "its frames are 1920x8"),
        (replace(CAPS, most_macroblocks=8159), {}, "its frames have 8160 macroblocks; for h264 GPU X takes 8159"),
    ],
)
def test_what_this_gpu_can_not_decode_is_refused_with_its_limit(caps, changed, said):
    assert said in why_not(caps, **changed)[0]


def test_limits_themselves_are_inside():
    assert why_not(replace(CAPS, most_macroblocks=8160))[0] is None
    assert why_not(replace(CAPS, most_macroblocks=10**6), coded_width=4096, coded_height=2304)[0] is None
