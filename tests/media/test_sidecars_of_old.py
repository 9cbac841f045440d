"""Subtitle formats of broadcasters, video sites and old players: MicroDVD, SubViewer, MPL2, SBV, SAMI, SCC, STL."""

from __future__ import annotations

import struct
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kuleshov.media.sidecar import ENDINGS, read_sidecar
from kuleshov.media.subtitles import find_subtitles, read_embedded

from . import closed_captions as cc
from .test_subtitles import Info, write_subtitles

#: What all of them hold: start, end, text.
SPOKEN = [(0.48, 1.48, "Where have you been?"), (2.48, 3.48, "By the river.\nAll night."), (6.0, 7.2, "Alone.")]

MICRODVD = "{12}{37}Where have you been?\n{62}{87}By the river.|All night.\n{150}{180}{y:i}Alone.\n"
SUBVIEWER = (
    "00:00:00.48,00:00:01.48\nWhere have you been?\n\n00:00:02.48,00:00:03.48\nBy the river.[br]All night.\n\n"
    "00:00:06.00,00:00:07.20\nAlone.\n"
)
SAMI = """<SAMI><HEAD><TITLE>x</TITLE><STYLE TYPE="text/css"><!--
P { margin-left: 8pt; }
.ENCC { Name: English; lang: en-US; SAMIType: CC; }
.FRCC { Name: Fran&ccedil;ais; lang: fr-FR; SAMIType: CC; }
--></STYLE></HEAD><BODY>
<SYNC Start=480><P Class=ENCC>Where have you
been?
<SYNC Start=480><P Class=FRCC>O&ugrave;&nbsp;?
<SYNC Start=1480><P Class=ENCC>&nbsp;
<SYNC Start=1480><P Class=FRCC>&nbsp
<SYNC Start=2480><P Class=ENCC><font color="#ff0000">By the river.</font><br>All night.
<SYNC Start="3480"><P Class=ENCC>&nbsp;
<sync start=6000><p class=encc>Alone.
<SYNC Start=7200><P Class=ENCC>&nbsp;
</BODY></SAMI>
"""
FILES = {
    "microdvd.sub": f"{{1}}{{1}}25.000\n{MICRODVD}",
    "microdvd from zero.sub": f"{{0}}{{0}}25\n{MICRODVD}",
    "microdvd with comma.sub": f"\ufeff{{1}}{{1}}25,000\r\n{MICRODVD}",
    "subviewer.sub": f"[INFORMATION]\n[TITLE]x\n[END INFORMATION]\n[SUBTITLE]\n[COLF]&HFFFFFF,[SIZE]18\n{SUBVIEWER}",
    "subviewer bare.sub": SUBVIEWER,
    "youtube.sbv": SUBVIEWER.replace("00:00:", "0:00:")
    .replace("[br]", "\n")
    .replace(".48", ".480")
    .replace(".20", ".200"),
    "sami.smi": SAMI,
    "sami.sami": SAMI,
    "spruce.stl": (
        "//Font select\n$FontName = Arial\n$Bold = FALSE\n\n00:00:00:12 , 00:00:01:12 , Where have you been?\n"
        "00:00:02:12 , 00:00:03:12 , ^IBy the river.^I|All night.\n00:00:06:00,00:00:07:05,Alone.\n"
    ),
    "itunes.itt": (
        '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:timeBase="smpte" '
        'ttp:frameRate="25"><body><div><p begin="00:00:00:12" end="00:00:01:12">Where have you been?</p>'
        '<p begin="00:00:02:12" end="00:00:03:12">By the river.<br/>All night.</p>'
        '<p begin="00:00:06:00" end="00:00:07:05">Alone.</p></div></body></tt>'
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_they_all_say_the_same(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FILES[name].encode())
    found = read_sidecar(tmp_path / name, frame_rate=Fraction(25))
    assert [(line.start_seconds, line.end_seconds, line.text) for line in found.lines] == [
        (pytest.approx(start, abs=0.001), pytest.approx(end, abs=0.001), text) for start, end, text in SPOKEN
    ]
    assert found.skipped == 0


def test_mpl2_counts_tenths_of_a_second(tmp_path: Path) -> None:
    (tmp_path / "film.mpl").write_text(
        "[5][15]Where have you been?\n[25][35]/By the river.|All night.\n[60][72]Alone.\n"
    )
    found = read_sidecar(tmp_path / "film.mpl")
    assert [(line.start_seconds, line.text) for line in found.lines] == [
        (0.5, "Where have you been?"),
        (2.5, "By the river.\nAll night."),
        (6.0, "Alone."),
    ]


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24_000, 1001), Fraction(25), Fraction(50)])
def test_frames_are_those_of_the_film_where_the_file_states_no_rate(tmp_path: Path, rate: Fraction) -> None:
    (tmp_path / "film.sub").write_text(MICRODVD)
    found = read_sidecar(tmp_path / "film.sub", frame_rate=rate)
    assert [line.start_seconds for line in found.lines] == pytest.approx(
        [float(n / rate) for n in (12, 62, 150)], abs=1e-3
    )
    assert f"it states no frame rate: read at the film's {float(rate):.5g} a second" in found.notes[0]
    (tmp_path / "film.sub").write_text(FILES["microdvd.sub"])
    assert read_sidecar(tmp_path / "film.sub", frame_rate=rate).lines[0].start_seconds == pytest.approx(0.48)


def test_what_can_not_be_read_is_counted(tmp_path: Path) -> None:
    (tmp_path / "a.smi").write_text(SAMI.replace("Start=2480", "Start=soon"))
    assert read_sidecar(tmp_path / "a.smi").skipped == 1
    (tmp_path / "a.stl").write_text(FILES["spruce.stl"].replace("00:00:02:12 ,", "00:00:02 ,"))
    assert read_sidecar(tmp_path / "a.stl", frame_rate=Fraction(25)).skipped == 1


@pytest.mark.parametrize(
    ("language", "first"), [(None, "Where have you been?"), ("en", "Where have you been?"), ("fr", "Où ?")]
)
def test_of_several_languages_one_is_read(tmp_path: Path, language: str | None, first: str) -> None:
    (tmp_path / "film.smi").write_text(SAMI)
    found = read_sidecar(tmp_path / "film.smi", language=language)
    assert found.lines[0].text.replace("\u00a0", " ") == first
    assert "of its languages en-us, fr-fr" in found.notes[0]


def test_pop_on_captions(tmp_path: Path) -> None:
    text = (
        cc.HEADER
        + cc.pop_on("00:00:00:14", "Where have you been?", "00:00:01:14")
        + cc.pop_on("00:00:06;00", "Alone.", "00:00:07;06")
    )
    (tmp_path / "film.scc").write_text(text)
    found = read_sidecar(tmp_path / "film.scc")
    assert [(line.start_seconds, line.end_seconds, line.text) for line in found.lines] == [
        (pytest.approx(0.47, abs=0.05), pytest.approx(1.47, abs=0.05), "Where have you been?"),
        (pytest.approx(6.0, abs=0.05), pytest.approx(7.2, abs=0.05), "Alone."),
    ]


ROLLING = (
    cc.HEADER
    + cc.roll_up("00:00:00:15", "where have you been")
    + cc.roll_up("00:00:02:05", "walking by the river")
    + cc.roll_up("00:00:04:05", "all night long")
    + cc.clear("00:00:06:00")
)
PAINTED = (
    cc.HEADER
    + cc.paint_on("00:00:00:15", "where have")
    + cc.more("00:00:01:00", " you been")
    + cc.clear("00:00:02:00")
    + cc.paint_on("00:00:02:05", "walking by the river")
    + cc.clear("00:00:04:00")
    + cc.paint_on("00:00:04:05", "all night long")
    + cc.clear("00:00:06:00")
)


@pytest.mark.parametrize("text", [ROLLING, PAINTED], ids=["rolling", "painted"])
def test_rolling_and_painted_captions(tmp_path: Path, text: str) -> None:
    (tmp_path / "film.scc").write_text(text)
    found = read_sidecar(tmp_path / "film.scc")
    assert [(line.text, round(line.start_seconds, 1)) for line in found.lines] == [
        ("where have you been", 0.5),
        ("walking by the river", 2.2),
        ("all night long", 4.2),
    ]
    assert [line.end_seconds for line in found.lines] == pytest.approx([2.0, 4.0, 6.0], abs=0.2)


def test_closed_captions_in_a_track(tmp_path: Path) -> None:
    """QuickTime's caption track: the packets of a Scenarist file, put into a film."""
    import av

    (tmp_path / "film.scc").write_text(ROLLING)
    with av.open(str(tmp_path / "film.scc")) as source, av.open(str(tmp_path / "film.mov"), "w") as film:
        track: Any = film.add_stream_from_template(source.streams[0])
        for packet in source.demux(source.streams[0]):
            if packet.size:
                packet.stream = track
                film.mux(packet)
    found = read_embedded(tmp_path / "film.mov", stream_index=0, start_seconds=0)
    assert found.source == "embedded track 0 (eia_608)"
    assert [line.text for line in found.lines] == ["where have you been", "walking by the river", "all night long"]
    starts = [line.start_seconds for line in found.lines]
    assert [after - before for before, after in pairwise(starts)] == pytest.approx([1.7, 2.0], abs=0.1)


def ebu_stl(
    *subtitles: tuple[str, str, bytes],
    rate: int = 25,
    start: str = "00000000",
    code: bytes = b"00",
    language: bytes = b"09",
) -> bytes:
    """EBU Tech 3264: a header and a block a subtitle: time code in, out, and text with its codes."""
    header = bytearray(b" " * 1024)
    header[0:3], header[3:11], header[11:12], header[12:14], header[14:16] = (
        b"850",
        b"STL%d.01" % rate,
        b"1",
        code,
        language,
    )
    header[238:243] = header[243:248] = b"%05d" % len(subtitles)
    header[248:251], header[251:253], header[253:255], header[255:256] = b"001", b"40", b"23", b"1"
    header[256:264] = header[264:272] = start.encode()
    blocks = bytes(header)
    for number, (first, last, text) in enumerate(subtitles):
        times = [int(part) for code_ in (first, last) for part in code_.split(":")]
        blocks += struct.pack("<BHBB8BBBB", 0, number, 0xFF, 0, *times, 20, 2, 0) + text.ljust(112, b"\x8f")
    return blocks


SUBTITLES = (
    ("00:00:00:12", "00:00:01:12", b"\x0b\x0bWhere have you been?\x0a\x0a"),
    ("00:00:02:12", "00:00:03:12", b"By the river.\x8aAll night."),
    ("00:00:06:00", "00:00:07:05", b"\x80Alone.\x81"),
)


def at_hour(hour: int) -> tuple[tuple[str, str, bytes], ...]:
    return tuple((f"{hour:02d}{first[2:]}", f"{hour:02d}{last[2:]}", text) for first, last, text in SUBTITLES)


@pytest.mark.parametrize(
    ("subtitles", "options", "origin"),
    [
        (SUBTITLES, {}, 0.0),
        (at_hour(10), {"start": "10000000"}, 36_000.0),
        (at_hour(1), {"start": "00000000"}, 0.0),
        (at_hour(10), {"rate": 30, "start": "09595900"}, 35_999.0),
    ],
)
def test_ebu_stl(tmp_path: Path, subtitles: Any, options: dict[str, Any], origin: float) -> None:
    (tmp_path / "film.stl").write_bytes(ebu_stl(*subtitles, **options))
    found = read_sidecar(tmp_path / "film.stl")
    hours = int(subtitles[0][0][:2]) * 3600
    frames = options.get("rate", 25)
    assert [line.text for line in found.lines] == [text for _, _, text in SPOKEN]
    assert [line.start_seconds - hours for line in found.lines] == pytest.approx([12 / frames, 2 + 12 / frames, 6.0])
    assert (found.origin_seconds, found.language, found.skipped) == (origin, "en", 0)


@pytest.mark.parametrize(
    ("code", "text", "says"),
    [
        (b"00", b"O\xc1u est l'\xc2ecole \xc8a No\xc8el?", "Où est l'école ä Noël?"),
        (b"01", "Где ты был?".encode("iso8859-5"), "Где ты был?"),
        (b"03", "Πού ήσουν;".encode("iso8859-7"), "Πού ήσουν;"),
    ],
)
def test_alphabets_of_ebu_stl(tmp_path: Path, code: bytes, text: bytes, says: str) -> None:
    (tmp_path / "film.stl").write_bytes(ebu_stl(("00:00:00:12", "00:00:01:12", text), code=code))
    assert [line.text for line in read_sidecar(tmp_path / "film.stl").lines] == [says]


def test_a_broken_block_costs_no_other(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    broken = (("00:00:01:00", "00:00:00:12", b"backwards"), ("00:99:01:00", "00:99:02:12", b"never"))
    endless = ("00:00:00:13", "23:00:00:00", b"stays")
    data = ebu_stl(SUBTITLES[0], *broken, endless, *SUBTITLES[1:], language=b"ZZ") + b"cut short"
    (tmp_path / "film.stl").write_bytes(data)
    found = read_sidecar(tmp_path / "film.stl")
    assert [line.text for line in found.lines if line.text != "stays"] == [text for _, _, text in SPOKEN]
    assert [line.start_seconds for line in found.lines] == pytest.approx([0.48, 0.52, 2.48, 6.0])
    assert found.skipped == 2
    assert capfd.readouterr().err == ""
    (tmp_path / "other.stl").write_bytes(b"850STL25.01" + b"\xff" * 1200)
    assert read_sidecar(tmp_path / "other.stl").lines == ()


EBU_TT = """<?xml version="1.0" encoding="UTF-8"?>
<tt:tt xmlns:tt="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:timeBase="smpte"
 ttp:frameRate="25" xml:lang="de"><tt:head><tt:metadata><ebuttm:documentMetadata xmlns:ebuttm="urn:ebu:tt:metadata">
<ebuttm:documentStartOfProgramme>10:00:00:00</ebuttm:documentStartOfProgramme></ebuttm:documentMetadata></tt:metadata>
</tt:head><tt:body><tt:div><tt:p begin="10:00:00:12" end="10:00:01:12">Wo warst du?</tt:p></tt:div></tt:body></tt:tt>"""


def test_ebu_tt_states_where_the_programme_begins(tmp_path: Path) -> None:
    film = write_subtitles(tmp_path / "film.mkv", "subrip", (0, 900, b"x"))
    (tmp_path / "film.xml").write_text(EBU_TT)
    found = find_subtitles(Info(film), end_seconds=8.0)
    assert found is not None
    assert [(line.start_seconds, line.text) for line in found.lines] == [(pytest.approx(0.48), "Wo warst du?")]
    assert found.notes == ("side-car film.xml: its times count from 10:00:00, as it states",)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("film.sub", b"\x00\x00\x01\xba\x44", "its subtitles are pictures (VobSub)"),
        ("film.idx", b"# VobSub index file, v7", "side-car film.idx is there, not read (they are pictures)"),
        ("film.de.sup", b"PG", "side-car film.de.sup is there, not read (they are pictures)"),
        ("film.pac", b"\x01", "side-car film.pac is there, not read (no reader for .pac)"),
        ("film.usf", b"<USFSubtitles/>", "side-car film.usf is there, not read (no reader for .usf)"),
        ("film.en.mks", b"\x1a\x45\xdf\xa3", "side-car film.en.mks is there, not read (no reader for .mks)"),
        ("film.sub", b"no subtitles", "film.sub"),
    ],
)
def test_what_is_there_and_not_read_is_named(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    film = write_subtitles(tmp_path / "film.mkv", "subrip", (0, 900, b"x"))
    (tmp_path / name).write_bytes(content)
    (tmp_path / "film.xml").write_text("<movie><title>no subtitles</title></movie>")
    (tmp_path / "film.nfo").write_text("not subtitles")
    found = find_subtitles(Info(film))
    assert found is not None
    assert found.lines == ()
    assert says in " ".join(found.notes)
    assert "film.xml" not in " ".join(found.notes)


def test_a_pair_of_pictures_is_named_once(tmp_path: Path) -> None:
    film = write_subtitles(tmp_path / "film.mkv", "subrip", (0, 900, b"x"))
    (tmp_path / "film.idx").write_text("# VobSub index file, v7")
    (tmp_path / "film.sub").write_bytes(b"\x00\x00\x01\xba")
    found = find_subtitles(Info(film))
    assert found is not None
    assert [note.split()[1] for note in found.notes] == ["film.idx", "film.sub"]


def test_subtitles_of_another_film_give_way(tmp_path: Path) -> None:
    """A side-car that lies beyond the film as a whole is not taken; the track inside is."""
    from kuleshov.records import SubtitleTrack

    film = write_subtitles(tmp_path / "film.mkv", "subrip", (500, 900, b"inside"))
    (tmp_path / "film.srt").write_text("1\n00:20:00,000 --> 00:20:02,000\nAnother film\n")
    info = Info(film, (SubtitleTrack(0, "subrip", None, text=True),))
    found = find_subtitles(info, end_seconds=8.0)
    assert found is not None
    assert [line.text for line in found.lines] == ["inside"]
    assert "side-car film.srt: all its 1 lines lie beyond the film's end (from 00:20:00 on)" in found.notes


def test_every_ending_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs/dialogue.md").read_text(encoding="utf-8")
    assert all(f"`{ending}`" in page for ending in ENDINGS)
