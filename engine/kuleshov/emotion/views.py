"""Views: a segment's emotion in the terms of others: the 15 labels of EEV, Ekman's six and neutral.

A view measures nothing new: ``value = sum(weight * part) / sum(|weight|)`` over those of its parts (scores of the
grammar, attributes) that were measured. A label that they can't give is NaN with confidence 0: disgust if the film was
not searched for faces, contempt always. Parts, sources and trust of each label: ``views.toml``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast, get_args

from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES, packaged_attributes
from kuleshov.definitions import Entry, read_text
from kuleshov.emotion.grammar import SCORES, Mark, Source
from kuleshov.records import Emotion, Segment

#: The rest of a view ("neutral") is 0 if the highest label is this high: the threshold of a strong mood.
_HIGH = 0.25


@dataclass(frozen=True)
class ViewScore:
    """``value`` -1..1, NaN = unknown; ``confidence`` 0..1."""

    value: float
    confidence: float


@dataclass(frozen=True)
class Label:
    """How a label is computed: ``parts`` by name of score or attribute, or the ``rest_of`` other labels, or not at all,
    and why (``no_basis``)."""

    parts: Mapping[str, float]
    needs: tuple[str, ...]
    trust: float
    rest_of: tuple[str, ...]
    no_basis: str
    source: Source


@dataclass(frozen=True)
class View:
    """A set of labels by somebody else."""

    title: str
    source: Source
    labels: Mapping[str, Label]


def views_of(segment: Segment) -> dict[str, dict[str, ViewScore]]:
    """Return a shot's or scene's scores by view and label, in the views' order."""
    return {name: _scores(view, segment) for name, view in load_views().items()}


def views_json(segment: Segment) -> dict[str, dict[str, dict[str, float | None]]]:
    """Return ``views_of`` as plain data; unknown values are ``None``."""
    return {
        name: {
            label: {"value": None if math.isnan(score.value) else score.value, "confidence": score.confidence}
            for label, score in scores.items()
        }
        for name, scores in views_of(segment).items()
    }


def views_text(segment: Segment, *, most: int = 3, least: float = 0.1) -> str:
    """Return the highest labels of each view in words: ``"EEV: awe +0.31 (confidence 0.45)"``, "" if there are none."""
    texts = []
    for name, scores in views_of(segment).items():
        high = [(label, score) for label, score in scores.items() if score.value >= least]
        high.sort(key=lambda pair: -pair[1].value)
        if high:
            words = (f"{label} {score.value:+.2f} (confidence {score.confidence:.2f})" for label, score in high[:most])
            texts.append(f"{load_views()[name].title}: {', '.join(words)}")
    return "; ".join(texts)


@cache
def load_views() -> dict[str, View]:
    """Return the views of ``views.toml`` by name. Raises ``GrammarError``."""
    file, text = read_text(None, package="kuleshov.emotion", packaged="views.toml")
    root = Entry.parse(text, file=file)
    sources = {}
    for name, entry in root.entries("sources").items():
        sources[name] = Source(name, cast(Mark, entry.choice("mark", get_args(Mark))), entry.text("text"))
        entry.close()
    views = {name: _view(entry, sources) for name, entry in root.entries("views").items()}
    root.close()
    return views


def _scores(view: View, segment: Segment) -> dict[str, ViewScore]:
    emotion = segment.emotion
    if emotion is None or emotion.confidence == 0 or segment.matter != "picture":
        return dict.fromkeys(view.labels, ViewScore(math.nan, 0.0))
    scores = {name: _score(label, segment, emotion) for name, label in view.labels.items() if not label.rest_of}
    for name, label in view.labels.items():
        if label.rest_of:
            scores[name] = _rest([scores[other] for other in label.rest_of])
    return {name: scores[name] for name in view.labels}


def _score(label: Label, segment: Segment, emotion: Emotion) -> ViewScore:
    parts = {name: _part(name, segment, emotion) for name in label.parts}
    known = {name: value for name, (value, _) in parts.items() if not math.isnan(value)}
    if not known or (label.needs and not any(name in known for name in label.needs)):
        return ViewScore(math.nan, 0.0)
    weight = math.fsum(abs(label.parts[name]) for name in known)
    value = math.fsum(label.parts[name] * part for name, part in known.items()) / weight
    measured = math.fsum(abs(label.parts[name]) * parts[name][1] for name in known)
    return ViewScore(value, label.trust * measured / math.fsum(map(abs, label.parts.values())))


def _part(name: str, segment: Segment, emotion: Emotion) -> tuple[float, float]:
    """A part's value, NaN = not measured, and how much of it was measured."""
    if name in ATTRIBUTE_NAMES:
        value = packaged_attributes()[ATTRIBUTE_NAMES.index(name)].value(segment)
        return value, 0.0 if math.isnan(value) else 1.0
    score = emotion.moods[name] if name in emotion.moods else getattr(emotion, name)
    if score is None:  # described before this score existed
        return math.nan, 0.0
    confidence = emotion.confidences.get(name, emotion.confidence)
    return (score, confidence) if confidence else (math.nan, 0.0)


def _rest(others: list[ViewScore]) -> ViewScore:
    known = [score.value for score in others if not math.isnan(score.value)]
    if not known:
        return ViewScore(math.nan, 0.0)
    value = max(-1.0, 1.0 - max(0.0, *known) / _HIGH)
    return ViewScore(value, math.fsum(score.confidence for score in others) / len(others))


def _view(entry: Entry, sources: Mapping[str, Source]) -> View:
    labels = {name: _label(label, sources) for name, label in entry.entries("labels").items()}
    for name, label in labels.items():
        if unknown := [other for other in label.rest_of if other not in labels or labels[other].rest_of]:
            entry.refuse(f"labels.{name}.rest", f"{unknown[0]!r} is not a label of this view with parts of its own")
    view = View(entry.text("title"), sources[entry.choice("source", sources)], labels)
    entry.close()
    return view


def _label(entry: Entry, sources: Mapping[str, Source]) -> Label:
    parts: dict[str, float] = {}
    trust = 0.0
    needs: tuple[str, ...] = ()
    if "parts" in entry:
        weights = entry.entry("parts")
        for name in (*SCORES, *ATTRIBUTE_NAMES):
            if (weight := weights.optional_number(name)) is not None:
                parts[name] = weight
        weights.close()
        trust = entry.number("trust", above=0.0)
        needs = tuple(entry.texts("needs")) if "needs" in entry else ()
        if lacking := [name for name in needs if name not in parts]:
            entry.refuse("needs", f"{lacking[0]!r} is none of the parts")
    label = Label(
        parts=parts,
        needs=needs,
        trust=trust,
        rest_of=tuple(entry.texts("rest")) if "rest" in entry else (),
        no_basis=entry.text("no_basis") if "no_basis" in entry else "",
        source=sources[entry.choice("source", sources)],
    )
    if sum(map(bool, (label.parts, label.rest_of, label.no_basis))) != 1:
        entry.refuse("", "must have one of parts, rest, no_basis")
    entry.close()
    return label
