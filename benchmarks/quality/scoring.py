"""How found transitions are scored against true ones.

A transition is an interval from the last clean frame of the old shot to the first clean frame of the new one; a cut has
``end = start + 1``. The rule:

- A found transition may match a true cut if their centres are at most ``tolerance`` frames apart; a found one that is
  longer than a cut by ``n`` frames may be ``n / 2`` further away.
- It may match a true gradual transition if the two intervals, the true one widened by ``tolerance`` frames on both
  sides, touch. Types need not agree.
- Matches are one to one; the pairs with the nearest centres match first.
- A found transition without a match is a false alarm, also a second one inside the same fade.
- Recall of a kind is over the true transitions of that kind. Its F1 charges it with all false alarms, whatever type the
  detector gave them: pessimistic, and the same for detectors that tell no types.
- Extent overlap is intersection over union of the two intervals of each matched gradual transition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

CUT = "cut"


@dataclass(frozen=True)
class Event:
    """Frames ``start`` to ``end`` of a found or true transition, or of something that is none."""

    start: int
    end: int
    type: str = ""

    @property
    def center(self) -> float:
        return (self.start + self.end) / 2

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass
class Score:
    """What was found of one film or, added up, of several."""

    true: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    false_alarms: Counter[str] = field(default_factory=Counter)  # by the distractor that caused it, or "plain"
    overlaps: list[float] = field(default_factory=list)
    cut_offsets: Counter[int] = field(default_factory=Counter)  # frames by which a matched cut was off
    right_types: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.true + other.true,
            self.hits + other.hits,
            self.false_alarms + other.false_alarms,
            self.overlaps + other.overlaps,
            self.cut_offsets + other.cut_offsets,
            self.right_types + other.right_types,
        )

    @property
    def precision(self) -> float:
        return self.hits.total() / max(1, self.hits.total() + self.false_alarms.total())

    @property
    def recall(self) -> float:
        return self.hits.total() / max(1, self.true.total())

    @property
    def overlap(self) -> float:
        """Mean extent overlap of the matched gradual transitions, 0 where there are none."""
        return sum(self.overlaps) / max(1, len(self.overlaps))

    def f1(self, kinds: Iterable[str] | None = None) -> float:
        """F1 over all transitions, or over those of some kinds."""
        kinds = self.true.keys() if kinds is None else kinds
        hits, true = (sum(counts[kind] for kind in kinds) for counts in (self.hits, self.true))
        return 2 * hits / max(1, hits + true + self.false_alarms.total())


def score(
    found: Sequence[Event], true: Sequence[Event], *, distractors: Sequence[Event] = (), tolerance: int = 2
) -> Score:
    """Score the transitions found in one film by the rule above."""
    pairs = sorted(
        (abs(found[i].center - true[j].center), i, j)
        for i in range(len(found))
        for j in range(len(true))
        if _may_match(found[i], true[j], tolerance)
    )
    found_match: dict[int, int] = {}
    true_match: dict[int, int] = {}
    for _, i, j in pairs:
        if i not in found_match and j not in true_match:
            found_match[i], true_match[j] = j, i
    result = Score(true=Counter(each.type for each in true))
    for i, j in found_match.items():
        result.hits[true[j].type] += 1
        result.right_types += found[i].type == true[j].type
        if true[j].length <= 1:
            result.cut_offsets[abs(found[i].end - true[j].end)] += 1
        else:
            result.overlaps.append(_overlap(found[i], true[j]))
    for i, event in enumerate(found):
        if i not in found_match:
            causes = (each.type for each in distractors if _touch(event, each, tolerance))
            result.false_alarms[next(causes, "plain")] += 1
    return result


def _may_match(found: Event, true: Event, tolerance: int) -> bool:
    if true.length <= 1:
        return abs(found.center - true.center) <= tolerance + max(0.0, (found.length - 1) / 2)
    return _touch(found, true, tolerance)


def _touch(event: Event, other: Event, tolerance: int) -> bool:
    return event.end >= other.start - tolerance and event.start <= other.end + tolerance


def _overlap(one: Event, other: Event) -> float:
    common = min(one.end, other.end) - max(one.start, other.start)
    return max(0, common) / (max(one.end, other.end) - min(one.start, other.start))
