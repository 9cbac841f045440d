"""A screenplay aligned with a film's lines: who speaks, in what manner, and in which scene of the screenplay.

Lines and speeches are aligned word by word (``word_alignment``): passages that were cut or added cost nothing, and
moved passages are found by aligning the rest again. A line belongs to a speech by the share of its word weight that
matches there; a few common words prove little and count only between lines that are certain. Failure cases: a
paraphrase that keeps no word can only be placed by its neighbours; two characters who say the same at the same place
are distinguished by order alone; improvised dialogue gets no speaker.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from kuleshov.cinema.dialogue.word_alignment import align_words, word_weights, words_of
from kuleshov.media.screenplay import Heading, Screenplay
from kuleshov.records import Line, SceneHeading, ScriptedLine

#: The share of its weight that a certain line must match; ``_DOUBT`` is the weight of words that match by chance.
_SURE, _DOUBT = 0.5, 0.25
#: Between certain lines this near in the script a line can be placed by few words, or by none if there is one choice.
_NEAR_PARTS = 6
_BETWEEN, _BY_ORDER = 0.6, 0.35  # the highest confidence of such a line
_PASSES = 4  # the first in order, the others for passages that were moved
_MOVED = 0.85
#: If a smaller share of the film's words is in the script, it is another film's.
_LEAST_SHARE = 0.25


@dataclass(frozen=True)
class _Part:
    """Words that one character says with one parenthetical."""

    scene: int
    speech: int
    character: str
    parenthetical: str | None
    words: list[str]


@dataclass(frozen=True)
class Scripted:
    """The lines with their place in the screenplay, and a sentence on how it fits; unchanged if it does not."""

    lines: tuple[Line, ...]
    fits: bool
    note: str


def follow_screenplay(lines: Sequence[Line], screenplay: Screenplay) -> Scripted:
    """Align a screenplay with a film's lines. Speakers that the subtitles name are kept."""
    parts = _parts(screenplay)
    spoken = [line for line in lines if line.kind == "speech"]
    words = [words_of(line.text) for line in spoken]
    total = sum(map(len, words))
    if not parts or not total:
        return Scripted(tuple(lines), False, "has no dialogue to align with the lines")
    placed = _placed(words, parts)
    share = sum(len(words[number]) for number in placed) / total
    if share < _LEAST_SHARE:
        return Scripted(tuple(lines), False, f"only {share:.0%} of the film's words are in it: not used")
    headings = [scene.heading for scene in screenplay.scenes]
    by_index = {
        spoken[number].index: _scripted(parts[part], headings, confidence)
        for number, (part, confidence) in placed.items()
    }
    aligned = {parts[part].speech for part, _ in placed.values()}
    speeches = {part.speech for part in parts}
    return Scripted(
        tuple(_with_script(line, by_index.get(line.index)) for line in lines),
        True,
        f"{share:.0%} of the film's words are in it, {len(aligned)} of its {len(speeches)} speeches are spoken",
    )


@dataclass(frozen=True)
class WrittenScene:
    """A scene of the screenplay in the film: from the first to the last of consecutive lines."""

    number: int
    start_seconds: float
    end_seconds: float
    heading: SceneHeading | None  # with the mean confidence of the lines


def written_scenes(lines: Sequence[Line]) -> list[WrittenScene]:
    """Return the scenes of the screenplay in the film's order; one that is split occurs several times."""
    scripted = [(line, line.screenplay) for line in lines if line.screenplay is not None]
    scenes = []
    for number, group in groupby(scripted, key=lambda pair: pair[1].scene):
        pairs = list(group)
        heading = pairs[0][1].heading
        if heading is not None:
            heading = replace(heading, confidence=sum(script.confidence for _, script in pairs) / len(pairs))
        end_seconds = max(line.end_seconds for line, _ in pairs)
        scenes.append(WrittenScene(number, pairs[0][0].start_seconds, end_seconds, heading))
    return scenes


def heading_between(scenes: Sequence[WrittenScene], start_seconds: float, end_seconds: float) -> SceneHeading | None:
    """Return the heading of the written scene that fills most of the time between two times, None if it has none.

    The confidence is that of its lines, times its share of the time that all written scenes fill.
    """
    seconds: dict[int, float] = {}
    headings: dict[int, SceneHeading | None] = {}
    for scene in scenes:
        overlap = min(scene.end_seconds, end_seconds) - max(scene.start_seconds, start_seconds)
        if overlap > 0:
            seconds[scene.number] = seconds.get(scene.number, 0.0) + overlap
            headings.setdefault(scene.number, scene.heading)
    most = max(seconds, key=lambda number: seconds[number], default=None)
    heading = None if most is None else headings[most]
    if most is None or heading is None:
        return None
    return replace(heading, confidence=heading.confidence * seconds[most] / sum(seconds.values()))


def _parts(screenplay: Screenplay) -> list[_Part]:
    return [
        _Part(scene, number, speech.character, how, words)
        for number, (scene, speech) in enumerate(screenplay.speeches)
        for how, text in speech.parts
        if (words := words_of(text))
    ]


def _placed(words: Sequence[list[str]], parts: Sequence[_Part]) -> dict[int, tuple[int, float]]:
    """Return for each line that was placed its part of the script, and the confidence."""
    weights = word_weights([word for line in words for word in line], [word for part in parts for word in part.words])
    placed: dict[int, tuple[int, float]] = {}
    for number in range(_PASSES):
        taken = {part for part, _ in placed.values()}
        lines = [line for line in range(len(words)) if line not in placed and words[line]]
        open_parts = [part for part in range(len(parts)) if part not in taken] if number else list(range(len(parts)))
        aligned = _in_order(words, parts, lines, open_parts, weights)
        if not aligned:
            break
        placed |= {line: (part, sure * _MOVED if number else sure) for line, (part, sure) in aligned.items()}
    return placed


def _in_order(
    words: Sequence[list[str]],
    parts: Sequence[_Part],
    lines: Sequence[int],
    open_parts: Sequence[int],
    weights: dict[str, float],
) -> dict[int, tuple[int, float]]:
    """Place these lines in these parts without changing their order."""
    of_line = [line for line in lines for _ in words[line]]
    of_part = [part for part in open_parts for _ in parts[part].words]
    spoken = [word for line in lines for word in words[line]]
    positions = align_words(spoken, [word for part in open_parts for word in parts[part].words], weights)
    matched: dict[int, dict[int, float]] = {}
    for line, word, position in zip(of_line, spoken, positions.tolist(), strict=True):
        if position >= 0:
            votes = matched.setdefault(line, {})
            votes[of_part[position]] = votes.get(of_part[position], 0.0) + weights[word]
    best = {line: max(votes.items(), key=lambda vote: vote[1]) for line, votes in matched.items()}
    whole = {line: sum(weights[word] for word in words[line]) for line in lines}
    sure = {
        line: (part, share)
        for line, (part, weight) in best.items()
        if (share := min(weight / whole[line], weight / (whole[line] + _DOUBT) + 0.1)) >= _SURE
    }
    return sure | _between(sure, best, whole, lines, parts, set(open_parts))


def _between(
    sure: dict[int, tuple[int, float]],
    best: dict[int, tuple[int, float]],
    whole: dict[int, float],
    lines: Sequence[int],
    parts: Sequence[_Part],
    open_parts: Set[int],
) -> dict[int, tuple[int, float]]:
    """Place the lines between two certain ones that are near each other in the script."""
    placed: dict[int, tuple[int, float]] = {}
    anchors = sorted(sure)
    for first, last in pairwise(anchors):
        low, high = sure[first][0], sure[last][0]
        open_lines = [line for line in lines if first < line < last]
        if not open_lines or not 0 <= high - low <= _NEAR_PARTS:
            continue
        for line in open_lines:
            part, weight = best.get(line, (-1, 0.0))
            if low <= part <= high and weight >= _SURE * whole[line]:
                placed[line] = (part, _BETWEEN * weight / whole[line])
        rest = [line for line in open_lines if line not in placed]
        taken = {part for part, _ in placed.values()}
        unspoken = [part for part in range(low + 1, high) if part in open_parts and part not in taken]
        if parts[low].speech == parts[high].speech:
            placed |= dict.fromkeys(rest, (low, _BY_ORDER))
        elif rest and len(unspoken) == len(rest):
            placed |= {line: (part, _BY_ORDER) for line, part in zip(rest, unspoken, strict=True)}
    return placed


def _scripted(part: _Part, headings: Sequence[Heading | None], confidence: float) -> ScriptedLine:
    heading = headings[part.scene]
    return ScriptedLine(
        character=part.character,
        parenthetical=part.parenthetical,
        scene=part.scene,
        heading=None
        if heading is None
        else SceneHeading(
            text=heading.text,
            interior=heading.interior,
            exterior=heading.exterior,
            place=heading.place,
            time_of_day=heading.time_of_day,
            confidence=confidence,
        ),
        confidence=confidence,
    )


def _with_script(line: Line, script: ScriptedLine | None) -> Line:
    if script is None:
        return line
    return replace(line, speaker=line.speaker or script.character, screenplay=script)
