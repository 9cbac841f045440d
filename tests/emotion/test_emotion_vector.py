"""The affect-and-cinema vector: its names, its parts, and NaN where nothing was measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES, attribute_table
from kuleshov.emotion.model import describe_emotion
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.records import DIMENSIONS, MOODS


def test_names_are_attributes_then_dimensions_then_moods() -> None:
    assert list(VECTOR_NAMES) == [*ATTRIBUTE_NAMES, *DIMENSIONS, *("mood_" + mood for mood in MOODS)]
    assert len(set(VECTOR_NAMES)) == len(VECTOR_NAMES)


def test_a_vector_holds_attributes_and_feelings(shot, grammar) -> None:
    shots = [shot(index=0, luma_mean=0.1), shot(index=1, silent_film=True)]
    shots = [
        replace(one, emotion=feeling)
        for one, feeling in zip(shots, describe_emotion(shots, grammar=grammar), strict=True)
    ]
    vectors = affect_vectors(shots, shots=shots)
    assert vectors.shape == (2, len(VECTOR_NAMES))
    assert vectors.dtype == np.float32
    count = len(ATTRIBUTE_NAMES)
    np.testing.assert_array_equal(vectors[:, :count], attribute_table(shots, shots=shots).astype(np.float32))
    named = dict(zip(VECTOR_NAMES, vectors[0].tolist(), strict=True))
    assert shots[0].emotion is not None
    assert named["valence"] == np.float32(shots[0].emotion.valence)
    assert named["mood_fear"] == np.float32(shots[0].emotion.moods["fear"])
    assert np.isnan(vectors[1, VECTOR_NAMES.index("loud")])
    assert not np.isnan(vectors[1, VECTOR_NAMES.index("mood_fear")])


def test_a_segment_without_feelings_has_nan_there(shot, grammar) -> None:
    (emotion,) = describe_emotion([shot()], grammar=grammar)
    for empty in (None, replace(emotion, confidence=0.0)):
        vector = affect_vectors([replace(shot(), emotion=empty)], shots=[])[0]
        assert np.isnan(vector[len(ATTRIBUTE_NAMES) :]).all()
        assert not np.isnan(vector[VECTOR_NAMES.index("bright")])


def test_no_segments_give_an_empty_table() -> None:
    assert affect_vectors([], shots=[]).shape == (0, len(VECTOR_NAMES))
