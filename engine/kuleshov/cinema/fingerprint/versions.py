"""Two copies of a film compared: which shots are the same, cut shorter or longer, moved, missing, added, replaced.

Every kept frame (about eight a second) is reduced to the layout of its 16x9 luma, without mean and contrast, which a
change of size, grade or letterbox keeps (``fingerprints``). For each shot of the first copy the other is searched at
every offset for the longest run that looks like it (local alignment along diagonals, after Smith and Waterman, J. Mol.
Biol. 147, 1981); of the candidates the best ordered chain is kept by dynamic programming, and the remaining shots are
searched anywhere else: moved shots. The cuts of both copies then decide how much of a shot is present.

Times are in seconds of each copy. The times of a copy that runs faster or slower (24 frames shown at 25) are converted
to those of the first before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kuleshov.cinema.fingerprint.fingerprints import GRID_HZ, Fingerprints, Version, fingerprints_of, speed_between
from kuleshov.cinema.fingerprint.version_search import Candidate, SearchedFilm, best_chain, candidates

#: Borders that differ by no more are the same: detectors and encoders move a cut by a frame or two.
BORDER_TOLERANCE_SECONDS = 0.15
#: The share of a shot of the second copy that must be found in the first, or it is an addition.
_COVERED = 0.3
#: The least similarity of a shot that is found out of order, without matching neighbours (design value).
_MOVED_LIKE = 0.9


@dataclass(frozen=True)
class FrameRange:
    """A part of one copy: shot numbers (``end_shot`` exclusive) and seconds."""

    first_shot: int
    end_shot: int
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True)
class ShotFate:
    """What happened to a shot.

    ``kinds``: ``same``, or some of ``shortened``, ``lengthened``, ``moved``, ``mirrored``; or one of ``missing`` (no
    ``second``), ``added`` (no ``first``), ``replaced``.

    ``head_seconds`` and ``tail_seconds``: how much more (+) or less (-) of it the second copy has at its two ends, in
    the first copy's seconds. ``similarity`` 0..1 of the pictures that are in both.
    """

    kinds: tuple[str, ...]
    first: FrameRange | None
    second: FrameRange | None
    head_seconds: float = 0.0
    tail_seconds: float = 0.0
    similarity: float = 0.0


@dataclass(frozen=True)
class VersionComparison:
    """``fates`` of all shots: those of the first copy in order, and the added ones of the second at their position.

    ``speed``: seconds of the second copy for one of the first. ``similarity``: share of both copies' time that the
    other one has too, 0..1.
    """

    speed: float
    similarity: float
    fates: tuple[ShotFate, ...]
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Match:
    """A shot of the first copy found in the second; times of both in the first's seconds."""

    shot: int
    start: float
    end: float
    offset: float
    similarity: float
    moved: bool
    mirrored: bool


def compare(first: Version, second: Version, *, excerpt: bool = False, mirrored: bool = False) -> VersionComparison:
    """Compare two copies of a film. ``mirrored`` also searches for shots that were flipped left to right.

    ``excerpt``: the first is a trailer or an excerpt of the second: each of its shots is searched on its own, in any
    order, and two can be in the same place; shots that only the second has are not listed.
    """
    speed = 1.0 if excerpt else speed_between(first, second)
    other = second.at_speed(speed)
    one, two = fingerprints_of(first), fingerprints_of(other)
    matches = _matches(first, other, one, two, excerpt=excerpt, mirrored=mirrored)
    fates = {match.shot: _fate(match, matches, first, other) for match in matches}
    missing = [
        ShotFate(("missing",), FrameRange(shot, shot + 1, *first.shots[shot]), None)
        for shot in range(len(first.shots))
        if shot not in fates
    ]
    added = [] if excerpt else _added(other, list(fates.values()))
    listed = _in_order([*fates.values(), *missing], added)
    shared = sum(_shared_seconds(fate) for fate in listed)
    whole = first.seconds if excerpt else (first.seconds + other.seconds) / 2
    counts: dict[str, int] = {}
    for fate in listed:
        for kind in fate.kinds:
            counts[kind] = counts.get(kind, 0) + 1
    shown = tuple(replace(fate, second=_at_own_speed(fate.second, speed)) for fate in listed)
    return VersionComparison(speed, min(shared / whole, 1.0) if whole else 0.0, shown, counts)


def _matches(
    first: Version, other: Version, one: Fingerprints, two: Fingerprints, *, excerpt: bool, mirrored: bool
) -> list[_Match]:
    searched = SearchedFilm(two.vectors, borders=[start for start, _ in other.shots] + [other.seconds])
    finds: list[Candidate] = []
    for shot, (start, end) in enumerate(first.shots):
        rows = one.rows(start, end)
        finds += candidates(one.vectors[rows], searched, shot=shot, first_row=rows.start)
        if mirrored:
            finds += candidates(one.flipped[rows], searched, shot=shot, first_row=rows.start, mirrored=True)
    if excerpt:
        best: dict[int, Candidate] = {}
        for find in finds:
            if find.shot not in best or find.score > best[find.shot].score:
                best[find.shot] = find
        chosen = [(find, False) for find in best.values()]
    else:
        chain = best_chain(finds)
        chosen = [(find, False) for find in chain]
        taken = list(chain)
        for find in sorted(finds, key=lambda candidate: -candidate.score):
            if find.similarity < _MOVED_LIKE:
                continue
            if all(find.shot != other.shot and not find.overlaps(other) for other in taken):
                taken.append(find)
                chosen.append((find, True))
    return [
        _Match(
            find.shot,
            find.start / GRID_HZ,
            find.end / GRID_HZ,
            (find.start - find.first_row) / GRID_HZ,
            find.similarity,
            moved,
            find.mirrored,
        )
        for find, moved in sorted(chosen, key=lambda pair: pair[0].shot)
    ]


def _fate(match: _Match, matches: Sequence[_Match], first: Version, other: Version) -> ShotFate:
    """How much of a shot is present, by the cuts of both copies."""
    start, end = first.shots[match.shot]
    spanned = [
        number
        for number, (low, high) in enumerate(other.shots)
        if min(high, match.end) - max(low, match.start) > min(_COVERED * (high - low), 2 * BORDER_TOLERANCE_SECONDS)
    ] or [other.shot_at((match.start + match.end) / 2)]
    low, high = other.shots[spanned[0]][0], other.shots[spanned[-1]][1]
    # If the second copy's shot continues with another shot of the first, the first's cut was not detected there.
    for neighbour in matches:
        if neighbour.shot != match.shot and neighbour.mirrored == match.mirrored:
            if low < neighbour.end <= match.start + BORDER_TOLERANCE_SECONDS:
                low = max(low, start + match.offset if abs(neighbour.end - match.start) < 0.5 else neighbour.end)
            if match.end - BORDER_TOLERANCE_SECONDS <= neighbour.start < high:
                high = min(high, end + match.offset if abs(neighbour.start - match.end) < 0.5 else neighbour.start)
    at_head, at_tail = low - start, high - end
    fits_head = abs(at_head - match.offset) <= BORDER_TOLERANCE_SECONDS
    fits_tail = abs(at_tail - match.offset) <= BORDER_TOLERANCE_SECONDS
    offset = match.offset
    if fits_head:  # a cut in both copies gives the offset to the frame
        offset = at_head
    elif fits_tail:
        offset = at_tail
    head, tail = (start + offset) - low, high - (end + offset)
    head = 0.0 if abs(head) <= BORDER_TOLERANCE_SECONDS else head
    tail = 0.0 if abs(tail) <= BORDER_TOLERANCE_SECONDS else tail
    kinds = []
    if head < 0 or tail < 0:
        kinds.append("shortened")
    if head > 0 or tail > 0:
        kinds.append("lengthened")
    kinds += [name for name, holds in (("moved", match.moved), ("mirrored", match.mirrored)) if holds]
    return ShotFate(
        tuple(kinds or ["same"]),
        FrameRange(match.shot, match.shot + 1, start, end),
        FrameRange(spanned[0], spanned[-1] + 1, low, high),
        round(head, 3),
        round(tail, 3),
        round(match.similarity, 4),
    )


def _added(other: Version, fates: Sequence[ShotFate]) -> list[ShotFate]:
    """The shots of the second copy that are not in the first."""
    added = []
    for number, (start, end) in enumerate(other.shots):
        covered = sum(
            max(0.0, min(end, fate.second.end_seconds) - max(start, fate.second.start_seconds))
            for fate in fates
            if fate.second is not None
        )
        if covered < _COVERED * (end - start):
            added.append(ShotFate(("added",), None, FrameRange(number, number + 1, start, end)))
    return added


def _in_order(of_first: list[ShotFate], added: list[ShotFate]) -> list[ShotFate]:
    """All fates in the first copy's order; an added shot follows what is before it in the second.

    A missing shot is replaced by one that was added between the same neighbours.
    """
    of_first = sorted(of_first, key=lambda fate: fate.first.first_shot if fate.first else 0)
    ordered = [fate for fate in of_first if fate.second is not None and "moved" not in fate.kinds]
    listed: list[ShotFate] = []
    waiting = sorted(added, key=lambda fate: fate.second.start_seconds if fate.second else 0.0)
    gap: list[ShotFate] = []

    def close(until: float) -> None:
        inserted = [fate for fate in waiting if fate.second is not None and fate.second.start_seconds < until]
        del waiting[: len(inserted)]
        missing = [fate for fate in gap if fate.kinds == ("missing",)]
        replacements = {id(one): other for one, other in zip(missing, inserted, strict=False)}
        for fate in gap:
            if id(fate) in replacements:
                listed.append(ShotFate(("replaced",), fate.first, replacements[id(fate)].second))
            else:
                listed.append(fate)
        listed.extend(inserted[len(missing) :])
        gap.clear()

    for fate in of_first:
        if fate in ordered and fate.second is not None:
            close(fate.second.start_seconds)
            listed.append(fate)
        else:
            gap.append(fate)
    close(float("inf"))
    return listed


def _shared_seconds(fate: ShotFate) -> float:
    if fate.first is None or fate.second is None or fate.kinds == ("replaced",):
        return 0.0
    length = fate.first.end_seconds - fate.first.start_seconds
    return max(0.0, length + min(fate.head_seconds, 0.0) + min(fate.tail_seconds, 0.0))


def _at_own_speed(part: FrameRange | None, speed: float) -> FrameRange | None:
    if part is None:
        return None
    return replace(part, start_seconds=part.start_seconds * speed, end_seconds=part.end_seconds * speed)
