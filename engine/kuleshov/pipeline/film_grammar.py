"""By which rules films are read: the grammar of each, of one file or of a folder, and the norms that judge it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kuleshov.archive.norms_file import read_norms
from kuleshov.emotion.grammar import Grammar
from kuleshov.emotion.grammars import load_grammars
from kuleshov.emotion.norms import Scales
from kuleshov.media.about import About
from kuleshov.records import Film


@dataclass(frozen=True)
class FilmGrammar:
    """The rules of one film. ``notes`` say why it has this grammar, where there was a choice."""

    grammar: Grammar
    scales: Scales | None
    notes: tuple[str, ...] = ()

    @property
    def models(self) -> dict[str, str]:
        """What stands for them in a film's provenance."""
        return {"grammar": self.grammar.id} | ({"norms": self.scales.id} if self.scales else {})


class GrammarChoice:
    """The rules of all films. ``grammar``: a file, a folder of them, or ``None`` for the shipped one; ``norms``: a file
    that ``kuleshov norms`` made, or ``None``.

    Raises ``GrammarError``, ``ArchiveError`` for files that break their rules.
    """

    def __init__(self, grammar: Path | None, norms: Path | None) -> None:
        self._grammars = load_grammars(grammar)
        self._norms = read_norms(norms) if norms else None

    @property
    def by_film(self) -> bool:
        """Whether something must be known of a film to tell its rules."""
        return bool(self._grammars.special) or self._norms is not None

    def of(self, about: About) -> FilmGrammar:
        """Return the rules of a film of which this is known."""
        choice = self._grammars.choose(about)
        scales = self._norms.scales_for(choice.grammar, about.year) if self._norms else None
        notes = (f"grammar {choice.grammar.name}: {choice.reason}",) if self._grammars.special else ()
        return FilmGrammar(choice.grammar, scales, notes)


def about_film(film: Film) -> About:
    """Return what is known of a film that is described already."""
    return About(film.title, film.year, film.director, film.country, film.language, film.genre)
