"""The part of the coded picture that a container says is to be shown: clean aperture (MP4, QuickTime), crop (Matroska).

FFmpeg applies the crop of the bitstream itself, but hands on that of the container only as side data, which PyAV does
not give out. So the few boxes that hold it are read here: ISO/IEC 14496-12 (``clap``) and RFC 9559 (``PixelCrop...``).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

_MP4, _MATROSKA = "mp4", "matroska"  # in FFmpeg's names of the formats
_VISUAL_ENTRY_BYTES = 78  # of a sample entry of pictures, before its boxes


_SEGMENT, _TRACKS, _TRACK_ENTRY, _TRACK_TYPE, _TRACK_NUMBER, _VIDEO = 0x18538067, 0x1654AE6B, 0xAE, 0x83, 0xD7, 0xE0
_CROP = {0x54CC: "left", 0x54BB: "top", 0x54DD: "right", 0x54AA: "bottom"}
_CLUSTER, _VIDEO_TRACK = 0x1F43B675, 1


class Crop(NamedTuple):
    """Pixels of the coded picture that are not shown, at each side."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0


NO_CROP = Crop()


def container_crop(path: Path, *, container: str, track_id: int, order: int, width: int, height: int) -> Crop:
    """Return the crop that the container states for a video track, none where it states none or an impossible one.

    ``container`` is FFmpeg's name of the format, ``track_id`` the track's number in the file, ``order`` which of the
    video tracks it is (taken where no track has that number), ``width`` and ``height`` the size of the coded picture.
    """
    if _MP4 in container:
        read = _clean_apertures
    elif _MATROSKA in container:
        read = _matroska_crops
    else:
        return NO_CROP
    try:
        with path.open("rb") as file:
            crops = read(file, width, height)
    except (OSError, struct.error, ValueError, IndexError, ZeroDivisionError):
        return NO_CROP  # FFmpeg read the file all the same
    numbers = [number for number, _ in crops]
    at = numbers.index(track_id) if track_id in numbers else order
    crop = crops[at][1] if at < len(crops) else NO_CROP
    fits = min(crop) >= 0 and crop.left + crop.right < width and crop.top + crop.bottom < height
    return crop if fits else NO_CROP


def _clean_apertures(file: BinaryIO, width: int, height: int) -> list[tuple[int, Crop]]:
    """Each video track's number and crop."""
    crops = []
    for start, end in _boxes(file, 0, file.seek(0, 2), b"moov"):
        for track in _boxes(file, start, end, b"trak"):
            (header, _), *_ = [*_boxes(file, *track, b"tkhd"), (0, 0)]
            file.seek(header)
            version = file.read(1)
            file.seek(header + (20 if version == b"\1" else 12))
            number = int.from_bytes(file.read(4), "big")
            for entry, entry_end in _sample_entries(file, *track):
                crop = NO_CROP
                for aperture, _ in _boxes(file, entry + _VISUAL_ENTRY_BYTES, entry_end, b"clap"):
                    file.seek(aperture)
                    crop = _crop_of(struct.unpack(">8i", file.read(32)), width, height)
                crops.append((number, crop))
    return crops


def _crop_of(numbers: tuple[int, ...], width: int, height: int) -> Crop:
    """A clean aperture: width, height, and how far its centre lies from the picture's, each as a fraction."""
    shown_width, shown_height, across, down = (
        numerator / denominator for numerator, denominator in zip(numbers[::2], numbers[1::2], strict=True)
    )
    left, top = round((width - shown_width) / 2 + across), round((height - shown_height) / 2 + down)
    return Crop(left, top, width - left - round(shown_width), height - top - round(shown_height))


def _sample_entries(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The first sample entry of a track, if it is one of pictures."""
    spans = [(start, end)]
    for name in (b"mdia", b"minf"):
        spans = [inner for span in spans for inner in _boxes(file, *span, name)]
    for span in spans:
        if not any(_boxes(file, *span, b"vmhd")):
            continue
        for table in _boxes(file, *span, b"stbl"):
            for descriptions, descriptions_end in _boxes(file, *table, b"stsd"):
                yield from list(_boxes(file, descriptions + 8, descriptions_end))[:1]


def _boxes(file: BinaryIO, start: int, end: int, name: bytes | None = None) -> Iterator[tuple[int, int]]:
    """Where the content of the boxes of a name begins and ends, of all boxes for ``None``."""
    while start + 8 <= end:
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        body = start + 8
        if size == 1:
            size, body = struct.unpack(">Q", file.read(8))[0], start + 16
        elif size == 0:
            size = end - start
        if size < body - start:
            return
        if name is None or kind == name:
            yield body, min(start + size, end)
        start += size


def _matroska_crops(file: BinaryIO, width: int, height: int) -> list[tuple[int, Crop]]:
    """Each video track's number and crop."""
    end = file.seek(0, 2)
    crops = []
    for segment in _elements(file, 0, end):
        if segment[0] != _SEGMENT:
            continue
        for kind, tracks, tracks_end in _elements(file, *segment[1:]):
            if kind == _CLUSTER:  # tracks come before
                break
            if kind != _TRACKS:
                continue
            for entry in _elements(file, tracks, tracks_end):
                if entry[0] == _TRACK_ENTRY and (track := _track_crop(file, *entry[1:])) is not None:
                    crops.append(track)
    return crops


def _track_crop(file: BinaryIO, start: int, end: int) -> tuple[int, Crop] | None:
    number, kind, sides = 0, 0, {}
    for key, body, body_end in _elements(file, start, end):
        if key == _TRACK_NUMBER:
            number = _unsigned(file, body, body_end)
        elif key == _TRACK_TYPE:
            kind = _unsigned(file, body, body_end)
        elif key == _VIDEO:
            for inner, value, value_end in _elements(file, body, body_end):
                if inner in _CROP:
                    sides[_CROP[inner]] = _unsigned(file, value, value_end)
    return (number, Crop(**sides)) if kind == _VIDEO_TRACK else None


def _elements(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The EBML elements of a stretch of a file: id, and where the content begins and ends."""
    while start < end:
        file.seek(start)
        key, key_bytes = _vint(file, keep_marker=True)
        size, size_bytes = _vint(file, keep_marker=False)
        body = start + key_bytes + size_bytes
        unknown = size == (1 << 7 * size_bytes) - 1
        body_end = end if unknown else min(body + size, end)
        yield key, body, body_end
        start = body_end


def _vint(file: BinaryIO, *, keep_marker: bool) -> tuple[int, int]:
    """A number of variable length, and how many bytes it takes."""
    first = file.read(1)[0]
    length = 9 - first.bit_length()
    if length > 8:
        raise ValueError("no EBML number")
    value = first if keep_marker else first & (0xFF >> length)
    return int.from_bytes(bytes([value]) + file.read(length - 1), "big"), length


def _unsigned(file: BinaryIO, start: int, end: int) -> int:
    file.seek(start)
    return int.from_bytes(file.read(min(end - start, 8)), "big")
