"""A learned model as a grammar file: people read it, edit it, and give it with ``--grammar``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from kuleshov.cinema.definitions import read_text
from kuleshov.emotion.grammar import Grammar, Score
from kuleshov.training.emotion_fit import Posterior

#: Weights below this share of the largest are left out: they are nothing to read, and change no score by 0.01.
_LEAST = 0.002
_TABLE = re.compile(r"^\s*\[")
_SCORES = re.compile(r"^\s*\[\s*scores\s*[.\]]")


def grammar_text(
    base: Path | None,
    grammar: Grammar,
    learned: Mapping[str, Posterior],
    gains: Mapping[str, float],
    *,
    name: str,
    told: str,
) -> str:
    """Return the text of a grammar like ``base`` (``None`` = the shipped one; read as ``grammar``), weights learned.

    Cues, norms and sources stay word for word; the scores are written anew, the learned ones with what the weights
    were and how sure they are. ``gains`` replaces the gain of a learned score; ``told`` says of what they were learned.
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
            parts.append(_learned(grammar, score, learned[score.name], gains.get(score.name), f"labels-{name}"))
        else:
            parts.append(_as_before(score))
    return "\n".join(parts)


def _learned(grammar: Grammar, score: Score, posterior: Posterior, gain: float | None, source: str) -> str:
    size = sum(abs(term.weight) for term in score.terms) or 1.0
    before = {term.cue: f"{term.weight:g} ({term.source.name})" for term in score.terms}
    scale = size / posterior.gain  # weights of a like size as before: only their proportions count
    spreads = np.sqrt(np.diag(posterior.covariance))
    least = _LEAST * float(np.abs(posterior.weights).max())
    lines = [
        f"[scores.{score.name}]",
        f"gain = {posterior.gain if gain is None else gain:.6g}",
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
