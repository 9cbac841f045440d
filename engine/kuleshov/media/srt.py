"""Lenient reading of SubRip text: bytes in any encoding, timing lines, and all kinds of markup.

The packages pysubs2 and srt were tried first: pysubs2 takes a broken timing line for words of the subtitle before and
counts nothing; srt does so with a subtitle without timing, and logs what it drops. Neither detects the encoding.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

_BOMS = (  # UTF-32 before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LEGACY = "cp1252"
_CODE_PAGES = (
    *("cp1251", "cp1252", "cp1253", "cp1255", "cp1256", "cp874", "koi8_r"),
    *("shift_jis", "cp932", "euc_jp", "euc_kr", "cp949", "gb18030", "big5"),
)
_ENOUGH_LETTERS = 40  # outside ASCII: with fewer the guess is worse than Windows-1252
_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})"  # WebVTT and careless SubRip leave out the hours
_TIMING = re.compile(rf"\s*{_TIME}\s*-+>\s*{_TIME}")
_ARROW = re.compile(r"\d\s*-+>|-->\s*\d")  # meant as a timing line, however broken
_NUMBER = re.compile(r"\s*\d+\s*")
_NEW_LINE = re.compile(r"\r*\n|\r")  # not str.splitlines(), which also breaks at U+2028, U+0085 and others
_DRAWING = re.compile(r"\{[^}]*\\p[1-9][^}]*\}.*?(?:\{[^}]*\\p0[^}]*\}|$)", re.DOTALL)
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|\{\\[^}]*\}|\{[A-Za-z]:[^}]*\}")  # HTML-like, ASS, MicroDVD
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe]")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&"))


@dataclass(frozen=True)
class SrtCue:
    """One subtitle as written in the file: text with its markup, lines joined by a line feed."""

    start_seconds: float
    end_seconds: float
    text: str


def decode_subtitles(data: bytes) -> tuple[str, str | None]:
    """Return the text of a subtitle file, and a note if its encoding had to be guessed.

    A byte order mark decides; otherwise UTF-16 is recognised by its zero bytes and UTF-8 by being valid (or nearly so:
    a few broken bytes are replaced). Anything else is in an old code page: charset-normalizer says in which, by the
    resulting letters, if there are enough of them; else it is read as Windows-1252. Of the Latin alphabets that is
    right only for western European ones; Polish or Turkish in old code pages get wrong accents.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, errors="replace"), None
    half = len(data) // 2
    if half and data[1::2].count(0) > half // 2:
        return data.decode("utf-16-le", errors="replace"), "no byte order mark: read as UTF-16-LE"
    if half and data[::2].count(0) > half // 2:
        return data.decode("utf-16-be", errors="replace"), "no byte order mark: read as UTF-16-BE"
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    if not broken:
        return text, None
    if sum(character > "\x7f" for character in text) > 10 * broken:
        return text, f"{broken} broken UTF-8 sequence(s) replaced"
    encoding = _code_page(data)
    return data.decode(encoding, errors="replace"), f"not UTF-8: read as {encoding}"


def _code_page(data: bytes) -> str:
    """The code page that a file was most likely written in."""
    if sum(byte > 0x7F for byte in data) < _ENOUGH_LETTERS:
        return _LEGACY
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=list(_CODE_PAGES)).best()
    return best.encoding if best else _LEGACY


def parse_srt(text: str) -> tuple[list[SrtCue], int]:
    """Return the subtitles of a file in its order, and how many could not be read.

    Numbers and the blank lines between subtitles may be missing. A subtitle whose timing line is broken, missing or
    runs backwards is left out with its text and counted; one that is shown for no time is left out uncounted.
    """
    cues: list[tuple[float, float, list[str]]] = []
    lost = 0
    into: list[str] | None = None  # the text that lines belong to, ``None`` if they belong to none
    after_blank = True
    lines = _NEW_LINE.split(text)
    for at, line in enumerate(lines):
        if timing := _TIMING.match(line):
            start, end = _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:])
            into = []
            lost += end < start
            if end > start:
                cues.append((start, end, into))
        elif _ARROW.search(line):
            into, lost = None, lost + 1
        elif _NUMBER.fullmatch(line) and _leads_to_timing(lines, at):
            into = None
        elif _NUMBER.fullmatch(line) and after_blank and _is_text(lines, at + 1):
            into, lost = None, lost + 1  # number and text without timing
        elif into is not None:
            into.append(line.strip())
        after_blank = not line.strip()
    return [SrtCue(start, end, "\n".join(filter(None, words))) for start, end, words in cues], lost


def plain_text(marked: str) -> str:
    """Return a subtitle's text without markup: HTML-like tags, ASS overrides and drawings, entities, odd characters."""
    text = _MARKUP.sub("", _DRAWING.sub("", marked))
    text = text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    lines = (_INVISIBLE.sub("", line).strip() for line in _NEW_LINE.split(text))
    return "\n".join(line for line in lines if line)


def _seconds(groups: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = (group or "0" for group in groups)
    milliseconds = int(fraction.ljust(3, "0"))  # "1,5" is a second and a half
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) + milliseconds / 1000


def _leads_to_timing(lines: Sequence[str], at: int) -> bool:
    return at + 1 < len(lines) and bool(_TIMING.match(lines[at + 1]) or _ARROW.search(lines[at + 1]))


def _is_text(lines: Sequence[str], at: int) -> bool:
    return at < len(lines) and bool(lines[at].strip())
