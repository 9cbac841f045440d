"""Who answers whom, how often, and who interrupts whom."""

from __future__ import annotations

from kuleshov.cinema.dialogue.speakers import describe_speakers
from kuleshov.records import LINE_EMOTIONS, Line, LineEmotion


def line(at: float, text: str, speaker: str | None, *, valence: float | None = None) -> Line:
    shares = dict.fromkeys(LINE_EMOTIONS, 1 / 7)
    emotion = None if valence is None else LineEmotion(shares, valence, 0.0, 0.0)
    return Line(round(at * 10), at, at + 2.0, "speech", text, speaker, emotion)


def test_turns_are_counted_within_a_conversation() -> None:
    lines = [
        line(0, "Where were you?", "ANNA", valence=-0.5),
        line(2, "I was at the--", "BRUNO"),
        line(4, "Liar!", "Anna", valence=0.1),
        line(6, "Let him speak.", "CLARA"),
        line(8, "Thank you.", "BRUNO"),
        line(10, "And more.", "BRUNO"),
        line(60, "Much later.", "ANNA"),
        line(62, "Hm.", None),
        line(64, "Hm?", "CLARA"),
    ]
    lines.insert(2, Line(99, 3.0, 4.0, "sound", "door slams", None, None))
    anna, bruno, clara = describe_speakers(lines)
    assert (anna.name, anna.lines, anna.words, anna.seconds, anna.questions) == ("ANNA", 3, 6, 6.0, 1)
    assert anna.followed_by == {"BRUNO": 1, "CLARA": 1}
    assert bruno.followed_by == {"ANNA": 1}
    assert clara.followed_by == {"BRUNO": 1}
    assert (anna.interruptions, bruno.interruptions, clara.interruptions) == (1, 0, 0)
    assert anna.valence is not None
    assert abs(anna.valence - (-0.5 * 3 + 0.1) / 4) < 1e-12
    assert bruno.valence is None


def test_without_names_there_are_no_speakers() -> None:
    assert describe_speakers([line(0, "Hello.", None), line(2, "Hello.", None)]) == []
