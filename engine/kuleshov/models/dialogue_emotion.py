"""What feeling lies in a line of dialogue, from its words and those said before: seven classes and three dimensions.

The network is the sentence encoder of ``minilm`` whose upper layers were trained further, with three heads:
``dialogue`` (the classes of MELD, one a line), ``text`` (the same classes for single texts, several may hold) and
``dimensions`` (valence, arousal, dominance as in EmoBank). Its weights are no part of Kuleshov: ``kuleshov train
dialogue`` makes them. English only. It reads words: irony, and what a voice says against its words, escape it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import ModelError
from kuleshov.models.minilm import CLS, LAYERS, SEP, WIDTH, Encoder, by_length, encoder_layer, load_encoder, mean_of
from kuleshov.models.trained import models_folder, read_trained
from kuleshov.records import LINE_EMOTIONS, LineEmotion

KIND, VERSION = "dialogue-emotion", 1
FILE = f"{KIND}.safetensors"
LANGUAGE = "en"
Head = Literal["dialogue", "text", "dimensions"]
HEADS: dict[Head, int] = {"dialogue": len(LINE_EMOTIONS), "text": len(LINE_EMOTIONS), "dimensions": 3}
#: EmoBank's scale is 1..5 around 3; ours -1..1 around 0.
DIMENSION_CENTRE, DIMENSION_REACH = 3.0, 2.0
_EARLIER_LINES = 3
_LINE_TOKENS, _EARLIER_LINE_TOKENS, _EARLIER_TOKENS = 48, 32, 40
_AT_ONCE = 64


@dataclass(frozen=True)
class Turn:
    """One line of a conversation; ``speaker`` None where nobody knows."""

    text: str
    speaker: str | None = None


@dataclass(frozen=True)
class LineTokens:
    """A line as the network takes it: its own tokens first, then those of earlier lines, the newest last."""

    tokens: tuple[int, ...]
    own: int  # how many of them are the line itself

    def __len__(self) -> int:
        return len(self.tokens)


def line_tokens(encoder: Encoder, conversation: Sequence[Turn]) -> list[LineTokens]:
    """Return each line of a conversation with what of the earlier lines it is read with.

    An earlier line of another speaker begins with a dash, as in subtitles.
    """
    own = encoder.tokens([turn.text for turn in conversation], limit=_LINE_TOKENS)
    earlier = [tokens[:_EARLIER_LINE_TOKENS] for tokens in own]
    dash = encoder.tokens(["-"])[0]
    lines = []
    for number, (turn, tokens) in enumerate(zip(conversation, own, strict=True)):
        before: list[int] = []
        for other in range(max(number - _EARLIER_LINES, 0), number):
            before += [*(dash if conversation[other].speaker != turn.speaker else []), *earlier[other], SEP]
        lines.append(LineTokens((CLS, *tokens, SEP, *before[-_EARLIER_TOKENS:]), len(tokens) + 2))
    return lines


def new_network(top_layers: int) -> Any:
    """Return the trainable part with random heads: ``top_layers`` encoder layers, the mark of earlier lines, heads."""
    import torch
    from torch import nn

    if not 1 <= top_layers <= LAYERS:
        raise ValueError(f"top_layers is {top_layers}; allowed: 1 to {LAYERS}")
    network = nn.Module()
    network.layers = nn.ModuleList(encoder_layer() for _ in range(top_layers))
    network.earlier = nn.Parameter(torch.zeros(WIDTH))
    network.heads = nn.ModuleDict({head: nn.Linear(2 * WIDTH, outputs) for head, outputs in HEADS.items()})
    return network


def lower_hidden(encoder: Encoder, lines: Sequence[LineTokens], *, top_layers: int) -> list[Any]:
    """Return what the untrained lower layers make of each line: float32 tensors ``[tokens, WIDTH]``."""
    import torch

    found: list[Any] = [None] * len(lines)
    with torch.no_grad():
        for rows in by_length([line.tokens for line in lines], at_once=_AT_ONCE):
            batch = [lines[row] for row in rows]
            padding, _ = masks(batch)
            ids = torch.zeros(padding.shape, dtype=torch.long)
            for row, line in enumerate(batch):
                ids[row, : len(line)] = torch.tensor(line.tokens)
            hidden = encoder.embedded(ids)
            for layer in encoder.layers[: LAYERS - top_layers]:
                hidden = layer(hidden, src_key_padding_mask=padding)
            for row, line, states in zip(rows, batch, hidden, strict=True):
                found[row] = states[: len(line)].clone()
    return found


def masks(lines: Sequence[LineTokens]) -> tuple[Any, Any]:
    """Return where there is no token and where a line's own are, both bool ``[B, T]``."""
    import torch

    places = torch.arange(max(len(line) for line in lines))[None]
    lengths = torch.tensor([len(line) for line in lines])[:, None]
    own = torch.tensor([line.own for line in lines])[:, None]
    return places >= lengths, places < own


def features(network: Any, hidden: Sequence[Any], lines: Sequence[LineTokens]) -> Any:
    """Return what the heads take, float32 ``[B, 2 * WIDTH]``: the mean over a line's own tokens, and its first."""
    import torch

    padding, own = masks(lines)
    states = torch.nn.utils.rnn.pad_sequence([each.float() for each in hidden], batch_first=True)
    states = states + (~padding & ~own)[:, :, None] * network.earlier
    *full, last = network.layers
    for layer in full:
        states = layer(states, src_key_padding_mask=padding)
    said = _own_tokens(last, states, padding, longest=max(line.own for line in lines))
    return torch.cat((mean_of(said, own[:, : said.shape[1]]), said[:, 0]), dim=1)


def _own_tokens(layer: Any, states: Any, padding: Any, *, longest: int) -> Any:
    """What a layer makes of the first ``longest`` tokens only: the heads look at no others. As its ``forward`` does."""
    own = states[:, :longest]
    heard, _ = layer.self_attn(own, states, states, key_padding_mask=padding, need_weights=False)
    own = layer.norm1(own + layer.dropout1(heard))
    thought = layer.linear2(layer.dropout(layer.activation(layer.linear1(own))))
    return layer.norm2(own + layer.dropout2(thought))


def outputs(
    network: Any, hidden: Sequence[Any], lines: Sequence[LineTokens], heads: Iterable[Head]
) -> dict[Head, NDArray[np.float32]]:
    """Return what the heads say, float32 NumPy ``[N, outputs]``, before any softmax or sigmoid."""
    import torch

    heads = list(heads)
    found = {head: np.empty((len(lines), HEADS[head]), dtype=np.float32) for head in heads}
    network.eval()
    with torch.inference_mode():
        for rows in by_length([line.tokens for line in lines], at_once=_AT_ONCE):
            seen = features(network, [hidden[row] for row in rows], [lines[row] for row in rows])
            for head in heads:
                found[head][rows] = network.heads[head](seen).numpy()
    return found


class DialogueEmotion:
    """A trained reader of dialogue. ``path`` None takes the one in the user's folder of models.

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

    def outputs(self, lines: Sequence[LineTokens], heads: Iterable[Head]) -> dict[Head, NDArray[np.float32]]:
        """Return what the heads say of ready lines; see the function of that name. ``dialogue`` is adjusted."""
        if not lines:
            return {head: np.empty((0, HEADS[head]), dtype=np.float32) for head in heads}
        hidden = lower_hidden(self.encoder, lines, top_layers=self.top_layers)
        found = outputs(self.network, hidden, lines, heads)
        if "dialogue" in found:
            found["dialogue"] += self.prior
        return found

    def read(self, conversations: Sequence[Sequence[Turn]]) -> list[list[LineEmotion]]:
        """Return what lies in each line of each conversation; a line is read with those before it in its own."""
        lines = [line for conversation in conversations for line in line_tokens(self.encoder, conversation)]
        said = self.outputs(lines, ["dialogue", "dimensions"])
        emotions = iter(
            LineEmotion(
                probabilities=dict(zip(LINE_EMOTIONS, shares.tolist(), strict=True)),
                valence=float(dimensions[0]),
                arousal=float(dimensions[1]),
                dominance=float(dimensions[2]),
            )
            for shares, dimensions in zip(
                softmax(said["dialogue"]), np.clip(said["dimensions"] / DIMENSION_REACH, -1.0, 1.0), strict=True
            )
        )
        return [[next(emotions) for _ in conversation] for conversation in conversations]


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return probabilities along the last axis."""
    exponents = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True, initial=-np.inf))
    shares: NDArray[np.float64] = exponents / exponents.sum(axis=-1, keepdims=True)
    return shares
