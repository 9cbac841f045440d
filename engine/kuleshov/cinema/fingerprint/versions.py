"""Two copies of a film compared: which shots are the same, cut shorter or longer, moved, missing, added, replaced.

Every frame that was kept (some eight a second) is boiled down to where its 16x9 luma is light and dark, mean and
contrast taken out: a picture of another size, grade or letterbox keeps it. For each shot of the first copy the other is
searched at every offset for the longest stretch that looks like it (local alignment along diagonals, after Smith and
Waterman, J. Mol. Biol. 147, 1981); of the candidates the best ordered chain is kept by dynamic programming, and what
remains is looked for anywhere else: moved shots. How much of a shot is there is then told by the cuts of both copies.

Times are in seconds of each copy. A copy that runs faster or slower (24 frames shown at 25) is brought to the first
one's clock before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kuleshov.cinema.fingerprint.fingerprints import GRID_HZ, Fingerprints, Version, sampled, speed_between
from kuleshov.cinema.fingerprint.version_search import Candidate, Searched, best_chain, candidates

#: Borders that differ by no more are the same: detectors and encoders move a cut by a frame or two.
BORDER_TOLERANCE_SECONDS = 0.15
#: How much of a shot of the second copy must be accounted for to be no addition.
_COVERED = 0.3
#: Likeness asked of a shot that is found out of order, where no neighbour speaks for it (design value).
_MOVED_LIKE = 0.9


@dataclass(frozen=True)
class FrameRange:
    """A stretch of one copy: shot numbers (``end_shot`` exclusive) and seconds."""

    first_shot: int
    end_shot: int
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True)
class ShotFate:
    """What became of a shot.

    ``kinds``: ``same``, or some of ``shortened``, ``lengthened``, ``moved``, ``mirrored``; or one of ``missing`` (no
    ``second``), ``added`` (no ``first``), ``replaced``.

    ``head_seconds`` and ``tail_seconds``: what the second copy has more (+) or less (-) of it at its two ends, on the
    first copy's clock. ``similarity`` 0..1 of the pictures that are in both.
    """

    kinds: tuple[str, ...]
    first: FrameRange | None
    second: FrameRange | None
    head_seconds: float = 0.0
    tail_seconds: float = 0.0
    similarity: float = 0.0


@dataclass(frozen=True)
class VersionComparison:
    """``fates`` of all shots: those of the first copy in order, and the added ones of the second where they stand.

    ``speed``: seconds of the second copy to one of the first. ``similarity``: share of both copies' time that the
    other one has too, 0..1.
    """

    speed: float
    similarity: float
    fates: tuple[ShotFate, ...]
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Match:
    """A shot of the first copy found in the second; times of both on the first's clock."""

    shot: int
    start: float
    end: float
    offset: float
    similarity: float
    moved: bool
    mirrored: bool


def compare(first: Version, second: Version, *, excerpt: bool = False, mirrored: bool = False) -> VersionComparison:
    """Compare two copies of a film. ``mirrored`` also looks for shots that were flipped left to right.

    ``excerpt``: the first is a trailer or an excerpt of the second: each of its shots is looked for on its own, in
    whatever order, also twice in one place; what the second has beside them is not told.
    """
    speed = 1.0 if excerpt else speed_between(first, second)
    other = second.at_speed(speed)
    one, two = sampled(first), sampled(other)
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
    searched = Searched(two.vectors, borders=[start for start, _ in other.shots] + [other.seconds])
    found: list[Candidate] = []
    for shot, (start, end) in enumerate(first.shots):
        rows = one.rows(start, end)
        found += candidates(one.vectors[rows], searched, shot=shot, first_row=rows.start)
        if mirrored:
            found += candidates(one.flipped[rows], searched, shot=shot, first_row=rows.start, mirrored=True)
    if excerpt:
        best: dict[int, Candidate] = {}
        for each in found:
            if each.shot not in best or each.score > best[each.shot].score:
                best[each.shot] = each
        chosen = [(each, False) for each in best.values()]
    else:
        chain = best_chain(found)
        chosen = [(each, False) for each in chain]
        taken = list(chain)
        for each in sorted(found, key=lambda candidate: -candidate.score):
            if each.similarity < _MOVED_LIKE:
                continue
            if all(each.shot != other.shot and not each.overlaps(other) for other in taken):
                taken.append(each)
                chosen.append((each, True))
    return [
        _Match(
            each.shot,
            each.start / GRID_HZ,
            each.end / GRID_HZ,
            (each.start - each.first_row) / GRID_HZ,
            each.similarity,
            moved,
            each.mirrored,
        )
        for each, moved in sorted(chosen, key=lambda pair: pair[0].shot)
    ]


def _fate(match: _Match, matches: Sequence[_Match], first: Version, other: Version) -> ShotFate:
    """Tell by the cuts of both copies how much of a shot is there."""
    start, end = first.shots[match.shot]
    spanned = [
        number
        for number, (low, high) in enumerate(other.shots)
        if min(high, match.end) - max(low, match.start) > min(_COVERED * (high - low), 2 * BORDER_TOLERANCE_SECONDS)
    ] or [other.shot_at((match.start + match.end) / 2)]
    low, high = other.shots[spanned[0]][0], other.shots[spanned[-1]][1]
    # Where the second copy's shot goes on with what is another shot of the first, the first's cut was not found there.
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
    if fits_head:  # a cut in both copies tells the offset to the frame
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
    place = FrameRange(spanned[0], spanned[-1] + 1, low, high)
    return ShotFate(
        tuple(kinds or ["same"]),
        FrameRange(match.shot, match.shot + 1, start, end),
        place,
        round(head, 3),
        round(tail, 3),
        round(match.similarity, 4),
    )


def _added(other: Version, fates: Sequence[ShotFate]) -> list[ShotFate]:
    """The shots of the second copy that no shot of the first accounts for."""
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
    """All fates by the first copy's order; an added shot after what stands before it in the second.

    A shot that is missing where others were added between the same neighbours is replaced by one of them.
    """
    of_first = sorted(of_first, key=lambda fate: fate.first.first_shot if fate.first else 0)
    ordered = [fate for fate in of_first if fate.second is not None and "moved" not in fate.kinds]
    listed: list[ShotFate] = []
    waiting = sorted(added, key=lambda fate: fate.second.start_seconds if fate.second else 0.0)
    gap: list[ShotFate] = []

    def close(until: float) -> None:
        here = [fate for fate in waiting if fate.second is not None and fate.second.start_seconds < until]
        del waiting[: len(here)]
        lost = [fate for fate in gap if fate.kinds == ("missing",)]
        swapped = {id(one): other for one, other in zip(lost, here, strict=False)}
        for fate in gap:
            if id(fate) in swapped:
                listed.append(ShotFate(("replaced",), fate.first, swapped[id(fate)].second))
            else:
                listed.append(fate)
        listed.extend(here[len(lost) :])
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


def _at_own_speed(place: FrameRange | None, speed: float) -> FrameRange | None:
    if place is None:
        return None
    return replace(place, start_seconds=place.start_seconds * speed, end_seconds=place.end_seconds * speed)
