"""The rules by which a film is scored: its grammar, from one file or a folder, and the norms of an archive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kuleshov.archive.norms_file import read_norms
from kuleshov.emotion.grammar import Grammar
from kuleshov.emotion.grammars import load_grammars
from kuleshov.emotion.norms import Scales
from kuleshov.media.about import About
from kuleshov.pipeline.job.notes import Noted
from kuleshov.records import Film


@dataclass(frozen=True)
class FilmGrammar:
    """The rules of one film; ``scales`` are an archive's norms, ``None`` = the grammar's own reference."""

    grammar: Grammar
    scales: Scales | None = None

    @property
    def models(self) -> dict[str, str]:
        """Their identities, for provenance."""
        return {"grammar": self.grammar.id} | ({"norms": self.scales.id} if self.scales else {})


class GrammarChoice:
    """Chooses the rules of each film. ``grammar``: a file, a folder of them, or ``None`` for the shipped one;
    ``norms``: a file that ``kuleshov norms`` made, or ``None``.

    Raises ``GrammarError`` or ``ArchiveError`` for invalid files.
    """

    def __init__(self, grammar: Path | None, norms: Path | None) -> None:
        self._grammars = load_grammars(grammar)
        self._norms = read_norms(norms) if norms else None

    @property
    def by_film(self) -> bool:
        """Whether the rules depend on what is known about a film."""
        return bool(self._grammars.special) or self._norms is not None

    def of(self, about: About) -> Noted[FilmGrammar]:
        """Return the rules of a film, and why it has this grammar if there was a choice."""
        choice = self._grammars.choose(about)
        scales = self._norms.scales_for(choice.grammar, about.year) if self._norms else None
        notes = (f"grammar {choice.grammar.name}: {choice.reason}",) if self._grammars.special else ()
        return FilmGrammar(choice.grammar, scales), notes


def about_film(film: Film) -> About:
    """Return what a film's record says about it."""
    return About(film.title, film.year, film.director, film.country, film.language, film.genre)
