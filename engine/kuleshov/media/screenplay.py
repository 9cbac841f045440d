"""Screenplays as text: Fountain, and plain text as scripts are typed. Any text can be read.

The packages screenplay-tools and jouvence were weighed: they read Fountain alone, take ``FADE IN:`` at the top for a
title page, and names only in ASCII; scripts found beside films are as often plain text, indented and with page numbers.
The syntax is Fountain's (https://fountain.io/syntax), of which lyrics are read as dialogue and sections, synopses,
notes and omitted text are left out; a blank line ends a speech even where Fountain's two spaces would not. In plain
text a speech also ends where the indentation falls back, and ``NAME: text`` on one line is a speech.

- A *heading* begins with INT, EXT, EST, or both; its place and time of day are what stands between dashes after it.
- A *speech* is a name in capitals and what stands under it until a blank line; in brackets is how it is said.
- All else is *action*; ``CUT TO:`` and the like are *transitions*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from kuleshov.records import HeadingTime

_OMITTED = re.compile(r"/\*.*?(?:\*/|\Z)|\[\[.*?(?:\]\]|\Z)", re.DOTALL)
_EMPHASIS = re.compile(r"(?<!\\)(?:\*{1,3}|_)(?=\S)|(?<=\S)(?<!\\)(?:\*{1,3}|_)")
_TITLE = re.compile(
    r"^(title|credit|authors?|written by|source|notes|draft date|date|contact|copyright|revision|format)\s*:\s*(.*)$",
    re.IGNORECASE,
)
_PAGE = re.compile(r"^(?:\d{1,3}\.?|\(?(?:CONTINUED|MORE)\)?:?(?:\s*\(\d+\))?|(?:CONTINUED:?.*)|={3,})$")
_HEADING = re.compile(
    r"^(?:\d{1,3}[A-Z]{0,2}[.)]?\s+)?"
    r"(?P<where>(?:INT|EXT|EST)\.?\s*/\s*(?:INT|EXT)|INT|EXT|EST|I\s*/\s*E|E\s*/\s*I)(?:\.\s*|\s*:\s*|\s*-\s+|\s+)(?P<rest>.*)$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\s*#([\w.\-]+)#\s*$|\s{2,}(\d{1,3}[A-Z]{0,2})\.?\s*$")
_TRANSITION = re.compile(
    r"^(?:[A-Z ]*\b(?:CUT|DISSOLVE|FADE|SMASH|MATCH|WIPE|JUMP|IRIS)\b[A-Z ]*(?:\b(?:TO|IN|OUT|BLACK|WHITE)\b)[A-Z ]*"
    r"[:.]?|[A-Z ]+ TO:)$"
)
_CUE = re.compile(r"^@?(?P<name>[^()^:]+?)\s*(?P<notes>(?:\([^)]*\)\s*)*)(?P<dual>\^)?$")
_INLINE = re.compile(r"^(?P<name>[^\W\d_][^:()a-z]{0,29}?)\s*(?P<notes>(?:\([^)]*\)\s*)?):\s+(?P<said>\S.*)$")
_CONTINUED = re.compile(r"\(\s*cont(?:['’]?d|inued|inuing)?\.?\s*\)", re.IGNORECASE)
_LONGEST_NAME = 40
_LONGEST_TRANSITION = 60
_INDENTED = 8  # columns before a name, in scripts typed as on paper
_TIMES: dict[str, HeadingTime] = {
    **dict.fromkeys(("DAWN", "SUNRISE", "DAYBREAK", "FIRST LIGHT"), "dawn"),
    **dict.fromkeys(("MORNING", "EARLY MORNING"), "morning"),
    **dict.fromkeys(("DAY", "DAYTIME"), "day"),
    **dict.fromkeys(("NOON", "MIDDAY"), "noon"),
    **dict.fromkeys(("AFTERNOON", "LATE AFTERNOON"), "afternoon"),
    **dict.fromkeys(("DUSK", "SUNSET", "TWILIGHT", "MAGIC HOUR", "SUNDOWN"), "dusk"),
    "EVENING": "evening",
    **dict.fromkeys(("NIGHT", "MIDNIGHT", "NIGHTTIME", "LATE NIGHT"), "night"),
}
_TIME = re.compile(rf"\b({'|'.join(sorted(_TIMES, key=len, reverse=True))})\b")
#: Times of day that mean that of the scene before.
_SAME = re.compile(r"\b(?:CONTINUOUS|SAME(?: TIME)?|MOMENTS? LATER|LATER|MINUTES LATER)\b")


@dataclass(frozen=True)
class Heading:
    """Where and when a scene takes place: ``text`` as written, without its number."""

    text: str
    interior: bool = False
    exterior: bool = False  # both may be true: INT./EXT.
    place: str = ""
    time_of_day: HeadingTime | None = None  # that of the scene before if the heading says so (CONTINUOUS)
    number: str | None = None


@dataclass(frozen=True)
class Action:
    text: str


@dataclass(frozen=True)
class Cut:
    """A transition as written: ``"CUT TO:"``."""

    text: str


@dataclass(frozen=True)
class Speech:
    """What a character says without a break: pairs of parenthetical (``None`` without one) and words."""

    character: str
    parts: tuple[tuple[str | None, str], ...]
    extension: str | None = None  # "V.O.", "O.S."
    dual: bool = False  # spoken at the same time as the speech before


Element = Action | Cut | Speech


@dataclass(frozen=True)
class ScriptScene:
    """A scene as written; the text before the first heading is a scene without one."""

    heading: Heading | None
    elements: tuple[Element, ...]


@dataclass(frozen=True)
class Screenplay:
    title_page: dict[str, str]
    scenes: tuple[ScriptScene, ...]

    @property
    def speeches(self) -> list[tuple[int, Speech]]:
        """All speeches in order, each with the number of its scene."""
        return [
            (number, element)
            for number, scene in enumerate(self.scenes)
            for element in scene.elements
            if isinstance(element, Speech)
        ]


@dataclass
class _Reader:
    """Turns lines into scenes."""

    lines: list[str]
    at: int = 0
    scenes: list[ScriptScene] = field(default_factory=list)
    heading: Heading | None = None
    elements: list[Element] = field(default_factory=list)
    time: HeadingTime | None = None

    def close_scene(self) -> None:
        if self.heading is not None or self.elements:
            self.scenes.append(ScriptScene(self.heading, tuple(self.elements)))
        self.heading, self.elements = None, []


def parse_screenplay(text: str) -> Screenplay:
    """Return a screenplay's scenes. In a text that is no screenplay everything is action."""
    plain = _OMITTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\0", ""))
    lines = [line.expandtabs(8).rstrip() for line in plain.split("\n")]
    title_page, start = _title_page(lines)
    reader = _Reader([line for line in lines[start:] if not _PAGE.match(line.strip())])
    while reader.at < len(reader.lines):
        _read_block(reader)
    reader.close_scene()
    return Screenplay(title_page, tuple(reader.scenes))


def read_heading(line: str, *, before: HeadingTime | None = None, forced: bool = False) -> Heading | None:
    """Return the parts of a scene heading, ``None`` for another line; ``before`` is the time of the scene before.

    A ``forced`` heading need not begin with INT or EXT.
    """
    numbered = _NUMBER.search(line)
    text = " ".join((line[: numbered.start()] if numbered else line).split())
    match = _HEADING.match(text)
    loose = match is not None and not text[match.end("where") : match.start("rest")].strip() and not text.isupper()
    if match is None or loose:  # "Int the dark" and "Est-ce que" are not headings
        if not forced or not text:
            return None
        where, rest = "", text
    else:
        where, rest = match["where"].upper(), match["rest"]
    number = next(filter(None, numbered.groups()), None) if numbered else None
    if match is not None and not number and (leading := re.match(r"^(\d{1,3}[A-Z]{0,2})[.)]?\s", text)):
        number = leading[1]
    place, time = _place_and_time(rest, before)
    return Heading(
        text=text[match.start("where") :] if match is not None and not loose else text,
        interior="INT" in where or "I" in re.split(r"\s*/\s*", where),
        exterior="EXT" in where or "EST" in where or "E" in re.split(r"\s*/\s*", where),
        place=place,
        time_of_day=time,
        number=number,
    )


def _place_and_time(rest: str, before: HeadingTime | None) -> tuple[str, HeadingTime | None]:
    """The text after INT or EXT: the place, without its parts that state the time of day; and that time."""
    parts = [part.strip(" .,") for part in re.split(r"\s+[-–—]+\s*|[-–—]+\s+", rest)]
    place: list[str] = []
    time: HeadingTime | None = None
    for number, part in enumerate(parts):
        upper = part.upper()
        found = _TIME.search(upper)
        alone = len(parts) == 1 and found is not None and found.span() == (0, len(upper))
        if found is not None and (number or alone):
            time = _TIMES[found[1]]
        elif number and _SAME.search(upper):
            time = time or before
        elif part:
            place.append(part)
    return " - ".join(place), time


def _title_page(lines: list[str]) -> tuple[dict[str, str], int]:
    """The pairs at the top, and where the screenplay begins: after the first blank line that follows them."""
    first = next((at for at, line in enumerate(lines) if line), len(lines))
    if first == len(lines) or not _TITLE.match(lines[first]):
        return {}, 0
    pairs: dict[str, list[str]] = {}
    key = ""
    for at in range(first, len(lines)):
        line = lines[at]
        if not line:
            return {name: "\n".join(filter(None, values)) for name, values in pairs.items()}, at
        if (match := _TITLE.match(line)) or (match := re.match(r"^(\w[\w ]{0,30}):\s*(.*)$", line)):
            key = match[1].strip().lower()
            pairs[key] = [_plain(match[2])]
        else:
            pairs[key].append(_plain(line))
    return {name: "\n".join(filter(None, values)) for name, values in pairs.items()}, len(lines)


def _read_block(reader: _Reader) -> None:
    """Read one element, or skip a blank line."""
    line = reader.lines[reader.at]
    bare = line.strip()
    after_blank = reader.at == 0 or not reader.lines[reader.at - 1].strip()
    reader.at += 1
    if not bare or bare.startswith("#") or (bare.startswith("=") and not bare.startswith("==")):
        return
    if bare.startswith("!"):
        reader.elements.append(Action(_plain(bare[1:])))
    elif (heading := _heading_of(bare, reader.time)) is not None:
        reader.close_scene()
        reader.heading, reader.time = heading, heading.time_of_day or reader.time
    elif bare.startswith(">"):
        text = _plain(bare[1:].removesuffix("<"))
        if text:
            reader.elements.append(Action(text) if bare.endswith("<") else Cut(text))
    elif _is_transition(_plain(bare)):
        reader.elements.append(Cut(_plain(bare)))
    elif after_blank and (speech := _speech(reader, line)) is not None:
        reader.elements.append(speech)
    elif (inline := _INLINE.match(_plain(bare))) and _is_name(inline["name"]):
        said = " ".join([inline["said"], *(_plain(each) for each in _rest_of_block(reader))])
        reader.elements.append(Speech(inline["name"].strip(), ((None, said),), _extension(inline["notes"])))
    elif text := " ".join(filter(None, [_plain(bare), *(_plain(each) for each in _rest_of_block(reader))])):
        reader.elements.append(Action(text))


def _heading_of(bare: str, before: HeadingTime | None) -> Heading | None:
    if re.match(r"^\.\w", bare):
        return read_heading(_EMPHASIS.sub("", bare[1:]), before=before, forced=True)
    return read_heading(_EMPHASIS.sub("", bare), before=before)


def _rest_of_block(reader: _Reader) -> Iterator[str]:
    """Yield the rest of a paragraph, until a blank line or a line that is clearly another element."""
    while reader.at < len(reader.lines):
        bare = reader.lines[reader.at].strip()
        if not bare or bare[0] in "!>.@#=~" or _heading_of(bare, None) or _is_transition(bare):
            return
        if (inline := _INLINE.match(bare)) and _is_name(inline["name"]):
            return
        reader.at += 1
        yield bare


def _speech(reader: _Reader, line: str) -> Speech | None:
    """The speech of the name on ``line``; ``None``, and nothing is read, if it is no name or nobody speaks."""
    bare = _CONTINUED.sub("", _plain(line)).strip()
    cue = _CUE.match(bare)
    if cue is None or not (bare.startswith("@") or _is_name(cue["name"])):
        return None
    block: list[str] = []
    words_indent: int | None = None  # of the words of a speech, in scripts typed as on paper
    bracketed = False
    for other in islice(reader.lines, reader.at, None):
        under = other.strip()
        if not under or _heading_of(under, None) is not None:
            break
        if words_indent is not None and _indent(other) + 4 <= words_indent:
            break
        block.append(under)
        bracketed = bracketed or under.startswith("(")
        if not bracketed and _indent(line) >= _INDENTED:
            words_indent = words_indent or _indent(other)
        bracketed = bracketed and ")" not in under
    parts = _parts(block)
    name = " ".join(cue["name"].removeprefix("@").split())
    if not parts or not name:
        return None
    reader.at += len(block)
    return Speech(name, parts, _extension(cue["notes"]), bool(cue["dual"]))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _parts(block: list[str]) -> tuple[tuple[str | None, str], ...]:
    """The lines below a name: words, with the parenthetical before them."""
    parts: list[tuple[str | None, list[str]]] = []
    how: list[str] | None = None  # lines of an open parenthetical
    for line in block:
        bare = _plain(line.removeprefix("~"))
        if how is None and bare.startswith("("):
            how = []
        if how is None:
            if not parts:
                parts.append((None, []))
            parts[-1][1].append(bare)
            continue
        inside, closed, behind = bare.partition(")")
        how.append(inside.strip("( "))
        if closed:
            parts.append((" ".join(filter(None, how)) or None, [behind.strip()] if behind.strip() else []))
            how = None
    return tuple((said_so, " ".join(words)) for said_so, words in parts if any(words))


def _is_name(name: str) -> bool:
    return (
        name.isupper()
        and len(name) <= _LONGEST_NAME
        and name[0].isalnum()
        and name[-1] not in ":.!?,;-" + "–—"
        and not _is_transition(name)
        and any(character.isalpha() for character in name)
    )


def _is_transition(text: str) -> bool:
    return len(text) <= _LONGEST_TRANSITION and _TRANSITION.match(text) is not None


def _extension(notes: str | None) -> str | None:
    inside = [part.strip() for part in re.findall(r"\(([^)]*)\)", _CONTINUED.sub("", notes or "")) if part.strip()]
    return ", ".join(inside) or None


def _plain(line: str) -> str:
    """A line without emphasis, escapes and double spaces."""
    return " ".join(_EMPHASIS.sub("", line).replace("\\", "").split())
