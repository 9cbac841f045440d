"""A learned model as a grammar file: people read it, edit it, and give it with ``--grammar``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.attributes.attributes import Attribute, packaged_attributes
from kuleshov.definitions import read_text
from kuleshov.emotion.grammar import Grammar, Score
from kuleshov.emotion.learned_terms import LearnedTerms, Pair, Space, spaces_file, vectors_hash
from kuleshov.training.emotion_beyond import Addition, Beside
from kuleshov.training.emotion_fit import Posterior
from kuleshov.training.emotion_vectors import Axes

#: Weights below this share of the largest are left out: they are nothing to read, and change no score by 0.01.
_LEAST = 0.002
_TABLE = re.compile(r"^\s*\[")
_SCORES = re.compile(r"^\s*\[\s*scores\s*[.\]]")


@dataclass(frozen=True, eq=False)
class LearnedScore:
    """The model of one score, and its figures on films unseen.

    ``stretch``: by how much all of it is multiplied, so that a mood is *strong* where people name it.
    """

    posterior: Posterior
    addition: Addition
    stretch: float
    figures: dict[str, Any]


def grammar_text(
    base: Path | None,
    grammar: Grammar,
    learned: Mapping[str, LearnedScore],
    *,
    name: str,
    told: str,
    beyond: LearnedTerms,
) -> str:
    """Return the text of a grammar like ``base`` (``None`` = the shipped one; read as ``grammar``), weights learned.

    Cues, norms and sources stay word for word; the scores are written anew, the learned ones with what the weights
    were and how sure they are. ``told`` says of what they were learned; what lies ``beyond`` the weights follows them.
    """
    _, text = read_text(base, package="kuleshov.emotion", packaged="grammar.toml")
    kept, inside = [], False
    for line in text.splitlines():
        if _TABLE.match(line):
            inside = bool(_SCORES.match(line))
        if not inside:
            kept.append(line)
    head = "\n".join(kept).rstrip()
    head = re.sub(r"^name\s*=.*$", lambda _: f'name = "{name}"', head, count=1, flags=re.MULTILINE)
    head = re.sub(
        r"^description\s*=.*$", lambda _: f'description = "{grammar.name}, {told}"', head, count=1, flags=re.MULTILINE
    )
    source = f'[sources.labels-{name}]\nmark = "labels"\ntext = "fitted: {told}"\n'
    parts = [head, "", source]
    for score in grammar.scores:
        if score.name in learned:
            parts.append(_learned(grammar, score, learned[score.name], f"labels-{name}"))
        else:
            parts.append(_as_before(score))
    parts += _pairs(beyond, f"labels-{name}") + _attributes(beyond, f"labels-{name}")
    if beyond.spaces:
        digest = vectors_hash(spaces_file(beyond.spaces))
        parts.append(f'[vectors]\nfile = "{vectors_name(name)}"\nhash = "{digest}"\n')
    return "\n".join(parts)


def vectors_name(name: str) -> str:
    """Return how the file of vectors of a learned grammar is called."""
    return f"{name}.npz"


def beyond_of(
    grammar: Grammar,
    scores: Mapping[str, LearnedScore],
    *,
    beside: Beside | None,
    axes: Mapping[str, Axes],
    moved: Sequence[Attribute],
) -> LearnedTerms:
    """Return what was learned beyond the weights, as a grammar holds it."""
    pairs: dict[tuple[int, int], dict[str, float]] = {}
    spaces: dict[str, dict[str, NDArray[np.float32]]] = {}
    for score, learned in scores.items():
        addition = learned.addition
        for (one, other), weight in zip(addition.pairs.tolist(), addition.pair_weights.tolist(), strict=True):
            pairs.setdefault((one, other), {})[score] = weight * learned.stretch
        for space, weights in addition.vectors.items():
            whole = axes[space].directions @ weights * learned.stretch
            spaces.setdefault(space, {})[score] = whole.astype(np.float32)
    names = grammar.cue_names
    return LearnedTerms(
        tuple(
            Pair(names[one], names[other], float(beside.usual[one, other]) if beside else 0.0, weights)
            for (one, other), weights in sorted(pairs.items())
        ),
        tuple(
            Space(space, axes[space].model, axes[space].centre.astype(np.float32), weights)
            for space, weights in sorted(spaces.items())
        ),
        tuple(moved),
    )


def _learned(grammar: Grammar, score: Score, learned: LearnedScore, source: str) -> str:
    posterior = learned.posterior
    size = sum(abs(term.weight) for term in score.terms) or 1.0
    before = {term.cue: f"{term.weight:g} ({term.source.name})" for term in score.terms}
    scale = size / posterior.gain  # weights of a like size as before: only their proportions count
    spreads = np.sqrt(np.diag(posterior.covariance))
    least = _LEAST * float(np.abs(posterior.weights).max())
    lines = [
        f"[scores.{score.name}]",
        f"gain = {posterior.gain * learned.stretch:.6g}",
        f"[scores.{score.name}.weights]",
    ]
    for cue, weight, spread in sorted(
        zip(grammar.cue_names, posterior.weights.tolist(), spreads.tolist(), strict=True),
        key=lambda each: -abs(each[1]),
    ):
        if abs(weight) > least:
            lines.append(
                f'{cue} = {{ weight = {weight * scale:.6g}, source = "{source}" }}'
                f"  # +- {spread * scale:.2f}; was {before.get(cue, 'not counted')}"
            )
    return "\n".join(lines) + "\n"


def _as_before(score: Score) -> str:
    lines = [f"[scores.{score.name}]"] + ([f"gain = {score.gain:.6g}"] if not math.isclose(score.gain, 1) else [])
    lines.append(f"[scores.{score.name}.weights]")
    lines += [f'{term.cue} = {{ weight = {term.weight:.17g}, source = "{term.source.name}" }}' for term in score.terms]
    return "\n".join(lines) + "\n"


def _pairs(beyond: LearnedTerms, source: str) -> list[str]:
    parts = []
    for pair in beyond.pairs:
        lines = [f'[together."{pair.name}"]', f"usual = {pair.usual:.6g}", f'[together."{pair.name}".weights]']
        lines += [
            f'{score} = {{ weight = {weight:.6g}, source = "{source}" }}' for score, weight in pair.weights.items()
        ]
        parts.append("\n".join(lines) + "\n")
    return parts


def _attributes(beyond: LearnedTerms, source: str) -> list[str]:
    packaged = {attribute.name: attribute for attribute in packaged_attributes()}
    return [
        f"[attributes.{each.name}]\n"
        f"centre = {each.centre:.6g}  # was {packaged[each.name].centre:g}\n"
        f"spread = {each.spread:.6g}  # was {packaged[each.name].spread:g}\n"
        f'source = "{source}"\n'
        for each in beyond.attributes
    ]
