"""The learned terms of a trained grammar, in addition to its sum of cues: pairs of cues, and vectors of segments.

    score = cut(sum of cues + sum(weight * (one * other - usual)) + sum(weights . (vector - centre)))

A pair of cues counts if both count, a space of vectors (``visual``, ``look``, ``sound``, ``dialogue``) if the segment
has a vector, made by the same model as in training. Missing terms add nothing, and ``usual`` and ``centre`` are the
means of the training segments: so a missing term moves the score in no direction. Every pair and every space is a
reason of its own, and reasons still add up to the score; beyond -1 and 1 all are scaled down alike.

In a grammar file the pairs are tables, ``[together."warmth & loudness"]``, to read and to edit; the vectors are in the
file that ``[vectors]`` names, in the same folder, identified by their hash. ``[attributes.NAME]`` has ``centre`` and
``spread`` of attributes as people use the words (``training.emotion_words``). Any of them may be missing.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES, Attribute, packaged_attributes
from kuleshov.cinema.attributes.scaled_measure import read_position, read_spread
from kuleshov.definitions import Entry
from kuleshov.records import DIMENSIONS, MOODS

JOINED = " & "


@dataclass(frozen=True)
class Pair:
    """Two cues whose product counts; ``usual`` is the mean of the product, ``weights`` by score."""

    one: str
    other: str
    usual: float
    weights: Mapping[str, float]

    @property
    def name(self) -> str:
        return self.one + JOINED + self.other


@dataclass(frozen=True, eq=False)
class Space:
    """The weights of one space's vectors: ``centre`` float32 ``[D]``, ``weights`` float32 ``[D]`` by score."""

    name: str
    model: str
    centre: NDArray[np.float32]
    weights: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class LearnedTerms:
    """See the module. ``attributes``: those with learned centre and spread, in the order of the file."""

    pairs: tuple[Pair, ...] = ()
    spaces: tuple[Space, ...] = ()
    attributes: tuple[Attribute, ...] = ()


def read_learned_terms(root: Entry, *, cues: Collection[str], sources: Collection[str]) -> LearnedTerms | None:
    """Return the learned terms of a grammar file; ``None`` if it has none.

    Raises ``GrammarError`` naming the entry, also if the file of vectors is missing or another one.
    """
    if not any(key in root for key in ("together", "vectors", "attributes")):
        return None
    together = root.entries("together") if "together" in root else {}
    attributes = root.entries("attributes") if "attributes" in root else {}
    if unknown := [name for name in attributes if name not in ATTRIBUTE_NAMES]:
        root.refuse(f"attributes.{unknown[0]}", "no such attribute")
    return LearnedTerms(
        tuple(_pair(name, entry, cues, sources) for name, entry in together.items()),
        _spaces(root.entry("vectors")) if "vectors" in root else (),
        tuple(_attribute(name, entry, sources) for name, entry in attributes.items()),
    )


def _pair(name: str, entry: Entry, cues: Collection[str], sources: Collection[str]) -> Pair:
    one, _, other = name.partition(JOINED)
    if one not in cues or other not in cues or one == other:
        entry.refuse("", f"must be two cues of the grammar, joined by {JOINED!r}")
    weights = {}
    for score, term in entry.entries("weights").items():
        if score not in (*DIMENSIONS, *MOODS):
            entry.refuse(f"weights.{score}", "no such score")
        weights[score] = term.number("weight")
        term.choice("source", sources)
        term.close()
    pair = Pair(one, other, entry.number("usual", default=0.0), weights)
    entry.close()
    return pair


def _attribute(name: str, entry: Entry, sources: Collection[str]) -> Attribute:
    packaged = packaged_attributes()[ATTRIBUTE_NAMES.index(name)]
    reading = packaged.reading
    attribute = replace(packaged, centre=read_position(entry, "centre", reading), spread=read_spread(entry, reading))
    entry.choice("source", sources)
    entry.close()
    return attribute


def _spaces(entry: Entry) -> tuple[Space, ...]:
    path = Path(entry.file).with_name(entry.text("file"))
    stated = entry.text("hash")
    entry.close()
    try:
        content = path.read_bytes()
    except OSError as error:
        entry.refuse("file", f"{path} can't be read: {error.strerror or error}; it belongs beside the grammar")
    if vectors_hash(content) != stated:
        entry.refuse("hash", f"{path} is another file than the one that belongs to this grammar")
    with np.load(path, allow_pickle=False) as stored:
        return tuple(
            Space(
                name,
                str(stored[f"{name}/model"]),
                stored[f"{name}/centre"],
                {score: stored[f"{name}/{score}"] for score in (*DIMENSIONS, *MOODS) if f"{name}/{score}" in stored},
            )
            for name in stored["spaces"].tolist()
        )


def vectors_hash(content: bytes) -> str:
    """Return the 12 hex digits by which a grammar identifies its file of vectors."""
    return hashlib.blake2b(content, digest_size=6).hexdigest()


def spaces_file(spaces: Sequence[Space]) -> bytes:
    """Return the file of vectors of a trained grammar (NumPy's ``.npz``), the same bytes for the same numbers."""
    stored: dict[str, NDArray[np.generic]] = {"spaces": np.array([space.name for space in spaces])}
    for space in spaces:
        stored |= {f"{space.name}/model": np.array(space.model), f"{space.name}/centre": space.centre}
        stored |= {f"{space.name}/{score}": weights for score, weights in space.weights.items()}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:  # as numpy.savez, without times
        for name, array in stored.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getvalue())
    return file.getvalue()
