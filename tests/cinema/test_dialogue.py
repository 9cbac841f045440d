"""What counts as speech, and how lines are assigned to shots."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuleshov.cinema.dialogue.dialogue import count_words, describe_dialogue
from kuleshov.cinema.dialogue.utterances import spoken_text
from kuleshov.media.subtitles import SubtitleLine
from kuleshov.records import Dialogue


def described(lines: list[SubtitleLine], start_seconds: float, end_seconds: float) -> Dialogue:
    dialogue = describe_dialogue(lines, start_seconds=start_seconds, end_seconds=end_seconds)
    assert dialogue is not None
    return dialogue


@pytest.mark.parametrize(
    ("text", "said", "words"),
    [
        ("[door slams]", "", 0),
        ("(sighs) I don't know.", "I don't know.", 3),
        ("♪ la la\nla ♪", "", 0),
        ("# la la la #", "", 0),
        ("#1 is here", "#1 is here", 3),
        ("JOHN: Who's there?!", "Who's there?!", 2),
        ("MR. SMITH (O.S.): Go!", "Go!", 1),
        ("WOMAN ON TV:\nBreaking news", "Breaking news", 2),
        ("Listen: it's over", "Listen: it's over", 3),
        ("- Hello.\n- Goodbye!", "Hello. Goodbye!", 2),
        ("- [gasps]\n- MARY: No.", "No.", 1),
        (">> NEXT, please", "NEXT, please", 2),
        ("one [unclosed remark", "one", 1),
        ("in 3.5 well-known ways", "in 3.5 well-known ways", 4),
        ("¿Dónde está l'église?", "¿Dónde está l'église?", 3),
        ("こんにちは世界", "こんにちは世界", 4),
        ("- ...", "", 0),
    ],
)
def test_only_speech_counts(text: str, said: str, words: int) -> None:
    assert spoken_text(text) == said
    assert count_words(said) == words


def test_a_segment_with_two_lines() -> None:
    lines = [
        SubtitleLine(1, 3, "Who are you?\nAnd why?!"),
        SubtitleLine(4, 5, "JOHN: Nobody!!"),
        SubtitleLine(9, 10, "x"),
    ]
    assert describe_dialogue(lines, start_seconds=0, end_seconds=6, language="en") == Dialogue(
        lines=2,
        words=6,
        words_per_second=2.0,
        speech_share=0.5,
        questions=2,
        exclamations=2,
        text="Who are you? And why?!\nNobody!!",
        language="en",
    )


def test_no_subtitles_is_not_the_same_as_nobody_speaking() -> None:
    assert describe_dialogue(None, start_seconds=0, end_seconds=5) is None
    assert describe_dialogue([], start_seconds=0, end_seconds=5) is None
    elsewhere = [SubtitleLine(8, 9, "Hello"), SubtitleLine(1, 3, "[thunder]")]
    assert described(elsewhere, 0, 5) == Dialogue(0, 0, 0.0, 0.0, 0, 0, "", None)


def test_a_line_over_a_cut_is_shared_by_time() -> None:
    lines = [SubtitleLine(2, 6, "one two three four five six seven eight?")]
    before, after = described(lines, 0, 3), described(lines, 3, 10)
    assert (before.words, after.words) == (2, 6)
    assert (before.lines, after.lines) == (1, 1)
    assert before.text == after.text
    assert (before.questions, after.questions) == (0, 1), "asked once, where the line's middle lies"
    assert before.words_per_second == after.words_per_second == pytest.approx(2)
    assert (before.speech_share, after.speech_share) == (pytest.approx(1 / 3), pytest.approx(3 / 7))


def test_a_line_that_overhangs_a_cut_by_two_frames_stays_with_its_shot() -> None:
    after = described([SubtitleLine(2, 3.08, "one two three")], 3, 8)
    assert (after.lines, after.text, after.words) == (0, "", 0)
    shot_of_two_frames = described([SubtitleLine(2, 6, "one two three")], 3, 3.08)
    assert shot_of_two_frames.lines == 1


def test_lines_on_screen_together_count_their_time_once() -> None:
    lines = [SubtitleLine(0, 4, "one two three four"), SubtitleLine(1, 3, "five six")]
    dialogue = described(lines, 0, 8)
    assert (dialogue.speech_share, dialogue.words_per_second) == (0.5, 1.5)


@settings(deadline=None)
@given(
    spans=st.lists(st.tuples(st.floats(0, 50), st.floats(0.2, 10), st.integers(1, 12)), min_size=1, max_size=8),
    cuts=st.lists(st.floats(0.1, 59.9), max_size=6),
)
def test_shares_add_up_over_the_shots(spans: list[tuple[float, float, int]], cuts: list[float]) -> None:
    lines = [SubtitleLine(start, start + length, "word " * words + "!") for start, length, words in spans]
    borders = sorted({0.0, 61.0, *cuts})
    shots = [described(lines, start, end) for start, end in itertools.pairwise(borders)]
    film = described(lines, 0, 61)
    assert sum(shot.exclamations for shot in shots) == film.exclamations == len(lines)
    assert abs(sum(shot.words for shot in shots) - film.words) <= 0.5 * len(shots) + 0.5
    on_seconds = sum(
        shot.speech_share * (end - start) for shot, (start, end) in zip(shots, itertools.pairwise(borders), strict=True)
    )
    assert on_seconds == pytest.approx(film.speech_share * 61)
    assert all(0 <= shot.speech_share <= 1 for shot in shots)
