"""The feeling of a line of dialogue, from its words and the lines around it: seven classes and three dimensions.

The network is the sentence encoder of ``minilm`` with its upper layers trained further, and three heads: ``dialogue``
(the classes of MELD, one a line), ``text`` (the same classes for single texts, several can hold) and ``dimensions``
(valence, arousal, dominance as in EmoBank). Each line is encoded once; for ``dialogue`` a small bidirectional recurrent
network runs over the lines of a conversation, with changes of speaker as input. Its weights are no part of Kuleshov:
``kuleshov train dialogue`` makes them. English only. It reads words: it does not recognise irony, nor a tone of voice
that contradicts the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import ModelError
from kuleshov.models.minilm import (
    CLS,
    LAYERS,
    SEP,
    WIDTH,
    Encoder,
    by_length,
    encoder_layer,
    load_encoder,
    mean_of,
    padded,
)
from kuleshov.models.user_models import models_folder, read_trained
from kuleshov.records import LINE_EMOTIONS, LineEmotion

KIND, VERSION = "dialogue-emotion", 2
FILE = f"{KIND}.safetensors"
LANGUAGE = "en"
Head = Literal["dialogue", "text", "dimensions"]
HEADS: dict[Head, int] = {"dialogue": len(LINE_EMOTIONS), "text": len(LINE_EMOTIONS), "dimensions": 3}
#: EmoBank's scale is 1..5 around 3; ours -1..1 around 0.
DIMENSION_CENTRE, DIMENSION_REACH = 3.0, 2.0
#: The speaker of a line: that of the line before, another, or unknown.
SAME, OTHER, UNKNOWN = 0, 1, 2
_LINE_TOKENS = 64
_NARROW, _TURN, _STATE = 256, 32, 128  # widths of the network over a conversation
_AT_ONCE, _CONVERSATIONS_AT_ONCE = 64, 32


@dataclass(frozen=True)
class Turn:
    """One line of a conversation; ``speaker`` None = unknown."""

    text: str
    speaker: str | None = None


def line_tokens(encoder: Encoder, conversations: Iterable[Sequence[Turn]]) -> list[list[int]]:
    """Return the tokens of each line of all conversations, with those for beginning and end."""
    texts = [turn.text for conversation in conversations for turn in conversation]
    return [[CLS, *tokens, SEP] for tokens in encoder.tokens(texts, limit=_LINE_TOKENS - 2)]


def changes_of_speaker(conversation: Sequence[Turn]) -> list[int]:
    """Return for each line ``SAME``, ``OTHER`` or ``UNKNOWN``, which the first line always is."""
    return [UNKNOWN] * min(len(conversation), 1) + [
        UNKNOWN if None in (one.speaker, other.speaker) else SAME if one.speaker == other.speaker else OTHER
        for one, other in pairwise(conversation)
    ]


def new_network(top_layers: int) -> Any:
    """Return the trainable part with random weights: ``top_layers`` encoder layers, the heads, the context."""
    from torch import nn

    if not 1 <= top_layers <= LAYERS:
        raise ValueError(f"top_layers is {top_layers}; allowed: 1 to {LAYERS}")
    network = nn.Module()
    network.layers = nn.ModuleList(encoder_layer() for _ in range(top_layers))
    network.heads = nn.ModuleDict({head: nn.Linear(2 * WIDTH, outputs) for head, outputs in HEADS.items()})
    context_head = nn.Linear(2 * _STATE, HEADS["dialogue"])
    nn.init.zeros_(context_head.weight)  # at first the context does not count
    nn.init.zeros_(context_head.bias)
    network.context = nn.ModuleDict(
        {
            "narrow": nn.Linear(2 * WIDTH, _NARROW),
            "turn": nn.Embedding(3, _TURN),
            "pass": nn.GRU(_NARROW + _TURN, _STATE, batch_first=True, bidirectional=True),
            "said": context_head,
        }
    )
    return network


def lower_hidden(encoder: Encoder, lines: Sequence[Sequence[int]], *, top_layers: int) -> list[Any]:
    """Return the output of the lower layers, which are not trained, for each line: float32 ``[tokens, WIDTH]``."""
    import torch

    lower: list[Any] = [None] * len(lines)
    with torch.no_grad():
        for rows in by_length(lines, at_once=_AT_ONCE):
            ids, padding = padded([lines[row] for row in rows])
            hidden = encoder.embedded(ids)
            for layer in encoder.layers[: LAYERS - top_layers]:
                hidden = layer(hidden, src_key_padding_mask=padding)
            for row, states in zip(rows, hidden, strict=True):
                lower[row] = states[: len(lines[row])].clone()
    return lower


def features(network: Any, hidden: Sequence[Any], *, at_once: int = _AT_ONCE) -> Any:
    """Return the input of the heads, float32 ``[len(hidden), 2 * WIDTH]``: the mean over a line's tokens, and its
    first.

    Batches of ``at_once`` lines have similar lengths, as padding is computed like words.
    """
    import torch

    order: list[int] = []
    parts = []
    for rows in by_length(hidden, at_once=at_once):
        states = torch.nn.utils.rnn.pad_sequence([hidden[row].float() for row in rows], batch_first=True)
        lengths = torch.tensor([len(hidden[row]) for row in rows])
        padding = torch.arange(states.shape[1])[None] >= lengths[:, None]
        for layer in network.layers:
            states = layer(states, src_key_padding_mask=padding)
        parts.append(torch.cat((mean_of(states, ~padding), states[:, 0]), dim=1))
        order += rows
    return torch.cat(parts)[torch.tensor(order).argsort()]


def dialogue_logits(network: Any, line_features: Any, changes: Sequence[Sequence[int]], *, dropout: float = 0.0) -> Any:
    """Return the ``dialogue`` logits of whole conversations, one after the other: float32 ``[lines, classes]``.

    ``line_features`` are in that order, ``changes`` of the speaker by conversation.
    """
    import torch
    from torch import nn

    parts = network.context
    narrow = nn.functional.dropout(torch.tanh(parts["narrow"](line_features)), dropout, network.training)
    lengths = [len(conversation) for conversation in changes]
    turns = parts["turn"](torch.tensor([change for conversation in changes for change in conversation]))
    lines = torch.split(torch.cat((narrow, turns), dim=1), lengths)
    packed = nn.utils.rnn.pack_sequence(list(lines), enforce_sorted=False)
    states, _ = nn.utils.rnn.pad_packed_sequence(parts["pass"](packed)[0], batch_first=True)
    context = torch.cat([row[:length] for row, length in zip(states, lengths, strict=True)])
    context = nn.functional.dropout(context, dropout, network.training)
    return network.heads["dialogue"](line_features) + parts["said"](context)


def outputs(
    network: Any, hidden: Sequence[Any], changes: Sequence[Sequence[int]], heads: Iterable[Head]
) -> dict[Head, NDArray[np.float32]]:
    """Return the outputs of the heads, float32 NumPy ``[N, outputs]``, before any softmax or sigmoid."""
    import torch

    network.eval()
    by_head: dict[Head, NDArray[np.float32]] = {}
    with torch.inference_mode():
        line_features = features(network, hidden)
        for head in heads:
            if head != "dialogue":
                by_head[head] = network.heads[head](line_features).numpy()
                continue
            first, logits = 0, []
            for start in range(0, len(changes), _CONVERSATIONS_AT_ONCE):
                some = changes[start : start + _CONVERSATIONS_AT_ONCE]
                last = first + sum(map(len, some))
                logits.append(dialogue_logits(network, line_features[first:last], some))
                first = last
            by_head[head] = torch.cat(logits).numpy()
    return by_head


class DialogueEmotion:
    """A trained reader of dialogue. ``path`` None means the one in the user's folder of models.

    Raises ``ModelError`` if there is none, or it was trained on another encoder.
    """

    def __init__(self, path: Path | None = None) -> None:
        path = path or models_folder() / FILE
        if not path.exists():
            raise ModelError(f"{path}: no trained reader of dialogue (make one: kuleshov train dialogue --data DIR)")
        file = read_trained(path, kind=KIND, version=VERSION)
        self.encoder = load_encoder()
        if file.card["encoder"] != self.encoder.identity:
            raise ModelError(
                f"{path}: trained on {file.card['encoder']}, but {self.encoder.identity} is here (train it again)"
            )
        self.card = file.card
        self.identity = file.identity
        self.top_layers = int(file.card["top_layers"])
        self.prior = np.array(file.card["prior"], dtype=np.float32)
        self.network = new_network(self.top_layers)
        try:
            self.network.load_state_dict(file.tensors)
        except RuntimeError as error:
            raise ModelError(f"{path}: its layers do not fit: {error} (train it again)") from error

    def outputs(
        self, conversations: Sequence[Sequence[Turn]], heads: Iterable[Head]
    ) -> dict[Head, NDArray[np.float32]]:
        """Return the outputs of the heads for all lines, as the function ``outputs``; ``dialogue`` with its prior."""
        conversations = [conversation for conversation in conversations if conversation]
        if not conversations:
            return {head: np.empty((0, HEADS[head]), dtype=np.float32) for head in heads}
        hidden = lower_hidden(self.encoder, line_tokens(self.encoder, conversations), top_layers=self.top_layers)
        changes = [changes_of_speaker(conversation) for conversation in conversations]
        by_head = outputs(self.network, hidden, changes, heads)
        if "dialogue" in by_head:
            by_head["dialogue"] = by_head["dialogue"] + self.prior
        return by_head

    def read(self, conversations: Sequence[Sequence[Turn]]) -> list[list[LineEmotion]]:
        """Return the feeling of each line of each conversation; a line is read with those around it."""
        by_head = self.outputs(conversations, ["dialogue", "dimensions"])
        emotions = iter(
            LineEmotion(
                probabilities=dict(zip(LINE_EMOTIONS, shares.tolist(), strict=True)),
                valence=float(dimensions[0]),
                arousal=float(dimensions[1]),
                dominance=float(dimensions[2]),
            )
            for shares, dimensions in zip(
                softmax(by_head["dialogue"]), np.clip(by_head["dimensions"] / DIMENSION_REACH, -1.0, 1.0), strict=True
            )
        )
        return [[next(emotions) for _ in conversation] for conversation in conversations]


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return probabilities along the last axis."""
    exponents = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True, initial=-np.inf))
    shares: NDArray[np.float64] = exponents / exponents.sum(axis=-1, keepdims=True)
    return shares
