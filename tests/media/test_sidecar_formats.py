"""Subtitle files in WebVTT, ASS/SSA and TTML: times, speakers, styling, encodings, and what is broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuleshov.errors import MediaError
from kuleshov.media.cues import SubtitleLine
from kuleshov.media.sidecar import read_sidecar
from kuleshov.media.srt import decode_subtitles
from kuleshov.media.ttml import parse_ttml
from kuleshov.media.vtt import parse_vtt

ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,a note of the translator
Dialogue: 0,0:00:01.00,0:00:02.50,Default,Mary Ann,0,0,0,,{\\pos(10,20)\\i1}Hello{\\i0}, you,\\Nover there
Dialogue: 1,0:00:04.00,0:00:05.00,Default,,0,0,0,,{\\p1}m 0 0 l 10 10{\\p0}
Dialogue: 0,0:00:06.00,0:00:06.50,Default,,0,0,0,,Bye
"""
VTT = """WEBVTT - with a title

STYLE
::cue { color: red }

NOTE nobody reads this

intro
00:01.000 --> 00:02.500 align:start position:10%
<v Roger Bingham>We are <i>in</i> New <c.yellow>York</c> &amp; so on

00:03.000 --> 00:04.000
- <v.loud Mary>Hi</v>
- <v Bob>Yes</v>

01:00:00.000 --> 01:00:01.250
Plain <00:00:01.000>timed words
"""
TTML = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
    xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xml:lang="fr" ttp:frameRate="25" ttp:tickRate="10000000">
 <head><metadata><ttm:agent xml:id="m"><ttm:name type="full">Mary Ann</ttm:name></ttm:agent></metadata></head>
 <body><div begin="10s">
  <p begin="00:00:01.500" end="00:00:02:12" ttm:agent="m">One <span>two</span><br/>  three</p>
  <p begin="30000000t" dur="1500ms">four<metadata>not shown</metadata></p>
  <p><span begin="5s" end="6s">five</span> <span begin="6s" end="7s">six</span></p>
  <p begin="rubbish" end="9s">seven</p>
  <p begin="9s" end="8s">eight</p>
  <p begin="9s" end="9s">never shown</p>
  <p begin="1s" end="2s"> </p>
 </div></body>
</tt>"""


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["ass", "ssa"])
def test_ass_with_names_and_without_styling(ending: str, encoding: str, tmp_path: Path) -> None:
    read = read_sidecar(written(tmp_path / f"film.{ending}", ASS, encoding), language="en")
    assert read.lines == (
        SubtitleLine(1.0, 2.5, "Hello, you,\nover there", "Mary Ann"),
        SubtitleLine(6.0, 6.5, "Bye"),
    )
    assert (read.language, read.skipped, read.notes) == ("en", 0, ())


def test_webvtt_with_voices_and_without_styling(tmp_path: Path) -> None:
    read = read_sidecar(written(tmp_path / "film.vtt", VTT))
    assert read.lines == (
        SubtitleLine(1.0, 2.5, "We are in New York & so on", "Roger Bingham"),
        SubtitleLine(3.0, 4.0, "Hi", "Mary"),
        SubtitleLine(3.0, 4.0, "Yes", "Bob"),
        SubtitleLine(3600.0, 3601.25, "Plain timed words"),
    )
    assert read.skipped == 0


def test_ttml_in_every_kind_of_time(tmp_path: Path) -> None:
    read = read_sidecar(written(tmp_path / "film.ttml", TTML))
    assert read.lines == (
        SubtitleLine(11.5, 12.48, "One two\nthree", "Mary Ann"),
        SubtitleLine(13.0, 14.5, "four"),
        SubtitleLine(15.0, 16.0, "five"),
        SubtitleLine(16.0, 17.0, "six"),
    )
    assert (read.language, read.skipped) == ("fr", 2)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<tt", "no TTML that can be read"),
        ("<html/>", "outermost element is 'html'"),
        ('<!DOCTYPE tt [<!ENTITY a "aaaa">]><tt>&a;</tt>', "document type declaration"),
    ],
)
def test_what_is_no_ttml_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=reason):
        read_sidecar(written(tmp_path / "film.dfxp", text))


def test_broken_cues_of_other_formats_are_counted(tmp_path: Path) -> None:
    path = written(
        tmp_path / "film.vtt", VTT + "\n00:0x:01.000 --> 00:00:02.000\nlost\n\n02:00:00.000 --> 02:00:01.000\nlast\n"
    )
    read = read_sidecar(path)
    assert read.skipped == 1
    assert read.lines[-1].text == "last"
    assert "1 unreadable subtitle(s) left out" in read.notes[0]


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"known: \.srt, \.vtt, \.ass"):
        read_sidecar(written(tmp_path / "film.txt", "Hello"))


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Куда ты идёшь? Я не знаю, что тебе сказать.\nЯ ждал тебя всю ночь, но ты так и не пришла."),
        ("cp1253", "Πού πηγαίνεις; Δεν ξέρω τι να σου πω.\nΣε περίμενα όλη νύχτα αλλά δεν ήρθες ποτέ."),
        ("shift_jis", "どこへ行くの？何を言えばいいのか分からない。\n一晩中あなたを待っていたのに、来なかった。"),
        ("gb18030", "你要去哪里？我不知道该对你说什么。\n我等了你一整夜，但你始终没有来。"),
        ("euc_kr", "어디 가세요? 무슨 말을 해야 할지 모르겠어요.\n밤새 기다렸는데 오지 않았어요."),
        ("cp1256", "إلى أين أنت ذاهب؟ لا أعرف ماذا أقول لك.\nانتظرتك طوال الليل لكنك لم تأت."),
        ("cp1252", "Où vas-tu? Je t'ai attendue toute la nuit. Le garçon à côté a déjà mangé, c'est l'été.\n" * 4),
    ],
)
def test_old_code_pages_are_recognised_by_their_letters(encoding: str, text: str) -> None:
    decoded, note = decode_subtitles(text.encode(encoding))
    assert decoded == text
    assert note is not None
    assert "not UTF-8: read as" in note


@settings(deadline=None, max_examples=60)
@given(data=st.binary(max_size=200), ending=st.sampled_from(["vtt", "ass", "ttml"]))
def test_no_bytes_stop_a_reader(data: bytes, ending: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / f"any.{ending}"
    path.write_bytes(data)
    try:
        read = read_sidecar(path)
    except MediaError:
        return
    assert all(0 <= line.start_seconds < line.end_seconds for line in read.lines)


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.tuples(st.integers(0, 10**7), st.integers(1, 10**5), st.text("abcé日 .!", min_size=1).filter(str.strip)),
        min_size=1,
        max_size=8,
    )
)
def test_ttml_times_and_texts_survive(cues: list[tuple[int, int, str]]) -> None:
    body = "".join(f'<p begin="{start}ms" dur="{length}ms">{text}</p>' for start, length, text in cues)
    read, lost, _, _ = parse_ttml(f'<tt xmlns="http://www.w3.org/ns/ttml"><body><div>{body}</div></body></tt>')
    assert lost == 0
    assert [(cue.start_seconds, cue.end_seconds, cue.text) for cue in read] == [
        (start / 1000, (start + length) / 1000, " ".join(text.split())) for start, length, text in cues
    ]


@settings(deadline=None)
@given(st.text(st.sampled_from("0123456789:.-> \n<v>{}\\,WEBNOTE"), max_size=160))
def test_no_webvtt_text_stops_the_reader(text: str) -> None:
    cues, lost = parse_vtt("WEBVTT\n\n" + text)
    assert lost >= 0
    assert all(0 <= cue.start_seconds < cue.end_seconds for cue in cues)
