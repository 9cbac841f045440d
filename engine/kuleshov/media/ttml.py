"""Timed text in XML: TTML, its older name DFXP, and the profiles EBU-TT and SMPTE-TT where they hold text.

The package ttconv reads all of TTML, with layout and animation, into a model many times larger than what is needed
here: words, times, language and speakers. Follows the W3C recommendation TTML2 (2018), sections 10 and 12.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple
from xml.etree import ElementTree

from kuleshov.media.cues import Cue

_CLOCK = re.compile(r"(\d{2,}):(\d\d):(\d\d)(?:(\.\d+)|:(\d{2,})(?:\.\d+)?)?")
_OFFSET = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|f|t)")
_XML = "{http://www.w3.org/XML/1998/namespace}"


class _Rates(NamedTuple):
    """Frames and ticks per second, as the document states them."""

    frames: Fraction
    ticks: Fraction


def parse_ttml(text: str) -> tuple[list[Cue], int, str | None, float]:
    """Return the subtitles, how many could not be read (no time, or a broken one), and the document's language.

    Last comes the time at which the programme starts, as EBU-TT (Tech 3350) states it; 0 where it does not.

    Raises ``ValueError`` for invalid XML, and for documents that define entities, which no subtitles need and which
    could fill the memory.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("it has a document type declaration")
    try:
        root = ElementTree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff")))
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from error
    if _local(root) != "tt":
        raise ValueError(f"its outermost element is {_local(root)!r}, not 'tt'")
    speakers = dict(_agents(root))
    rates = _rates(root)
    cues: list[Cue] = []
    lost = 0
    for paragraph, start, end in _paragraphs(root, Fraction(0), None, rates):
        words = _words(paragraph)
        if not words:
            continue
        if start is None or end is None:
            lost += 1
        elif end > start:
            agents = (_attribute(paragraph, "agent") or "").split()
            cues.append(Cue(float(start), float(end), words, speakers.get(agents[0]) if len(agents) == 1 else None))
        else:
            lost += end < start
    return cues, lost, root.get(f"{_XML}lang") or None, _programme_start(root, rates)


def _programme_start(root: ElementTree.Element, rates: _Rates) -> float:
    for element in root.iter():
        if _local(element) == "documentStartOfProgramme":
            try:
                return float(_time(element.text, rates) or 0)
            except ValueError:
                return 0.0
    return 0.0


def _paragraphs(
    element: ElementTree.Element, start: Fraction | None, end: Fraction | None, rates: _Rates
) -> Iterator[tuple[ElementTree.Element, Fraction | None, Fraction | None]]:
    """Yield every paragraph with its times, or its spans if these have times; ``None`` = broken or open."""
    start, end = _interval(element, start, end, rates)
    if _local(element) == "p":
        timed = [child for child in element if "begin" in child.attrib]
        if timed and "begin" not in element.attrib:
            yield from ((child, *_interval(child, start, end, rates)) for child in timed)
        else:
            yield element, start, end
        return
    for child in element:
        yield from _paragraphs(child, start, end, rates)


def _interval(
    element: ElementTree.Element, start: Fraction | None, end: Fraction | None, rates: _Rates
) -> tuple[Fraction | None, Fraction | None]:
    """The times of an element: they count from the start of the element around it, and end with that."""
    try:
        begin, until, lasting = (_time(element.get(name), rates) for name in ("begin", "end", "dur"))
    except ValueError:
        return None, None
    if start is None:
        return None, None
    own = start + (begin or 0)
    ends = (end, None if until is None else start + until, None if lasting is None else own + lasting)
    return own, min((each for each in ends if each is not None), default=None)


def _words(element: ElementTree.Element) -> str:
    """The text of an element: spaces collapsed, ``<br/>`` as a line feed, without metadata."""
    parts: list[str] = []

    def gather(node: ElementTree.Element) -> None:
        parts.append(re.sub(r"\s+", " ", node.text or ""))
        for child in node:
            if _local(child) == "br":
                parts.append("\n")
            elif _local(child) in ("span", "p"):
                gather(child)
            parts.append(re.sub(r"\s+", " ", child.tail or ""))

    gather(element)
    return "\n".join(filter(None, (line.strip() for line in "".join(parts).split("\n"))))


def _time(value: str | None, rates: _Rates) -> Fraction | None:
    """A time expression in seconds. Raises ``ValueError``."""
    if value is None:
        return None
    value = value.strip()
    if clock := _CLOCK.fullmatch(value):
        hours, minutes, seconds, fraction, frames = clock.groups()
        whole = Fraction((int(hours) * 60 + int(minutes)) * 60 + int(seconds))
        return whole + Fraction(fraction or 0) + Fraction(int(frames or 0)) / rates.frames
    if offset := _OFFSET.fullmatch(value):
        units = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}
        units |= {"f": 1 / rates.frames, "t": 1 / rates.ticks}
        return Fraction(offset[1]) * units[offset[2]]
    raise ValueError(f"{value!r} is no time")


def _rates(root: ElementTree.Element) -> _Rates:
    """Frame rate times its multiplier, and tick rate, with the recommendation's defaults."""

    def number(name: str) -> Fraction | None:
        try:
            value = Fraction((_attribute(root, name) or "").strip())
        except (ValueError, ZeroDivisionError):
            return None
        return value if value > 0 else None

    frame_rate = number("frameRate")
    multiplier = re.fullmatch(r"([1-9]\d*)[ :]([1-9]\d*)", (_attribute(root, "frameRateMultiplier") or "").strip())
    frames = (frame_rate or Fraction(30)) * (Fraction(int(multiplier[1]), int(multiplier[2])) if multiplier else 1)
    return _Rates(frames, number("tickRate") or (frames if frame_rate else Fraction(1)))


def _agents(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        if _local(element) == "agent" and (key := element.get(f"{_XML}id")):
            names = [" ".join((child.text or "").split()) for child in element if _local(child) == "name"]
            yield key, next(filter(None, names), key)


def _attribute(element: ElementTree.Element, name: str) -> str | None:
    """An attribute in any namespace: older profiles have others."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
