"""Expected differences, each with a reason, in a TOML file:

    [[allowed]]
    reason = "copy edit of the reasons' texts"
    kind = "words"                          # one of differences.Kind
    path = 'search/.*/reasons/\\d+/text'     # regular expressions that match the whole text
    before = '.*'
    after = '.*'
    within = 1e-6                            # numbers only: the largest difference, relative above 1, else absolute

An entry needs ``reason`` and at least one other key.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from differences import Difference, Kind

_PATTERNS = ("path", "before", "after")
_KEYS = ("reason", "kind", *_PATTERNS, "within")


@dataclass(frozen=True)
class Allowance:
    """One entry of the file. An empty pattern matches anything."""

    reason: str
    kind: str = ""
    path: str = ""
    before: str = ""
    after: str = ""
    within: float | None = None

    def allows(self, difference: Difference) -> bool:
        if (self.kind and self.kind != difference.kind) or not self._is_near(difference):
            return False
        return all(
            not (pattern := getattr(self, name)) or re.fullmatch(pattern, getattr(difference, name), re.DOTALL)
            for name in _PATTERNS
        )

    def _is_near(self, difference: Difference) -> bool:
        if self.within is None:
            return True
        if difference.kind != "numbers":
            return False
        one, other = float(difference.before), float(difference.after)
        return abs(one - other) <= self.within * max(1.0, abs(one), abs(other))  # NaN is near nothing


def read_allowances(path: Path) -> list[Allowance]:
    """Return the entries of a file. Raises ``ValueError`` for an entry that is incomplete or has an unknown key."""
    found = []
    for number, entry in enumerate(tomllib.loads(path.read_text(encoding="utf-8")).get("allowed", []), start=1):
        where = f"{path}: entry {number}"
        if unknown := sorted(set(entry) - set(_KEYS)):
            raise ValueError(f"{where}: {unknown[0]!r} is unknown (there are: {', '.join(_KEYS)})")
        if not entry.get("reason") or len(entry) < 2:
            raise ValueError(f"{where}: give a reason, and at least one of {', '.join(_KEYS[1:])}")
        if entry.get("kind", "words") not in get_args(Kind):
            raise ValueError(f"{where}: kind {entry['kind']!r} is none of {', '.join(get_args(Kind))}")
        found.append(Allowance(**entry))
    return found


def sorted_out(
    differences: Iterable[Difference], allowances: Iterable[Allowance]
) -> tuple[list[Difference], Counter[str]]:
    """Return the differences that no entry allows, and for each reason how many it allows."""
    entries = list(allowances)
    counts: Counter[str] = Counter({entry.reason: 0 for entry in entries})
    unexpected = []
    for difference in differences:
        entry = next((entry for entry in entries if entry.allows(difference)), None)
        if entry is None:
            unexpected.append(difference)
        else:
            counts[entry.reason] += 1
    return unexpected, counts
