"""Who speaks in a film and who answers whom: the graph of turns, from lines whose speakers are named.

A turn goes from one speaker to the next when another line follows within a pause that still is one conversation. Names
are those of the subtitles or of the screenplay: two spellings are two speakers but for capitals; lines without a name
break the chain, because whoever spoke them may be anybody. Nothing is known of voices: nobody is recognised.
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
    own: dict[str, list[Line]] = {}
    for line in spoken:
        if line.speaker:
            name = names.setdefault(line.speaker.casefold(), line.speaker)
            own.setdefault(name, []).append(line)
    turns: dict[str, Counter[str]] = {name: Counter() for name in own}
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
            lines=len(said),
            words=sum(len(line.text.split()) for line in said),
            seconds=sum(line.end_seconds - line.start_seconds for line in said),
            questions=sum("?" in line.text for line in said),
            interruptions=interruptions[name],
            followed_by=dict(turns[name].most_common()),
            **mean_feeling(said),
        )
        for name, said in sorted(own.items(), key=lambda pair: -len(pair[1]))
    ]
