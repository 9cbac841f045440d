"""Which films a grammar is for: ``[for]`` of its file, compared with a film's metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kuleshov.definitions import Entry
from kuleshov.media.about import About

_SEVERAL = re.compile(r"[,;/|]")
#: Settings of ``[for]``, and the film's metadata that they are compared with.
_TEXTS = {"genres": "genre", "countries": "country", "languages": "language"}


@dataclass(frozen=True)
class GrammarScope:
    """Conditions on films, all of which must hold; of several names one is enough. ``years``: the first and the
    last."""

    genres: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    years: tuple[int, int] | None = None

    def met_by(self, about: About) -> tuple[str, ...] | None:
        """Return the conditions that a film meets, in words; ``None`` if it does not meet all.

        Unknown metadata meet nothing. Names are compared without regard to case.
        """
        met = []
        for key, field in _TEXTS.items():
            wanted: tuple[str, ...] = getattr(self, key)
            if not wanted:
                continue
            own = {name.strip().casefold() for name in _SEVERAL.split(getattr(about, field) or "")}
            matching = [name for name in wanted if name.casefold() in own]
            if not matching:
                return None
            met.append(f"{field} {matching[0]}")
        if self.years is not None:
            if about.year is None or not self.years[0] <= about.year <= self.years[1]:
                return None
            met.append(f"years {self.years[0]} to {self.years[1]}")
        return tuple(met)

    @property
    def text(self) -> str:
        """The conditions in words: "genre film noir or crime; years 1940 to 1959"."""
        parts = [f"{field} {' or '.join(getattr(self, key))}" for key, field in _TEXTS.items() if getattr(self, key)]
        return "; ".join(parts + ([f"years {self.years[0]} to {self.years[1]}"] if self.years else []))


def read_scope(entry: Entry) -> GrammarScope:
    """Return the scope in ``[for]``. Raises ``GrammarError``."""
    texts = {key: tuple(entry.texts(key)) for key in _TEXTS if key in entry}
    years = None
    if "years" in entry:
        first, last = entry.whole_numbers("years", count=2)
        if first > last:
            entry.refuse("years", f"must be the first and the last year, got [{first}, {last}]")
        years = (first, last)
    for key in (*_TEXTS, "years"):
        entry.allow(key)
    entry.close()
    if not texts and years is None:
        entry.refuse("", f"is empty; allowed: {', '.join((*_TEXTS, 'years'))}")
    return GrammarScope(**texts, years=years)
