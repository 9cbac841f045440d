"""The timecode that a file states numbers what is exported, and positions given in it are understood."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuleshov.export.listing import film_listing
from kuleshov.export.write import listing_content
from kuleshov.media.probe import probe
from kuleshov.media.timecode import NTSC_30, NTSC_60, timecode_rate
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.shotlists.edits import Edits, apply_edits

from .conftest import CUTS, pictures


def write(
    path: Path, timecode: str, *, rate: Fraction | int = 25, codec: str = "libx264", frames: Any = None, **options: str
) -> Path:
    """Write a film with a timecode where its container keeps one."""
    import av

    frames = pictures() if frames is None else frames
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate, options=options)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        if timecode:
            (stream if path.suffix in (".mov", ".mp4") else container).metadata["timecode"] = timecode
        for number, picture in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


FEW = [np.full((48, 64, 3), 20 * number, np.uint8) for number in range(4)]


@pytest.mark.parametrize(
    ("ending", "codec", "rate", "timecode"),
    [
        ("mov", "libx264", 25, "10:23:45:12"),
        ("mp4", "libx264", 24, "23:59:58:23"),
        ("mkv", "ffv1", 25, "09:59:50:00"),
        ("mxf", "mpeg2video", 25, "01:00:00:00"),
        ("mxf", "mpeg2video", NTSC_30, "01:00:00;02"),
        ("avi", "mpeg4", 30, "00:59:30:00"),
        ("mov", "mpeg4", NTSC_60, "10:00:00;59"),
        ("mov", "libx264", NTSC_30, "10:00:00:29"),
    ],
)
def test_the_timecode_is_read(tmp_path: Path, ending: str, codec: str, rate: Any, timecode: str) -> None:
    assert probe(write(tmp_path / f"a.{ending}", timecode, rate=rate, codec=codec, frames=FEW)).timecode == timecode


def test_raw_dv(tmp_path: Path) -> None:
    """Its timecode is in the pictures; its frame rate is not FFmpeg's average."""
    frames = [np.full((576, 720, 3), 20 * number, np.uint8) for number in range(4)]
    info = probe(write(tmp_path / "a.dv", "10:11:12:13", codec="dvvideo", frames=frames))
    assert (info.timecode, info.frame_rate) == ("10:11:12:13", 25)


def test_a_film_without_timecode_has_none(tmp_path: Path) -> None:
    info = probe(write(tmp_path / "a.mkv", "", frames=FEW))
    assert (info.timecode, info.gop_timecode) == (None, None)


@pytest.mark.parametrize(
    ("name", "rate", "timecode", "begins"),
    [
        ("a.mov", 25, "10:23:45:12", ["10:23:45:12", "10:23:46:04", "10:23:47:02", "10:23:47:23"]),
        ("b.mov", NTSC_30, "00:59:59;20", ["00:59:59;20", "01:00:00;07", "01:00:01;00", "01:00:01;21"]),
        ("c.mov", NTSC_30, "00:08:59:20", ["00:08:59:20", "00:09:00:07", "00:09:01:00", "00:09:01:21"]),
        ("d.mkv", 24, "23:59:59:00", ["23:59:59:00", "23:59:59:17", "00:00:00:16", "00:00:01:13"]),
    ],
)
def test_what_is_exported_is_numbered_by_it(
    tmp_path: Path, pipeline: Pipeline, name: str, rate: Any, timecode: str, begins: list[str]
) -> None:
    described = pipeline.describe(write(tmp_path / name, timecode, rate=rate))
    film = described.analysis.film
    assert film.timecode == timecode
    options: dict[str, Any] = {"unit": "shot", "frame_seconds": described.measured.frame_seconds}
    listing = film_listing(described.analysis, **options)
    edl = listing_content(listing, "edl").decode()
    assert re.findall(r"^\d+ .* C +(\S+) ", edl, flags=re.MULTILINE) == begins
    assert ("FCM: DROP FRAME" in edl) == (";" in timecode)
    assert listing.notes == [f"{film.title}: timecodes begin at {timecode}, the file's own (--start changes that)"]
    items = json.loads(listing_content(listing, "json"))["items"]
    assert [item["timecode_in"] for item in items] == begins
    asked = film_listing(described.analysis, first_timecode="01:00:00:00", **options)
    assert asked.notes == []
    assert " 01:00:00" in listing_content(asked, "edl").decode()
    # A place in the film's own timecode is understood where shots are edited.
    counted = timecode_rate(Fraction(rate), drop=";" in timecode)
    split = counted.timecode(counted.frame(timecode) + 30)
    cuts = [shot.transition_in for shot in described.analysis.shots[1:]]
    for text in (split, counted.timecode(30), "30"):
        edited = apply_edits(
            cuts, Edits(splits=(f"1@{text}",)), frame_count=CUTS[-1], rate=counted, first_timecode=timecode
        )
        assert [cut.end_frame for cut in edited] == [17, 30, 40, 61]


@pytest.mark.parametrize(
    ("name", "codec", "timecode", "options", "says"),
    [
        (
            "a.avi",
            "mpeg4",
            "10:00:00:27",
            {},
            "the file's timecode 10:00:00:27 is none at 25 frames a second",
        ),
        ("b.avi", "mpeg4", "24:10:00:00", {}, "the file's timecode 24:10:00:00 is none"),
        ("c.avi", "mpeg4", "about ten", {}, "the file's timecode about ten is none"),
        ("d.ts", "mpeg2video", "", {"gop_timecode": "10:11:12:13"}, "numbered from 10:11:12:1"),
    ],
)
def test_a_timecode_that_is_not_used_is_told(
    tmp_path: Path, pipeline: Pipeline, name: str, codec: str, timecode: str, options: dict[str, str], says: str
) -> None:
    described = pipeline.describe(write(tmp_path / name, timecode, codec=codec, frames=FEW * 3, **options))
    assert described.analysis.film.timecode is None
    assert any(says in note for note in described.analysis.provenance.notes), described.analysis.provenance.notes


def test_a_film_of_variable_rate_is_numbered_from_its_first_picture(describe: Any) -> None:
    """Pictures that begin 0.7 s after the container's zero, as they do where sound begins first."""
    ticks = tuple(40 * number + (500 if number >= 40 else 0) + (9 if number % 3 else 0) for number in range(90))
    described = describe(Fraction(25), ticks=ticks, ending="mkv")
    shots = [
        replace(shot, start_seconds=shot.start_seconds + 0.7, end_seconds=shot.end_seconds + 0.7)
        for shot in described.analysis.shots
    ]
    times = described.measured.frame_seconds
    late = film_listing(replace(described.analysis, shots=shots), unit="shot", frame_seconds=times + 0.7)
    assert late.numbering(described.analysis.film).by_time
    at_once = film_listing(described.analysis, unit="shot", frame_seconds=times)
    assert listing_content(late, "edl") == listing_content(at_once, "edl")
