"""Lenient reading of SAMI (``.smi``): subtitles as HTML, each on screen until the next one of its language.

The packages pysubs2, which mixes the languages of a file and guesses when lines end, and pycaption, which needs three
parsers of other languages, were weighed; FFmpeg mixes the languages too.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from typing import NamedTuple

from kuleshov.media.cues import UNTIMED_LINE_SECONDS, Cue

_NUMBER = re.compile(r"\s*(\d+)")
_LANGUAGE = re.compile(r"\.([\w-]+)\s*\{[^}]*?\blang\s*:\s*([\w-]+)", re.IGNORECASE)
_TYPO_ENTITY = re.compile(r"&nbsp(?!;)", re.IGNORECASE)


class Sami(NamedTuple):
    """What a file holds: the cues of one language of ``languages``, how many could not be read, and which language."""

    cues: list[Cue]
    lost: int
    language: str | None
    languages: list[str]


def parse_sami(text: str, *, language: str | None = None) -> Sami:
    """Return the subtitles of a file: those in ``language`` if it has several, else those of most letters."""
    parser = _Parser()
    parser.feed(_TYPO_ENTITY.sub("&nbsp;", text))
    parser.close()
    stated = {name.upper(): code.lower() for name, code in _LANGUAGE.findall(text)}
    letters: Counter[str] = Counter()
    for _, name, words in parser.blocks:
        letters[name] += len(words.strip())
    names = [name for name, count in letters.most_common() if count]
    wanted = (language or "").lower()[:2]
    chosen = next((name for name in names if wanted and stated.get(name, "")[:2] == wanted), next(iter(names), ""))
    blocks = [(start, words) for start, name, words in parser.blocks if name == chosen]
    blocks.sort(key=lambda block: block[0])
    last = (blocks[-1][0] + 1000 * UNTIMED_LINE_SECONDS, "") if blocks else (0.0, "")
    cues = [
        Cue(start / 1000, end / 1000, words)
        for (start, words), (end, _) in pairwise([*blocks, last])
        if words.strip() and end > start
    ]
    return Sami(cues, parser.lost, stated.get(chosen), [stated.get(name, name) for name in names])


class _Parser(HTMLParser):
    """Gathers ``blocks``: start in milliseconds, class of the language, text with line feeds."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[float, str, str]] = []
        self.lost = 0
        self._start: int | None = None
        self._inside = False  # a block that text belongs to

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "sync":
            number = _NUMBER.match(values.get("start") or "")
            self.lost += number is None
            self._start = int(number[1]) if number else None
            self._open("")
        elif tag == "p":
            self._open(values.get("class") or "")
        elif tag == "br":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("body", "sami"):
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside and self.blocks:
            start, name, words = self.blocks[-1]
            self.blocks[-1] = (start, name, words + (data if data == "\n" else re.sub(r"\s+", " ", data)))

    def _open(self, name: str) -> None:
        """Begin a block; the empty one between a ``SYNC`` and its ``P`` goes."""
        self._inside = self._start is not None
        if self._start is None:
            return
        if self.blocks:
            start, before, words = self.blocks[-1]
            if start == self._start and not before and not words.strip():
                self.blocks.pop()
        self.blocks.append((self._start, name.upper(), ""))
