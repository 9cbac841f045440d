"""The evidence network in PyTorch, to be trained; ``cinema.detectors._network`` runs what is saved here."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from kuleshov.cinema.detectors._evidence import CHANNELS
from kuleshov.cinema.detectors._network import DILATIONS, KINDS, REACH, WIDTH
from kuleshov.records import Transition

_RATE = 4e-3
_WINDOWS, _WINDOW_STEPS = 24, 160
_POSITIVE_WEIGHTS = (
    4.0,
    2.0,
    2.0,
    2.0,
    3.0,
)  # transitions are rare, and what is missed is worse than what is asked about


class Example(NamedTuple):
    """One film: evidence float16 ``[N, channels]`` and labels uint8 ``[N, kinds]``, a row a step."""

    evidence: NDArray[np.float16]
    labels: NDArray[np.uint8]


class EvidenceNetwork(nn.Module):
    """``[batch, steps, channels]`` to log-odds ``[batch, steps - 2 * REACH, kinds]``."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv1d(len(CHANNELS), WIDTH, 1)
        self.layers = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 3, dilation=each) for each in DILATIONS)
        self.last = nn.Conv1d(WIDTH, len(KINDS), 1)
        self.dropout = nn.Dropout(0.1)

    def forward(self, evidence: Tensor) -> Tensor:
        values = torch.relu(self.first(self.dropout(evidence.transpose(1, 2))))
        for layer, dilation in zip(self.layers, DILATIONS, strict=True):
            values = values[:, :, dilation:-dilation] + torch.relu(layer(values))
        return self.last(self.dropout(values)).transpose(1, 2)

    def save(self, path: Path) -> None:
        """Write the weights as half floats, which is exact enough and half the size.

        What the positive weights of the training added to the odds is taken off again.
        """
        with torch.no_grad():
            self.last.bias -= torch.tensor(_POSITIVE_WEIGHTS).log()
        arrays = {}
        for number, layer in enumerate((self.first, *self.layers, self.last)):
            arrays[f"weight{number}"] = layer.weight.detach().permute(2, 1, 0).numpy().astype(np.float16)
            arrays[f"bias{number}"] = layer.bias.detach().numpy().astype(np.float16)
        np.savez_compressed(path, **arrays)


def train(examples: list[Example], *, steps: int, seed: int = 0) -> EvidenceNetwork:
    """Fit a network to drawn films (Adam, one cycle); the same seed gives the same network on the same machine."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network = EvidenceNetwork().train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=_RATE, total_steps=steps)
    weight = torch.tensor(_POSITIVE_WEIGHTS)
    for _ in range(steps):
        evidence, labels = (torch.from_numpy(each).float() for each in _batch(examples, random))
        loss = nn.functional.binary_cross_entropy_with_logits(network(evidence), labels, pos_weight=weight)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return network.eval()


def labels_of(transitions: list[Transition], *, frames: int) -> NDArray[np.uint8]:
    """Return uint8 ``[frames, kinds]``: 1 on the first frame after a cut, and on the mixed frames of the others."""
    labels = np.zeros((frames, len(KINDS)), dtype=np.uint8)
    for each in transitions:
        first = each.end_frame if each.type == "cut" else each.start_frame + 1
        labels[first : max(each.end_frame, first + 1), KINDS.index(each.type)] = 1
    return labels


def _batch(examples: list[Example], random: np.random.Generator) -> tuple[NDArray[np.float16], NDArray[np.uint8]]:
    """Windows of some films: evidence with ``REACH`` more steps on both sides than labels."""
    evidence, labels = [], []
    while len(evidence) < _WINDOWS:
        example = examples[random.integers(len(examples))]
        last = len(example.labels) - _WINDOW_STEPS - 2 * REACH
        if last >= 0:
            start = int(random.integers(last + 1))
            evidence.append(example.evidence[start : start + _WINDOW_STEPS + 2 * REACH])
            labels.append(example.labels[start + REACH : start + REACH + _WINDOW_STEPS])
    return np.stack(evidence), np.stack(labels)
