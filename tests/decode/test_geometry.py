"""What a file says of its picture besides the pixels: crops, mirrors, ranges of RGB, bars that few key frames show."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from kuleshov.decode.capabilities import why_not_nvdec
from kuleshov.decode.cpu import CpuDecoder
from kuleshov.decode.cpu_windows import CpuWindowReader
from kuleshov.decode.letterbox import picture_area
from kuleshov.decode.windows import Window
from kuleshov.media.container_crop import NO_CROP, Crop
from kuleshov.media.probe import probe

Maker = Callable[..., Path]
WIDTH, HEIGHT = 256, 144
IDENTITY = (1, 0, 0, 1)


def sides(left: int, right: int, *, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """A picture whose left and right halves are of two greys."""
    picture = np.full((height, width, 3), right, np.uint8)
    picture[:, : width // 2] = left
    return picture


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def patched(source: Path, target: Path, path: Sequence[bytes], change: Callable[[bytes], bytes]) -> Path:
    """Copy an MP4 file whose ``moov`` comes last, with the box at a path changed (all of its tracks)."""
    heads = {b"stsd": 8, b"avc1": 78, b"mp4v": 78, b"apcn": 78, b"hev1": 78}

    def edited(data: bytes, names: Sequence[bytes]) -> bytes:
        out, at = b"", 0
        while at + 8 <= len(data):
            size, kind = struct.unpack(">I4s", data[at : at + 8])
            content = data[at + 8 : at + size]
            if names and kind == names[0]:
                head = heads.get(kind, 0)
                content = change(content) if len(names) == 1 else content[:head] + edited(content[head:], names[1:])
            out += box(kind, content)
            at += size
        return out

    data = source.read_bytes()
    assert data.find(b"mdat") < data.find(b"moov")
    target.write_bytes(edited(data, path))
    return target


def clean_aperture(width: int, height: int, across: tuple[int, int] = (0, 1), down: tuple[int, int] = (0, 1)) -> bytes:
    return box(b"clap", struct.pack(">8i", width, 1, height, 1, *across, *down))


@pytest.mark.parametrize(
    ("codec", "entry", "suffix", "aperture", "crop"),
    [
        ("libx264", b"avc1", ".mp4", clean_aperture(192, 144), Crop(32, 0, 32, 0)),
        ("libx264", b"avc1", ".mov", clean_aperture(256, 100), Crop(0, 22, 0, 22)),
        ("libx264", b"avc1", ".mp4", clean_aperture(200, 100, (8, 1), (-12, 1)), Crop(36, 10, 20, 34)),
        ("mpeg4", b"mp4v", ".mp4", clean_aperture(128, 72), Crop(64, 36, 64, 36)),
        ("prores_ks", b"apcn", ".mov", clean_aperture(240, 136), Crop(8, 4, 8, 4)),
        ("libx264", b"avc1", ".mp4", clean_aperture(300, 144), NO_CROP),  # larger than the picture
        ("libx264", b"avc1", ".mp4", box(b"clap", b"\0" * 32), NO_CROP),  # broken
    ],
)
def test_a_clean_aperture_is_the_picture(codec, entry, suffix, aperture, crop, tmp_path, make_film):
    picture = np.full((HEIGHT, WIDTH, 3), (0, 255, 0), np.uint8)
    picture[crop.top : HEIGHT - crop.bottom, crop.left : WIDTH - crop.right] = 120
    options = {"profile": "standard"} if codec == "prores_ks" else {"crf": "1"} if codec == "libx264" else {}
    pixel_format = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
    source = make_film(
        tmp_path / f"whole{suffix}", [picture] * 6, codec=codec, pixel_format=pixel_format, options=options
    )
    names = [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", entry]
    film = patched(source, tmp_path / f"film{suffix}", names, lambda content: content + aperture)
    info = probe(film)
    assert info.crop == crop
    assert info.display_size == (WIDTH - crop.left - crop.right, HEIGHT - crop.top - crop.bottom)
    decoder = CpuDecoder(info)
    chroma = np.concatenate([batch.chroma for batch in decoder]).astype(int)
    if crop != NO_CROP:
        assert np.abs(chroma - 128)[:, 4:-4, 4:-4].max() < 20  # no green


def vint(value: int, length: int) -> bytes:
    return (value | 1 << 7 * length).to_bytes(length, "big")


def with_matroska_crop(source: Path, target: Path, crop: Crop) -> Path:
    """Copy a Matroska file written as a stream (sizes of segment and clusters unknown), with a crop in its track."""
    data = source.read_bytes()

    def element(at: int) -> tuple[bytes, int, int]:
        id_bytes = 9 - data[at].bit_length()
        size_bytes = 9 - data[at + id_bytes].bit_length()
        size = int.from_bytes(data[at + id_bytes : at + id_bytes + size_bytes], "big") & (1 << 7 * size_bytes) - 1
        return data[at : at + id_bytes], at + id_bytes + size_bytes, size

    def edited(start: int, end: int, names: Sequence[bytes]) -> bytes:
        out, at = b"", start
        while at < end:
            key, body, size = element(at)
            content = data[body : body + size]
            if key == names[0]:
                if len(names) == 1:
                    for name, value in zip((b"\x54\xcc", b"\x54\xbb", b"\x54\xdd", b"\x54\xaa"), crop, strict=True):
                        content += name + vint(2, 1) + value.to_bytes(2, "big")
                else:
                    content = edited(body, body + size, names[1:])
            out += key + vint(len(content), 8) + content
            at = body + size
        return out

    at = -1
    while True:  # the table of contents names the element too
        at = data.index(b"\x16\x54\xae\x6b", at + 1)
        _, body, size = element(at)
        if data[body] in (0xAE, 0xBF):  # a track, or a checksum
            break
    tracks = edited(at, body + size, [b"\x16\x54\xae\x6b", b"\xae", b"\xe0"])
    target.write_bytes(data[:at] + tracks + data[body + size :])
    return target


@pytest.mark.parametrize("crop", [Crop(32, 0, 32, 0), Crop(10, 20, 30, 40), Crop(0, 18, 0, 18)])
@pytest.mark.parametrize("codec", ["libx264", "ffv1"])
def test_the_crop_of_a_matroska_track_is_left_out(codec, crop, tmp_path):
    import av

    picture = np.full((HEIGHT, WIDTH, 3), (0, 255, 0), np.uint8)
    picture[crop.top : HEIGHT - crop.bottom, crop.left : WIDTH - crop.right] = 120
    source = tmp_path / "stream.mkv"
    with av.open(str(source), "w", format="matroska", options={"live": "1"}) as container:
        stream = container.add_stream(codec, rate=25, options={"crf": "1"} if codec == "libx264" else {})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(6):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    info = probe(with_matroska_crop(source, tmp_path / "film.mkv", crop))
    assert info.crop == crop
    assert info.shown_area == (crop.left, crop.top, WIDTH - crop.left - crop.right, HEIGHT - crop.top - crop.bottom)
    chroma = np.concatenate([batch.chroma for batch in CpuDecoder(info)]).astype(int)
    assert np.abs(chroma - 128)[:, 3:-3, 3:-3].max() < 20


@pytest.mark.parametrize(
    ("matrix", "degrees", "mirrored", "shown"),
    [
        ((-1, 0, 0, 1), 0, True, ((200, 40), (200, 40))),  # left to right
        ((1, 0, 0, -1), 180, True, ((40, 200), (40, 200))),  # upside down: mirrored, then turned
        ((0, 1, 1, 0), 270, True, ((40, 40), (200, 200))),  # transposed
        ((0, -1, -1, 0), 90, True, ((200, 200), (40, 40))),
        ((0, 1, -1, 0), 90, False, ((40, 40), (200, 200))),
        ((-1, 0, 0, -1), 180, False, ((200, 40), (200, 40))),
        (IDENTITY, 0, False, ((40, 200), (40, 200))),
    ],
)
@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_a_display_matrix_turns_and_mirrors(matrix, degrees, mirrored, shown, suffix, tmp_path, make_film):
    source = make_film(tmp_path / f"plain{suffix}", [sides(40, 200)] * 5)
    a, b, c, d = (number * 65536 for number in matrix)

    def turned(content: bytes) -> bytes:
        at = 40 + (12 if content[0] == 1 else 0)
        return content[:at] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30) + content[at + 36 :]

    film = patched(source, tmp_path / f"film{suffix}", [b"moov", b"trak", b"tkhd"], turned)
    info = probe(film)
    assert (info.rotation_degrees, info.mirrored) == (degrees, mirrored)
    batch = next(iter(CpuDecoder(info)))
    height, width = batch.luma.shape[1:]
    quarters = [[batch.luma[0, y * height // 4, x * width // 4].astype(int) for x in (1, 3)] for y in (1, 3)]
    np.testing.assert_allclose((np.array(quarters) - 16) * 255 / 219, shown, atol=6)
    (window,) = CpuWindowReader().read([Window(info, start_seconds=0.0, count=1)])
    rgb = window.rgb[0]
    corners = [[rgb[y * rgb.shape[0] // 4, x * rgb.shape[1] // 4, 0] for x in (1, 3)] for y in (1, 3)]
    np.testing.assert_allclose(corners, shown, atol=6)
    if mirrored:
        assert "mirrors" in (why_not_nvdec(info, lambda *_: pytest.fail("asked"), gpu="a GPU") or "")


@pytest.mark.parametrize(
    ("codec", "pixel_format", "suffix"),
    [
        ("ffv1", "bgr0", ".mkv"),
        ("ffv1", "gbrp10le", ".mkv"),
        ("ffv1", "gbrp16le", ".mkv"),
        ("libx264rgb", "rgb24", ".mkv"),
        ("png", "rgb24", ".mov"),
        ("png", "rgb48be", ".mov"),
        ("jpeg2000", "rgb24", ".mov"),
        ("qtrle", "rgb24", ".mov"),
        ("utvideo", "gbrp", ".avi"),
        ("rawvideo", "bgr24", ".avi"),
    ],
)
@pytest.mark.parametrize("tagged", ["full", "untagged"])
def test_rgb_is_full_range_however_it_is_tagged(codec, pixel_format, suffix, tagged, tmp_path):
    import av

    film = tmp_path / f"film{suffix}"
    with av.open(str(film), "w") as container:
        stream = container.add_stream(codec, rate=25, options={"crf": "0"} if codec == "libx264rgb" else {})
        stream.width, stream.height, stream.pix_fmt = 64, 36, pixel_format
        if tagged == "full":
            stream.codec_context.color_range = 2
        for number in range(5):
            frame = av.VideoFrame.from_ndarray(sides(24, 232, width=64, height=36), format="rgb24")
            frame = frame.reformat(format=pixel_format)
            if tagged == "full":
                frame.color_range = 2
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    info = probe(film)
    decoder = CpuDecoder(info)
    assert decoder.area == (0, 0, 64, 36)
    luma = np.concatenate([batch.luma for batch in decoder]).astype(float)
    assert ((luma - 16) / 219).mean() == pytest.approx(128 / 255, abs=0.006)
    (window,) = CpuWindowReader().read([Window(info, start_seconds=0.0, count=1)])
    assert window.rgb[0].mean() == pytest.approx(128, abs=2)


def title_then_pictures(path: Path, make_film: Maker, *, options: dict[str, str], **more: object) -> Path:
    title = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    title[60:84, 100:150] = 235
    random = np.random.default_rng(5)
    pictures = [np.full((HEIGHT, WIDTH, 3), level, np.uint8) for level in random.integers(90, 220, 100)]
    return make_film(path, [title] * 50 + pictures, options=options, **more)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".mov"])
def test_one_key_frame_does_not_decide_what_is_a_bar(suffix, tmp_path, make_film):
    options = {"g": "9999", "keyint_min": "9999", "sc_threshold": "0"}
    assert picture_area(probe(title_then_pictures(tmp_path / f"a{suffix}", make_film, options=options))) == (
        *(0, 0),
        *(WIDTH, HEIGHT),
    )


@pytest.mark.parametrize("options", [{"g": "25"}, {"g": "9999", "sc_threshold": "0"}])
def test_a_film_without_a_stated_length_is_read_for_its_bars(options, tmp_path):
    import av

    film = tmp_path / "recorded.mkv"
    with av.open(str(film), "w", format="matroska", options={"live": "1"}) as container:
        stream = container.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(150):
            picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
            picture[60:84, 100:150] = 235
            if number >= 50:
                picture[:] = 150
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert probe(film).duration_seconds is None
    assert picture_area(probe(film)) == (0, 0, WIDTH, HEIGHT)


def test_a_film_that_changes_its_frame_is_told(tmp_path, make_film):
    wide = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    wide[30:114] = 140
    full = np.full((HEIGHT, WIDTH, 3), 140, np.uint8)
    pictures = [wide] * 585 + [full] * 35 + [wide] * 630  # between two of the examined key frames
    film = make_film(tmp_path / "film.mp4", pictures, options={"g": "25", "sc_threshold": "0", "preset": "ultrafast"})
    decoder = CpuDecoder(probe(film))
    for _ in decoder:
        pass
    if decoder.area == (0, 0, WIDTH, HEIGHT):
        pytest.fail("the short passage was examined: the test must hide it better")
    assert any("the film changes its frame" in note for note in decoder.report.notes)


def test_bars_are_still_bars(tmp_path, make_film):
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[20:124] = 140
    film = make_film(tmp_path / "film.mp4", [picture] * 60, options={"g": "9999", "crf": "1"})
    decoder = CpuDecoder(probe(film))
    for _ in decoder:
        pass
    assert decoder.area == (0, 20, WIDTH, 104)
    assert not decoder.report.notes
