"""Lenient reading of WebVTT: its cues are read as SubRip's are, and its voices are kept.

FFmpeg reads WebVTT too, but stops at the first broken timing line and drops the speakers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kuleshov.media.cues import Cue
from kuleshov.media.srt import parse_srt, plain_text

_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_NO_CUES = re.compile(r"(?:WEBVTT|NOTE|STYLE|REGION)(?:[ \t\n]|$)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]*)>")
_KARAOKE = re.compile(r"<\d[\d:.]*>")
_DASH = re.compile(r"\s*[-‐‑–—]*\s*")
_LAST_DASH = re.compile(r"\n[ \t]*[-‐‑–—]+[ \t]*$")


def parse_vtt(text: str) -> tuple[list[Cue], int]:
    """Return the cues of a file, one for each voice of a cue, and how many could not be read."""
    kept = []
    for block in _BLANK.split(re.sub(r"\r\n?", "\n", text).strip()):
        if _NO_CUES.match(block):
            continue
        name, arrow, rest = block.partition("\n")
        kept.append(rest if "-->" not in name and "-->" in rest.partition("\n")[0] and arrow else block)
    cues, lost = parse_srt("\n\n".join(kept))
    return [cue for each in cues for cue in voices(Cue(each.start_seconds, each.end_seconds, each.text))], lost


def voices(cue: Cue) -> Iterator[Cue]:
    """Divide a cue at its voice tags; a dash before a tag is dropped, because it means the same."""
    first, *rest = _VOICE.split(_KARAOKE.sub("", cue.text))
    if not rest or not _DASH.fullmatch(first):
        yield cue._replace(text=first)
    for name, text in zip(rest[::2], rest[1::2], strict=True):
        yield cue._replace(text=_LAST_DASH.sub("", text), speaker=" ".join(plain_text(name).split()) or None)
