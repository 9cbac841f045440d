"""Subtitles divided into utterances: who says what, and sounds other than speech."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuleshov.cinema.dialogue.utterances import spoken_text, utterances
from kuleshov.media.subtitles import SubtitleLine


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("- Hello.\n- Goodbye!", [("speech", "Hello.", None), ("speech", "Goodbye!", None)]),
        ("- [gasps]\n- MARY: No.", [("sound", "gasps", None), ("speech", "No.", "MARY")]),
        (
            "JOHN: Who's there?\nMARY ANN:\nOnly\nme",
            [("speech", "Who's there?", "JOHN"), ("speech", "Only me", "MARY ANN")],
        ),
        ("(whispering) Come here", [("sound", "whispering", None), ("speech", "Come here", None)]),
        ("♪ la la\nla ♪", [("music", "la la la", None)]),
        ("♪♪", [("music", "", None)]),
        ("[DOOR SLAMS]", [("sound", "DOOR SLAMS", None)]),
        ("Listen: it's over", [("speech", "Listen: it's over", None)]),
        (">> NEXT, please\n>> Coming", [("speech", "NEXT, please", None), ("speech", "Coming", None)]),
        ("One line\nand its second", [("speech", "One line and its second", None)]),
        ("MAN (O.S.): Go!", [("speech", "Go!", "MAN")]),
        ("- ...", []),
    ],
)
def test_what_a_subtitle_holds(text: str, parts: list[tuple[str, str, str | None]]) -> None:
    found = utterances([SubtitleLine(1.0, 3.0, text)])
    assert [(line.kind, line.text, line.speaker) for line in found] == parts
    assert [line.index for line in found] == list(range(len(parts)))


def test_two_speakers_share_the_time_by_their_length() -> None:
    first, second = utterances([SubtitleLine(10.0, 14.0, "- Yes.\n- I don't think so.")])
    assert (first.start_seconds, second.end_seconds) == (10.0, 14.0)
    assert first.end_seconds == second.start_seconds == pytest.approx(10 + 4 * 4 / 21)


def test_the_speaker_that_the_format_names_holds_for_one_speaker_only() -> None:
    one, two, three = utterances([SubtitleLine(0, 1, "Hi", "Ann"), SubtitleLine(1, 2, "- Hi\n- You", "Ann")])
    assert (one.speaker, two.speaker, three.speaker) == ("Ann", None, None)


@settings(deadline=None)
@given(st.text(st.sampled_from("AB ab\n-:[]()♪#.!?>"), max_size=60))
def test_all_that_is_spoken_is_in_the_utterances_and_times_lie_in_the_subtitle(text: str) -> None:
    found = utterances([SubtitleLine(2.0, 3.0, text)])
    assert " ".join(line.text for line in found if line.kind == "speech") == spoken_text(text)
    speech = [line for line in found if line.kind == "speech"]
    assert all(2.0 <= line.start_seconds < line.end_seconds <= 3.0 for line in speech)
    assert all(a.end_seconds == b.start_seconds for a, b in itertools.pairwise(speech))
