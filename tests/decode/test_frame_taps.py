"""Frame taps: every decoder hands out chosen frames at full size, upright and as displayed, to the bit the same."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from kuleshov.decode.cpu import CpuDecoder
from kuleshov.decode.frame_taps import FullFrame
from kuleshov.decode.nvdec import NvdecDecoder
from kuleshov.decode.planes import Planes, surface
from kuleshov.kernels.crops import WHOLE, crops
from kuleshov.media.color import ColorSpec
from kuleshov.media.probe import probe
from kuleshov.surface import Surface

BOXES = [WHOLE, (0.2, 0.1, 0.7, 0.9), (-0.3, 0.6, 0.5, 1.4)]


class CropTap:
    """Takes every tenth frame and keeps the crops of ``BOXES``."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.taken: list[tuple[int, float, np.ndarray, np.ndarray]] = []

    def wants_frame(self, seconds: float) -> bool:
        self.asked.append(seconds)
        return len(self.asked) % 10 == 1

    def take_frame(self, frame: FullFrame) -> None:
        self.taken.append((frame.index, frame.seconds, *crops(frame, BOXES, width=12, height=8)))


def pictures(count, *, width=96, height=64):
    world = np.random.default_rng(0).integers(0, 256, (height // 8, width // 8 + 12, 3))
    world = world.repeat(8, axis=0).repeat(8, axis=1)
    return [np.ascontiguousarray(world[:, n % 80 : n % 80 + width]).astype(np.uint8) for n in range(count)]


def tapped(decoder_type, info, **options):
    tap = CropTap()
    for _ in decoder_type(info, tap=tap, **options):
        pass
    return tap


FILMS = {
    "anamorphic": {"aspect": Fraction(4, 3)},
    "10 bit": {"codec": "libx265", "pixel_format": "yuv420p10le", "options": {"x265-params": "log-level=none"}},
}


@pytest.mark.parametrize("name", FILMS)
def test_both_decoders_show_the_same_frames(gpu, tmp_path, make_film, name):
    gpu()
    frames = pictures(12, width=64, height=64)  # few and small: the emulation is slow
    info = probe(make_film(tmp_path / "film.mp4", frames, **FILMS[name]))
    cpu = tapped(CpuDecoder, info, width=16)
    nvdec = tapped(NvdecDecoder, info, device="cuda:0", width=16)
    assert cpu.asked == nvdec.asked
    assert len(cpu.asked) == 12
    assert [index for index, *_ in cpu.taken] == [0, 10]
    for ours, theirs in zip(cpu.taken, nvdec.taken, strict=True):
        assert ours[:2] == theirs[:2]
        np.testing.assert_array_equal(ours[2], theirs[2])
        np.testing.assert_array_equal(ours[3], theirs[3])


@pytest.mark.parametrize("name", ["video_90", "video_180"])
def test_full_frames_of_a_rotated_film_become_upright_crops(data, name):
    info = probe(next((data / "odd").rglob(f"{name}*")))
    sizes = []

    class Once(CropTap):
        def take_frame(self, frame: FullFrame) -> None:
            if not sizes:
                sizes.append(frame.shown_size)
                (picture,), _ = crops(frame, [WHOLE], width=frame.shown_size[0], height=frame.shown_size[1])
                self.whole = picture

    tap = Once()
    first = next(iter(CpuDecoder(info, tap=tap)))
    grey = first.luma[0].astype(np.float64)
    seen = tap.whole.mean(axis=0)
    assert seen.shape == grey.shape
    assert np.corrcoef(seen.ravel(), grey.ravel())[0, 1] > 0.97


def marked(turns: int) -> FullFrame:
    """An upright picture of 40 x 24, black but for a white rectangle, as it is coded when it is shown turned."""
    upright = np.full((24, 40), 16, np.uint8)
    upright[4:12, 24:36] = 235
    coded = np.ascontiguousarray(np.rot90(upright, turns))
    height, width = coded.shape
    pairs = np.full((height // 2, width // 2, 2), 128, np.uint8)
    shown = Surface(coded, pairs, height, width, width, width, 8)
    return FullFrame(shown, "cpu", ColorSpec(), (0, 0, width, height), (width, height), turns, (40, 24), 0, 0.0)


@pytest.mark.parametrize("turns", range(4))
def test_boxes_are_those_of_the_upright_picture(turns):
    pictures, shown = crops(marked(turns), [WHOLE, (24 / 40, 4 / 24, 36 / 40, 12 / 24)], width=40, height=24)
    np.testing.assert_allclose(shown, [(0, 0, 1, 1), (24 / 40, 4 / 24, 36 / 40, 12 / 24)])
    white = pictures[0, 0] > 0.5
    assert np.argwhere(white).min(axis=0).tolist() == [4, 24]
    assert np.argwhere(white).max(axis=0).tolist() == [11, 35]
    assert (pictures[1] > 0.99).all()


def test_what_is_outside_the_picture_is_cut_off_and_reported():
    _, shown = crops(marked(0), [(-1.0, 0.5, 0.5, 3.0)], width=8, height=8)
    np.testing.assert_allclose(shown, [(0, 0.5, 0.5, 1)])


@pytest.mark.parametrize("chroma", [(8, 6), (8, 12), (16, 12), (4, 3), None], ids=str)
def test_chroma_of_every_sampling_becomes_pairs_of_two_by_two(chroma):
    luma = np.arange(16 * 12, dtype=np.uint8).reshape(16, 12)
    cb, cr = (None, None) if chroma is None else (np.full(chroma, 90, np.uint8), np.full(chroma, 200, np.uint8))
    made = surface(Planes(luma, cb, cr, 8))
    assert made.chroma.shape == (8, 6, 2)
    assert made.luma is luma
    assert (made.chroma == ((90, 200) if chroma else (128, 128))).all()
