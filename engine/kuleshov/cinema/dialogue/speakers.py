"""Who speaks in a film and who answers whom: the graph of turns between named speakers.

A turn goes from one speaker to the next if another line follows within the same conversation. Names are those of the
subtitles or of the screenplay: two spellings that differ by more than capitals are two speakers; a line without a name
breaks the chain, because anybody could have spoken it. Voices are not recognised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from kuleshov.cinema.dialogue.conversation import PAUSE_SECONDS, is_interrupted, mean_feeling
from kuleshov.records import Line, Speaker


def describe_speakers(lines: Sequence[Line]) -> list[Speaker]:
    """Return the named speakers of a film, those with the most lines first."""
    spoken = [line for line in lines if line.kind == "speech"]
    names: dict[str, str] = {}
    lines_by_name: dict[str, list[Line]] = {}
    for line in spoken:
        if line.speaker:
            name = names.setdefault(line.speaker.casefold(), line.speaker)
            lines_by_name.setdefault(name, []).append(line)
    turns: dict[str, Counter[str]] = {name: Counter() for name in lines_by_name}
    interruptions: Counter[str] = Counter()
    for one, other in pairwise(spoken):
        if not (one.speaker and other.speaker) or other.start_seconds - one.end_seconds > PAUSE_SECONDS:
            continue
        first, second = names[one.speaker.casefold()], names[other.speaker.casefold()]
        if first != second:
            turns[first][second] += 1
            interruptions[second] += is_interrupted(one, other)
    return [
        Speaker(
            name=name,
            lines=len(own_lines),
            words=sum(len(line.text.split()) for line in own_lines),
            seconds=sum(line.end_seconds - line.start_seconds for line in own_lines),
            questions=sum("?" in line.text for line in own_lines),
            interruptions=interruptions[name],
            followed_by=dict(turns[name].most_common()),
            **mean_feeling(own_lines),
        )
        for name, own_lines in sorted(lines_by_name.items(), key=lambda pair: -len(pair[1]))
    ]
