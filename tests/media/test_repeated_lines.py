"""Lines that are on screen again are one line: rolling and painted captions, moving signs, lines written twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from kuleshov.media.cues import SubtitleLine
from kuleshov.media.repeated_lines import without_repeats
from kuleshov.media.sidecar import read_sidecar
from kuleshov.media.subtitles import read_embedded

from .test_subtitles import write_subtitles

Row = tuple[float, float, str]

SPOKEN: list[Row] = [
    (0.5, 1.9, "where have you been"),
    (2.0, 3.9, "walking by the river"),
    (4.0, 5.9, "all night long"),
]

ROLLING: dict[str, list[Row]] = {
    "two rows": [
        (0.5, 1.9, "where have you been"),
        (2.0, 3.9, "where have you been\nwalking by the river"),
        (4.0, 5.9, "walking by the river\nall night long"),
    ],
    "three rows": [
        (0.5, 1.9, "where have you been"),
        (2.0, 3.9, "where have you been\nwalking by the river"),
        (4.0, 5.9, "where have you been\nwalking by the river\nall night long"),
    ],
    "held for a moment": [
        (0.5, 1.88, "where have you been"),
        (1.88, 1.9, "where have you been"),
        (2.0, 3.88, "where have you been\nwalking by the river"),
        (3.88, 3.9, "walking by the river"),
        (4.0, 5.9, "walking by the river\nall night long"),
    ],
    "overlapping": [
        (0.5, 3.9, "where have you been"),
        (2.0, 5.9, "where have you been\nwalking by the river"),
        (4.0, 5.9, "walking by the river\nall night long"),
    ],
    "after a pause": [
        (0.5, 1.9, "where have you been"),
        (2.3, 3.9, "where have you been\nwalking by the river"),
        (4.3, 5.9, "walking by the river\nall night long"),
    ],
    "painted word by word": [
        (0.5, 0.8, "where"),
        (0.8, 1.2, "where have"),
        (1.2, 1.9, "where have you been"),
        (2.0, 3.0, "walking by"),
        (3.0, 3.9, "walking by the river"),
        (4.0, 5.0, "all"),
        (5.0, 5.9, "all night long"),
    ],
    "painted letter by letter": [
        (0.5, 0.6, "wh"),
        (0.6, 0.7, "wher"),
        (0.7, 0.8, "where have y"),
        (0.8, 1.9, "where have you been"),
        (2.0, 3.9, "walking by the river"),
        (4.0, 4.1, "al"),
        (4.1, 5.9, "all night long"),
    ],
    "painted below the last row": [
        (0.5, 1.9, "where have you been"),
        (2.0, 2.5, "where have you been\nwalking"),
        (2.5, 3.9, "where have you been\nwalking by the river"),
        (4.0, 5.0, "walking by the river\nall"),
        (5.0, 5.9, "walking by the river\nall night long"),
    ],
    "each twice": [row for row in SPOKEN for _ in range(2)],
    "each twice, late": [
        shown for start, end, text in SPOKEN for shown in ((start, end - 0.2, text), (start + 0.2, end, text))
    ],
    "on three layers, cut in pieces": [
        (start + piece * (end - start) / 4, start + (piece + 1) * (end - start) / 4, text)
        for start, end, text in SPOKEN
        for piece in range(4)
        for _ in range(3)
    ],
}


def lines(rows: list[Row]) -> list[SubtitleLine]:
    return [SubtitleLine(*row) for row in rows]


@pytest.mark.parametrize("name", ROLLING)
def test_each_line_counts_once_and_where_it_is_spoken(name: str) -> None:
    done = without_repeats(lines(ROLLING[name]))
    assert [line.text for line in done] == [text for _, _, text in SPOKEN]
    for line, (start, end, _) in zip(done, SPOKEN, strict=True):
        assert line.start_seconds == pytest.approx(start, abs=0.31)
        assert line.end_seconds == pytest.approx(end, abs=0.11)


@pytest.mark.parametrize("name", ROLLING)
def test_what_is_read_once_stays(name: str) -> None:
    once = without_repeats(lines(ROLLING[name]))
    assert without_repeats(once) == once


@pytest.mark.parametrize(
    "rows",
    [
        SPOKEN,
        [(1, 2, "No."), (2.5, 3, "No.")],
        [(1, 2, "No."), (2.1, 3, "No."), (3.2, 4, "No. I won't.")],
        [(1, 2, "No"), (2, 4, "Nobody came")],
        [(1, 2, "A car"), (2, 3, "A carpet")],
        [(1, 3, "Hello"), (2, 4, "Who is there?"), (5, 6, "Hello")],
        [(1, 2, "where have you been"), (9, 11, "where have you been\nwalking by the river")],
    ],
)
def test_what_is_said_again_is_kept(rows: list[Row]) -> None:
    assert without_repeats(lines(rows)) == tuple(lines(rows))


def test_who_speaks_tells_lines_apart() -> None:
    both = [SubtitleLine(1, 2, "No.", "ANNA"), SubtitleLine(2, 3, "No.", "BEN")]
    assert without_repeats(both) == tuple(both)


def test_a_moving_sign_beside_speech_is_one_line() -> None:
    sign = [(2 + at * 0.04, 2.04 + at * 0.04, "Railway station closed") for at in range(50)]
    speech = [(0.5, 1.5, "Where have you been?"), (2.5, 3.5, "By the river.")]
    done = without_repeats(lines([*sign, *speech]))
    assert [(line.text, round(line.start_seconds, 2), round(line.end_seconds, 2)) for line in done] == [
        ("Where have you been?", 0.5, 1.5),
        ("Railway station closed", 2.0, 4.0),
        ("By the river.", 2.5, 3.5),
    ]


def srt(rows: list[Row]) -> str:
    def stamp(seconds: float) -> str:
        return f"00:00:{int(seconds):02d},{round(seconds % 1 * 1000):03d}"

    return "\n".join(f"{at}\n{stamp(s)} --> {stamp(e)}\n{text}\n" for at, (s, e, text) in enumerate(rows, 1))


def vtt(rows: list[Row]) -> str:
    placed = re.sub(r"(--> .*)", r"\1 align:start position:0%", srt(rows).replace(",", "."))
    return f"WEBVTT\nKind: captions\n\n{placed}"


def sbv(rows: list[Row]) -> str:
    return "\n".join(f"0:00:{s:06.3f},0:00:{e:06.3f}\n{text}\n" for s, e, text in rows)


def microdvd(rows: list[Row]) -> str:
    parts = [f"{{{round(s * 100)}}}{{{round(e * 100)}}}{text.replace(chr(10), '|')}" for s, e, text in rows]
    return "\n".join(["{1}{1}100", *parts]) + "\n"


def ttml(rows: list[Row]) -> str:
    paragraphs = "".join(
        f'<p begin="{s:.3f}s" end="{e:.3f}s">{text.replace(chr(10), "<br/>")}</p>' for s, e, text in rows
    )
    return f'<tt xmlns="http://www.w3.org/ns/ttml"><body><div>{paragraphs}</div></body></tt>'


@pytest.mark.parametrize("name", ["two rows", "held for a moment", "painted word by word", "each twice, late"])
@pytest.mark.parametrize(
    ("ending", "write"), [("srt", srt), ("vtt", vtt), ("sbv", sbv), ("sub", microdvd), ("ttml", ttml)]
)
def test_in_every_format(tmp_path: Path, name: str, ending: str, write: Callable[[list[Row]], str]) -> None:
    path = tmp_path / f"film.{ending}"
    path.write_text(write(ROLLING[name]))
    assert [line.text for line in read_sidecar(path).lines] == [text for _, _, text in SPOKEN]


@pytest.mark.parametrize("name", ["two rows", "held for a moment", "painted word by word"])
@pytest.mark.parametrize(
    ("ending", "codec"), [("mkv", "subrip"), ("mkv", "ass"), ("mkv", "webvtt"), ("mp4", "mov_text"), ("webm", "webvtt")]
)
def test_in_every_track(tmp_path: Path, name: str, ending: str, codec: str) -> None:
    rows = [
        (round(start * 1000), round((end - start) * 1000), text.replace("\n", "\\N").encode())
        for start, end, text in ROLLING[name]
    ]
    path = write_subtitles(tmp_path / f"film.{ending}", codec, *rows)
    found = read_embedded(path, stream_index=0, start_seconds=Fraction(0))
    assert [line.text for line in found.lines] == [text for _, _, text in SPOKEN]
