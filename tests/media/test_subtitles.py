"""Reading subtitles: odd files, every text format inside films, and which source is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuleshov.errors import MediaError
from kuleshov.media.probe import probe
from kuleshov.media.sidecar import read_sidecar
from kuleshov.media.srt import decode_subtitles, parse_srt, plain_text
from kuleshov.media.subtitles import SubtitleLine, find_subtitles, read_embedded
from kuleshov.records import SubtitleTrack

ASS_HEADER = (
    b"[Script Info]\r\nScriptType: v4.00+\r\n\r\n[V4+ Styles]\r\nFormat: Name, Fontname, Fontsize, PrimaryColour, "
    b"SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, "
    b"BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\r\n"
    b"Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1\r\n\r\n"
    b"[Events]\r\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\r\n"
)


def stamp(milliseconds: int, mark: str = ",") -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}{rest:03d}"


def srt(*texts: str) -> str:
    """One subtitle a second, each for half a second."""
    return "".join(
        f"{number}\n{stamp(1000 * number)} --> {stamp(1000 * number + 500)}\n{text}\n\n"
        for number, text in enumerate(texts, 1)
    )


def write_subtitles(path: Path, codec: str, *lines: tuple[int, int, bytes]) -> Path:
    """Mux a subtitle track alone: (start ms, length ms, ASS text)."""
    import av
    from av.subtitles.subtitle import SubtitleSet

    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec)
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.subtitle_header = ASS_HEADER
        for number, (start, length, text) in enumerate(lines):
            line = SubtitleSet.create(b"%d,0,Default,,0,0,0,,%s" % (number, text), 0, length, pts=start)
            packet = stream.codec_context.encode_subtitle(line)
            packet.stream, packet.time_base = stream, Fraction(1, 1000)
            packet.pts = packet.dts = start
            packet.duration = length
            container.mux(packet)
    return path


@dataclass(frozen=True)
class Info:
    path: Path
    subtitle_tracks: tuple[SubtitleTrack, ...] = ()
    start_seconds: Fraction = Fraction(0)
    frame_rate: Fraction | None = Fraction(25)
    timecode: str | None = None


visible = st.text(
    st.characters(exclude_categories=("C", "Z", "M"), exclude_characters="<>{}&\\-0123456789"), min_size=1, max_size=20
)
cues = st.lists(
    st.tuples(
        st.integers(0, 36_000_000), st.integers(1, 60_000), st.lists(visible, min_size=1, max_size=3).map("\n".join)
    ),
    min_size=1,
    max_size=12,
)


dialects = st.fixed_dictionaries(
    {
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
        "new_line": st.sampled_from(["\n", "\r\n", "\r", "\r\r\n"]),
        "mark": st.sampled_from([",", "."]),
        "numbered": st.booleans(),
        "spaced": st.booleans(),
    }
)


@settings(deadline=None)
@given(cues=cues, dialect=dialects)
def test_what_was_written_is_read_whatever_the_dialect(
    cues: list[tuple[int, int, str]], dialect: dict[str, Any]
) -> None:
    rows = []
    for number, (start, length, text) in enumerate(cues, 1):
        rows += [str(number)] * dialect["numbered"]
        rows.append(f"{stamp(start, dialect['mark'])} --> {stamp(start + length, dialect['mark'])}")
        rows += [*text.split("\n"), *[""] * dialect["spaced"]]
    data = "".join(row + dialect["new_line"] for row in rows).encode(dialect["encoding"])
    text, note = decode_subtitles(data)
    read, skipped = parse_srt(text)
    assert (note, skipped) == (None, 0)
    assert [(round(cue.start_seconds * 1000), round(cue.end_seconds * 1000), cue.text) for cue in read] == [
        (start, start + length, text) for start, length, text in cues
    ]
    assert [plain_text(cue.text) for cue in read] == [text for _, _, text in cues]


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_stop_the_reader(data: bytes) -> None:
    cues, skipped = parse_srt(decode_subtitles(data)[0])
    assert skipped >= 0
    assert all(0 <= cue.start_seconds < cue.end_seconds for cue in cues)


@settings(deadline=None)
@given(st.text(st.sampled_from("0123456789:,.-> \n<i>{\\an8}x"), max_size=200))
def test_no_text_stops_the_reader(text: str) -> None:
    for cue in parse_srt(text)[0]:
        assert parse_srt(cue.text) == ([], 0), "no timing line may end up as words"
        plain_text(cue.text)


@pytest.mark.parametrize(
    ("name", "lines", "skipped", "first"),
    [
        ("pysrt/bom-utf-8.srt", 7, 0, "About 2 months ago I found myself on\nthe comment section of YouTube"),
        ("pysrt/bom-utf-16-le.srt", 7, 0, "About 2 months ago I found myself on\nthe comment section of YouTube"),
        ("pysrt/no-indexes.srt", 7, 0, "About 2 months ago I found myself on\nthe comment section of YouTube"),
        ("pysrt/invalid.srt", 0, 1, None),
        ("sintel/sintel_film_en_first12.srt", 12, 0, "This blade has a dark past."),
    ],
)
def test_odd_subtitle_files(data: Path, name: str, lines: int, skipped: int, first: str | None) -> None:
    read = read_sidecar(data / "srt" / name)
    assert (len(read.lines), read.skipped) == (lines, skipped)
    assert first is None or read.lines[0].text == first
    assert bool(read.notes) == bool(skipped)


def test_the_capability_tester_is_read_without_its_markup(data: Path) -> None:
    lines = read_sidecar(data / "srt/pysrt/capability_tester.srt").lines
    text = "\n".join(line.text for line in lines)
    assert "Hidden" not in text, "shown for no time"
    assert "This should be an E with an accent: È\n日本語\n" in text
    assert "This text should be at the\ntop and horizontally centered" in text
    assert "2<3,5>1,4<6" in text
    assert not any(markup in text for markup in ("<b>", "</font>", "{\\an", "X1:000"))


def test_broken_subtitles_are_skipped_with_their_text_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "film.srt"
    path.write_text(
        srt("One") + "7\n00:00:0x,000 --> 00:00:04,000\nBroken time\n\n8\nNo time at all\n\n"
        "9\n00:00:09,000 --> 00:00:08,000\nBackwards\n\n10\n00:00:10,000 --> 00:00:10,000\nNever shown\n\n"
        "11\n00:00:11,000 --> 00:00:12,000\nEleven\nwith 42\n\nand a blank line\n12\n00:00:13,5 --> 00:00:14.25\n"
        "Twelve\n"
    )
    read = read_sidecar(path)
    assert [line.text for line in read.lines] == ["One", "Eleven\nwith 42\nand a blank line", "Twelve"]
    assert (read.lines[-1].start_seconds, read.lines[-1].end_seconds) == (13.5, 14.25)
    assert read.skipped == 3
    assert read.notes == ("side-car film.srt: 3 unreadable subtitle(s) left out",)


@pytest.mark.parametrize(
    ("encoded", "text", "note"),
    [
        ("Café déjà".encode("cp1252"), "Café déjà", "not UTF-8: read as cp1252"),
        ("Grüße".encode("utf-16-le"), "Grüße", "no byte order mark: read as UTF-16-LE"),
        ("Grüße".encode("utf-16-be"), "Grüße", "no byte order mark: read as UTF-16-BE"),
        (
            "東京タワーの夜景を見ていた".encode() + b"\xff",
            "東京タワーの夜景を見ていた\ufffd",
            "1 broken UTF-8 sequence",
        ),
        (b"", "", None),
    ],
)
def test_encodings_without_a_mark_are_guessed_and_the_guess_is_noted(
    encoded: bytes, text: str, note: str | None
) -> None:
    decoded, told = decode_subtitles(encoded)
    assert decoded == text
    assert told is None if note is None else note in (told or "")


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("<i>Hello</i> <font color='red'>you</font>", "Hello you"),
        (r"{\an8}{\i1}Up here{\i0}", "Up here"),
        (r"Two\Nlines\hhere", "Two\nlines here"),
        (r"{\p1}m 0 0 l 100 0{\p0}Text", "Text"),
        ("{Y:i}slanted", "slanted"),
        ("Tom &amp; Jerry &lt;3", "Tom & Jerry <3"),
        ("\u200bhid\u2060den\ufeff", "hidden"),
        ("2 < 3 > 1 {really}", "2 < 3 > 1 {really}"),
        ("<i></i>", ""),
    ],
)
def test_markup_is_removed_and_text_kept(marked: str, plain: str) -> None:
    assert plain_text(marked) == plain


@pytest.mark.parametrize(
    ("codec", "ending"), [("subrip", "mkv"), ("ass", "mkv"), ("webvtt", "webm"), ("mov_text", "mp4")]
)
def test_embedded_tracks_of_every_text_format(codec: str, ending: str, tmp_path: Path) -> None:
    path = write_subtitles(
        tmp_path / f"film.{ending}", codec, (1000, 1500, rb"Hello, {\i1}World{\i0}"), (4000, 250, rb"Two\Nlines")
    )
    read = read_embedded(path, stream_index=0, start_seconds=0, language="eng")
    assert read.lines == (SubtitleLine(1.0, 2.5, "Hello, World"), SubtitleLine(4.0, 4.25, "Two\nlines"))
    assert (read.language, read.source, read.skipped) == ("eng", f"embedded track 0 ({codec})", 0)
    late = read_embedded(path, stream_index=0, start_seconds=Fraction(3, 2))
    assert [line.start_seconds for line in late.lines] == [0.0, 2.5], "times are the film's, clipped to its start"


def test_layers_of_one_text_are_one_line(tmp_path: Path) -> None:
    path = write_subtitles(tmp_path / "a.mkv", "ass", (1000, 900, rb"{\bord4}Glow"), (1000, 900, rb"{\bord0}Glow"))
    assert read_embedded(path, stream_index=0, start_seconds=0).lines == (SubtitleLine(1.0, 1.9, "Glow"),)


def test_a_stream_that_is_no_subtitle_track_is_refused(tmp_path: Path) -> None:
    path = write_subtitles(tmp_path / "a.mkv", "subrip", (0, 900, b"x"))
    with pytest.raises(MediaError, match=r"a\.mkv: stream 4 can't be read as subtitles \(subtitle tracks: 0\)"):
        read_embedded(path, stream_index=4, start_seconds=0)


def test_picture_subtitles_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Picture:
        type = b"bitmap"

    path = write_subtitles(tmp_path / "a.mkv", "subrip", (0, 900, b"x"))
    monkeypatch.setattr("av.subtitles.stream.SubtitleStream.decode", lambda *_: [Picture()], raising=False)
    with pytest.raises(MediaError, match="track 0 holds pictures, not text"):
        read_embedded(path, stream_index=0, start_seconds=0)


def test_the_real_film_with_two_subtitle_tracks(data: Path) -> None:
    found = find_subtitles(probe(data / "odd/torchcodec/nasa_13013_2audio_2subs.mp4"))
    assert found is not None
    assert (found.source, found.language) == ("embedded track 2 (mov_text)", "eng")
    assert [round(line.start_seconds, 2) for line in found.lines] == [0.21, 4.26, 8.35, 12.47]
    assert found.lines[2].text == "at NASA’s Goddard Space Flight Center in Greenbelt, Maryland."


@pytest.fixture
def beside(tmp_path: Path) -> Callable[..., Info]:
    """A film with two subtitle tracks, the first of pictures, and SRT files of these names beside it."""
    film = write_subtitles(tmp_path / "film.mkv", "subrip", (0, 900, b"inside"))
    tracks = (SubtitleTrack(7, "hdmv_pgs_subtitle", "deu", text=False), SubtitleTrack(0, "subrip", "fra", text=True))

    def put(*names: str) -> Info:
        for name in names:
            (tmp_path / name).write_text(srt(f"from {name}") if "empty" not in name else "")
        return Info(film, tracks)

    return put


@pytest.mark.parametrize(
    ("names", "text", "language"),
    [
        (["film.de.srt", "film.srt", "other.srt"], "from film.srt", None),
        (["film.en.srt", "film.de.sdh.srt"], "from film.de.sdh.srt", "de"),
        (["film.en-US.SRT"], "from film.en-US.SRT", "en-us"),
        (["film.director.srt"], "from film.director.srt", None),
        (["film.aa.forced.srt", "film.en.srt"], "from film.en.srt", "en"),
        (["film.2.mkv", "film.2.srt", "film2.srt"], "inside", "fra"),
        ([], "inside", "fra"),
    ],
)
def test_which_subtitles_are_taken(
    names: list[str], text: str, language: str | None, beside: Callable[..., Info]
) -> None:
    found = find_subtitles(beside(*names))
    assert found is not None
    assert (found.lines[0].text, found.language, found.notes) == (text, language, ())


def test_what_was_tried_in_vain_is_noted(beside: Callable[..., Info]) -> None:
    info = beside("film.empty.srt")
    (info.path.parent / "film.srt").mkdir()
    found = find_subtitles(info)
    assert found is not None
    assert found.source == "embedded track 0 (subrip)"
    assert len(found.notes) == 3
    assert "film.srt: can't be opened" in found.notes[0]
    assert "side-car film.empty.srt holds no subtitles" in found.notes[2]


def test_no_subtitles_and_only_empty_ones(beside: Callable[..., Info], tmp_path: Path) -> None:
    bare = Info(beside("film.empty.srt").path)
    found = find_subtitles(bare)
    assert found is not None
    assert found.lines == ()
    (tmp_path / "film.empty.srt").unlink()
    assert find_subtitles(bare) is None


def test_a_missing_file_and_a_line_that_runs_backwards_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"gone\.srt: can't be opened: No such file"):
        read_sidecar(tmp_path / "gone.srt")
    with pytest.raises(ValueError, match="times must ascend"):
        SubtitleLine(2.0, 1.0, "x")


def test_what_is_there_and_not_read_is_named(tmp_path: Path) -> None:
    film = write_subtitles(tmp_path / "film.mkv", "subrip", (0, 900, b"Halt!"))
    (tmp_path / "film.en.forced.srt").write_text(srt("forced"))
    pictures = SubtitleTrack(7, "dvd_subtitle", "deu", text=False)
    forced = SubtitleTrack(0, "subrip", "fra", text=True, flags=("forced",))
    found = find_subtitles(Info(film, (pictures, forced, SubtitleTrack(8, "unknown", None, text=False))))
    assert found is not None
    assert found.lines == ()
    assert found.notes == (
        "side-car film.en.forced.srt is there, not read (forced: foreign words and signs only)",
        "embedded track 7 (dvd_subtitle): subtitles are there, not read (they are pictures)",
        "embedded track 0 (subrip) is there, not read (forced: foreign words and signs only)",
        "embedded track 8 (unknown): subtitles are there, not read (no decoder)",
    )


def test_the_reason_of_a_choice_is_told(tmp_path: Path) -> None:
    film = write_subtitles(tmp_path / "film.mkv", "subrip", (0, 900, b"all of it"))
    tracks = (SubtitleTrack(4, "subrip", None, True, "Signs"), SubtitleTrack(0, "subrip", None, True))
    found = find_subtitles(Info(film, tracks))
    assert found is not None
    assert found.notes == ("embedded track 0 (subrip): of 2 text tracks: it is no forced",)
