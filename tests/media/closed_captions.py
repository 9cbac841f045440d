"""Closed captions (CEA-608) written down for tests, as Scenarist files hold them."""

from __future__ import annotations

HEADER = "Scenarist_SCC V1.0\n\n"


def pop_on(start: str, text: str, clear: str) -> str:
    """A caption that appears as a whole, and when it is cleared."""
    return f"{start}\t9420 9420 94ae 94ae 9470 9470 {_text(text)} 942f 942f\n\n{clear}\t942c 942c\n\n"


def roll_up(start: str, text: str) -> str:
    """A row that pushes the last one up."""
    return f"{start}\t9425 9425 94ad 94ad 9470 9470 {_text(text)}\n\n"


def paint_on(start: str, text: str) -> str:
    """A row that is written before the eyes."""
    return f"{start}\t9429 9429 9470 9470 {_text(text)}\n\n"


def more(start: str, text: str) -> str:
    return f"{start}\t{_text(text)}\n\n"


def clear(start: str) -> str:
    return f"{start}\t942c 942c\n\n"


def _text(text: str) -> str:
    codes = [ord(letter) | (0x80 if ord(letter).bit_count() % 2 == 0 else 0) for letter in text + " " * (len(text) % 2)]
    return " ".join(f"{first:02x}{second:02x}" for first, second in zip(codes[::2], codes[1::2], strict=True))
