"""Emotions of the windows of a live film, each compared with the windows before it."""

from __future__ import annotations

from collections import deque

import numpy as np

from kuleshov.emotion.apply_learned_terms import apply_learned_terms
from kuleshov.emotion.cues import cue_numbers, cues_of_numbers
from kuleshov.emotion.grammar import Grammar
from kuleshov.emotion.model import emotion_of_cues
from kuleshov.records import Emotion, Segment

#: The number of windows that define what is usual: five minutes of windows of 2 s.
PAST_WINDOWS = 150


class LiveEmotion:
    """Remembers the numbers of the last ``PAST_WINDOWS`` windows."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._numbers: deque[list[float]] = deque(maxlen=PAST_WINDOWS)
        self._seconds: deque[float] = deque(maxlen=PAST_WINDOWS)

    def describe(self, window: Segment) -> Emotion:
        """Return the emotion of the next window, as ``describe_emotion`` of the windows so far returns for the last."""
        grammar = self._grammar
        self._numbers.append(cue_numbers(window, grammar=grammar))
        self._seconds.append(window.duration_seconds)
        table = cues_of_numbers(np.array(self._numbers), np.array(self._seconds), grammar=grammar)
        return apply_learned_terms(emotion_of_cues(window, table, -1, grammar), window, grammar=grammar)
