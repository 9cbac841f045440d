"""Words per shot of a film of eight seconds, whatever its subtitles look like; and what its notes say about them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuleshov.media.live import LiveInput
from kuleshov.media.probe import probe
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.job.film_job import FilmJob
from kuleshov.pipeline.job.settings import Settings
from kuleshov.pipeline.job.user_shots import ListedShots
from kuleshov.pipeline.live_words import LiveWords
from kuleshov.records import Analysis
from kuleshov.shotlists.read import read_shot_list

HEAD = "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\nStyle: Default,Arial,20\n"
HEAD += "\n[Events]\n"
HEAD += "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"


def stamp(seconds: float, mark: str = ",") -> str:
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{mark}{round(seconds % 1 * 1000):03d}"


def srt(*lines: tuple[float, float, str], origin: float = 0.0) -> str:
    return "".join(
        f"{at}\n{stamp(origin + start)} --> {stamp(origin + end)}\n{text}\n\n"
        for at, (start, end, text) in enumerate(lines, 1)
    )


FOUR = (
    (0.5, 1.5, "Where have you been all night?"),
    (2.5, 3.5, "I was walking by the river."),
    (4.5, 5.5, "Nobody walks there in winter."),
    (6.2, 7.5, "Then I must have been alone."),
)
ROLLING = (
    (0.5, 1.9, "where have you been"),
    (2.1, 3.9, "where have you been\nwalking by the river"),
    (4.1, 5.9, "walking by the river\nall night long"),
)
SIGN = "".join(
    f"Dialogue: 1,0:00:{2 + at / 25:05.2f},0:00:{2.04 + at / 25:05.2f},Default,,0,0,0,,{{\\pos({at},9)}}Closed now\n"
    for at in range(50)
)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, make_film: Callable[..., Path]) -> Path:
    """Eight seconds without sound, ten pictures a second; and a list of its four shots of two seconds."""
    folder = tmp_path_factory.mktemp("captions")
    places = np.random.default_rng(5).integers(0, 255, (4, 6, 8, 3)).repeat(8, axis=1).repeat(8, axis=2)
    path = make_film(folder / "film.mkv", [place for place in places.astype(np.uint8) for _ in range(20)], rate=10)
    (folder / "shots.txt").write_text("0 19\n20 39\n40 59\n60 79\n")
    return path


@pytest.fixture(scope="module")
def described(film: Path) -> Callable[..., Analysis]:
    """``described(folder, name, content)``: the film with a file beside it."""
    shots = ListedShots(read_shot_list(film.with_name("shots.txt")))
    pipeline = Pipeline(Settings(shots="off", device="cpu"))

    def describe(folder: Path, name: str, content: str, *, of: Path = film) -> Analysis:
        path = folder / f"film{of.suffix}"
        shutil.copy(of, path)
        (folder / name).write_text(content)
        return pipeline.describe(FilmJob(probe(path), user_shots=shots)).analysis

    return describe


def words(analysis: Analysis) -> list[int | None]:
    return [shot.dialogue and shot.dialogue.words for shot in analysis.shots]


@pytest.mark.parametrize(
    ("name", "content", "right", "told"),
    [
        ("film.srt", srt(*FOUR), [6, 6, 5, 6], ""),
        ("film.srt", srt(*FOUR, origin=3600), [6, 6, 5, 6], "count from 01:00:00, a whole hour"),
        ("film.vtt", "WEBVTT\n\n" + srt(*FOUR, origin=36_000).replace(",", "."), [6, 6, 5, 6], "count from 10:00:00"),
        ("film.srt", srt(*ROLLING), [4, 4, 3, 0], ""),
        (
            "film.ass",
            HEAD + "Dialogue: 0,0:00:00.50,0:00:01.50,Default,,0,0,0,,Where are you?\n" + SIGN,
            [3, 2, 0, 0],
            "",
        ),
        (
            "film.srt",
            srt(*FOUR, (47_700.0, 47_702.0, "Subtitles by nobody")),
            [6, 6, 5, 6],
            "1 line(s) beyond the film's end",
        ),
        ("film.srt", srt(*FOUR[:3], (6.2, 47_702.0, "alone")), [6, 6, 5, 1], ""),
        ("film.sub", "{5}{15}Where are you?\n{62}{75}Alone.\n", [3, 0, 0, 1], "read at the film's 10 a second"),
        ("film.srt", srt((1200.0, 1202.0, "Another film")), [None] * 4, "all its 1 lines lie beyond the film's end"),
        ("film.idx", "# VobSub index file, v7", [None] * 4, "film.idx is there, not read (they are pictures)"),
    ],
)
def test_words_of_each_shot(
    tmp_path: Path, described: Callable[..., Analysis], name: str, content: str, right: list[int | None], told: str
) -> None:
    analysis = described(tmp_path, name, content)
    assert words(analysis) == right
    notes = analysis.provenance.notes
    assert any(told in note for note in notes), notes
    assert not any("cut short" in note for note in notes), notes


def mux(film: Path, path: Path, *lines: tuple[float, float, str]) -> Path:
    """The film with a text track of these lines."""
    import av

    folder = path.parent / "sub"
    folder.mkdir()
    (folder / "lines.srt").write_text(srt(*lines))
    codec = "mov_text" if path.suffix == ".mp4" else "subrip"
    with av.open(str(film)) as pictures, av.open(str(folder / "lines.srt")) as texts, av.open(str(path), "w") as out:
        video: Any = out.add_stream_from_template(pictures.streams.video[0])
        text: Any = out.add_stream(codec)
        text.codec_context.time_base, text.codec_context.subtitle_header = Fraction(1, 1000), HEAD.encode()
        for packet in texts.demux(texts.streams[0]):
            if packet.size:
                content = bytes(packet)
                made = av.Packet(len(content).to_bytes(2, "big") + content if codec == "mov_text" else content)
                made.pts = made.dts = packet.pts
                made.duration, made.time_base, made.stream = packet.duration, packet.time_base, text
                out.mux(made)
        for packet in pictures.demux(pictures.streams.video[0]):
            if packet.size:
                packet.stream = video
                out.mux(packet)
    return path


@pytest.mark.parametrize("ending", [".mkv", ".mp4"])
def test_a_stray_last_line_inside_the_film_cuts_nothing_short(
    tmp_path: Path, film: Path, described: Callable[..., Analysis], ending: str
) -> None:
    """The container is as long as its longest track: half a day."""
    (tmp_path / "made").mkdir()
    made = mux(film, tmp_path / "made" / f"film{ending}", (0.5, 1.5, "Where are you?"), (47_700.0, 47_702.0, "stray"))
    info = probe(made)
    assert (info.duration_seconds, info.duration_of_pictures) == (pytest.approx(8.0, abs=0.11), True)
    analysis = described(tmp_path, "none", "", of=made)
    assert words(analysis) == [3, 0, 0, 0]
    notes = analysis.provenance.notes
    assert any("1 line(s) beyond the film's end left out (from 13:15:00 on" in note for note in notes), notes
    assert not any("cut short" in note for note in notes)


def test_sound_that_goes_on_is_no_missing_end(tmp_path: Path, make_film: Callable[..., Path]) -> None:
    frames = [np.full((48, 64, 3), 12 * number, np.uint8) for number in range(20)]
    sound = np.zeros((1, 48_000 * 6), np.float32)
    for ending in ("mp4", "mkv", "mov"):
        path = make_film(tmp_path / f"film.{ending}", frames, rate=10, sound=sound)
        assert probe(path).duration_seconds == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize(("follow", "found"), [(None, FOUR[0][2]), (1.0, None)])
def test_a_live_file_that_is_whole_has_an_end(
    tmp_path: Path, film: Path, follow: float | None, found: str | None
) -> None:
    """Times from ten hours on are counted from there, unless the file may still grow."""
    shutil.copy(film, tmp_path / "film.mkv")
    (tmp_path / "film.srt").write_text(srt(*FOUR, origin=36_000))
    live = LiveInput(str(tmp_path / "film.mkv"), follow_seconds=follow)
    try:
        words = LiveWords(live, Fraction(0)).around(1.0)
    finally:
        live.close()
    assert words is not None
    assert (words.lines[0].text if words.lines[0].start_seconds < 1 else None) == found
