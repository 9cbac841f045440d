"""Several grammars: a folder of files, of which each film takes the one that is for it.

A file's ``[for]`` defines its films by genre, country, language and years (``emotion.grammar_scope``). Of those that
fit a film the one with most conditions is taken; of equal ones that for fewer years, then the first by file name. If
none fits, the file without ``[for]`` is taken, of which there may be one, else the shipped grammar.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kuleshov.emotion.grammar import Grammar, load_grammar
from kuleshov.errors import GrammarError
from kuleshov.media.about import About

_ALL_YEARS = 10_000


@dataclass(frozen=True)
class Choice:
    """The grammar of a film, and why it is that one ("genre film noir, years 1940 to 1959")."""

    grammar: Grammar
    reason: str


@dataclass(frozen=True)
class Grammars:
    """The grammars of an archive: ``special`` ones for some films, in order of file names, ``usual`` for the rest."""

    usual: Grammar
    special: tuple[Grammar, ...] = ()

    @property
    def all(self) -> tuple[Grammar, ...]:
        return (*self.special, self.usual)

    def choose(self, about: About) -> Choice:
        """Return the grammar for a film with these metadata."""
        fitting = []
        for number, grammar in enumerate(self.special):
            met = grammar.scope.met_by(about) if grammar.scope else None
            if met is not None and grammar.scope is not None:
                first, last = grammar.scope.years or (0, _ALL_YEARS)
                fitting.append((-len(met), last - first, number, Choice(grammar, ", ".join(met))))
        if fitting:
            return min(fitting, key=lambda candidate: candidate[:3])[-1]
        return Choice(self.usual, "for films that no other is for" if self.special else "for all films")


def load_grammars(path: Path | None) -> Grammars:
    """Return the grammars of a folder; of a file, or ``None`` (the shipped one), that grammar for all films.

    Raises ``GrammarError`` for a file that breaks its rules, a folder without grammars, or two for all films or of one
    name.
    """
    if path is None or not path.is_dir():
        return Grammars(load_grammar(path))
    files = sorted(path.glob("*.toml"))
    if not files:
        raise GrammarError(f"{path}: no grammar in it; put files NAME.toml there, or name a file")
    grammars = {file: load_grammar(file) for file in files}
    names: dict[str, Path] = {}
    for file, grammar in grammars.items():
        if (other := names.setdefault(grammar.name, file)) != file:
            raise GrammarError(f"{file}: name: {grammar.name!r} is that of {other} too; give each its own")
    usual = [file for file, grammar in grammars.items() if grammar.scope is None]
    if len(usual) > 1:
        raise GrammarError(f"{usual[1]}: has no [for], as {usual[0]}: only one may be for all other films")
    special = tuple(grammar for grammar in grammars.values() if grammar.scope is not None)
    return Grammars(grammars[usual[0]] if usual else load_grammar(), special)
