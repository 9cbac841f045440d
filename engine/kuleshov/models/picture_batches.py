"""Fills the batches of an image-text model: in order on a CPU, across films on a GPU."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kuleshov.models.batcher import Batcher
from kuleshov.models.image_text import ImageTextModel
from kuleshov.models.memory import release_free_memory

_AT_ONCE_CPU = 16  # more are no faster (docs/performance.md)
_AT_ONCE_GPU = 64  # design value, to be measured on one


class Embedder(Protocol):
    """Gives the pictures of many films to one model; films may call it from several threads."""

    def embed(self, pictures: Iterable[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return float32 ``[N, dimensions]`` of N items uint8 ``[frames, 3, H, W]``; only a few are in memory at
        once."""

    def close(self) -> None:
        """Finish the pictures that are waiting."""


def open_embedder(model: ImageTextModel, *, device: str) -> Embedder:
    """Return the embedder for ``model`` on that device."""
    return SequentialEmbedder(model) if device == "cpu" else BatchedEmbedder(model)


class SequentialEmbedder:
    """The pictures of one film, batch by batch, on the film's thread: the same batches every time."""

    def __init__(self, model: ImageTextModel) -> None:
        self._model = model

    def embed(self, pictures: Iterable[NDArray[np.uint8]]) -> NDArray[np.float32]:
        vectors = [np.empty((0, self._model.dimensions), np.float32)]
        waiting = iter(pictures)
        while some := list(islice(waiting, _AT_ONCE_CPU)):
            vectors.append(self._model.embed_images(np.stack(some)))
            release_free_memory()
        return np.concatenate(vectors)

    def close(self) -> None:
        pass


class BatchedEmbedder:
    """The pictures of all films together, on a thread of its own; ``embed`` blocks while too many are waiting."""

    def __init__(self, model: ImageTextModel) -> None:
        self._dimensions = model.dimensions
        self._batcher: Batcher[NDArray[np.uint8], NDArray[np.float32]] = Batcher(
            lambda pictures: list(model.embed_images(np.stack(pictures))), capacity=_AT_ONCE_GPU
        )

    def embed(self, pictures: Iterable[NDArray[np.uint8]]) -> NDArray[np.float32]:
        futures = [self._batcher.submit(picture) for picture in pictures]
        vectors = np.empty((len(futures), self._dimensions), np.float32)
        for row, future in zip(vectors, futures, strict=True):
            row[:] = future.result()
        return vectors

    def close(self) -> None:
        self._batcher.close()
