"""Fills a model's batches across films: many threads submit items, one runs the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_WAITING_BATCHES = 4  # the limit of waiting items, in batches: ``submit`` then blocks, so that memory stays bounded


class Batcher(Generic[Item, Result]):
    """Runs ``run`` on up to ``capacity`` items at once, on a thread of its own.

    A batch that is not full runs after ``patience_seconds`` without an item. An exception of ``run`` is raised for
    every item in the batch. ``close()`` runs the waiting items and ends the thread.
    """

    def __init__(
        self, run: Callable[[list[Item]], Sequence[Result]], *, capacity: int, patience_seconds: float = 0.02
    ) -> None:
        self._run = run
        self._capacity = capacity
        self._patience_seconds = patience_seconds
        self._waiting: Queue[tuple[Item, Future[Result]] | None] = Queue(_WAITING_BATCHES * capacity)
        self._thread = Thread(target=self._work, name="kuleshov-batcher", daemon=True)
        self._thread.start()

    def submit(self, item: Item) -> Future[Result]:
        """Submit an item; blocks while too many are waiting. Raises ``RuntimeError`` after ``close()``."""
        if not self._thread.is_alive():
            raise RuntimeError("the batcher is closed")
        future: Future[Result] = Future()
        self._waiting.put((item, future))
        return future

    def close(self) -> None:
        if self._thread.is_alive():
            self._waiting.put(None)
            self._thread.join()

    def _work(self) -> None:
        while True:
            batch, closing = self._next_batch()
            if batch:
                self._finish(batch)
            if closing:
                return

    def _next_batch(self) -> tuple[list[tuple[Item, Future[Result]]], bool]:
        """Wait for an item, then take more until the batch is full or none came for a while."""
        taken = self._waiting.get()
        batch: list[tuple[Item, Future[Result]]] = []
        deadline = monotonic() + self._patience_seconds
        while taken is not None:
            batch.append(taken)
            if len(batch) == self._capacity:
                return batch, False
            try:
                taken = self._waiting.get(timeout=max(0.0, deadline - monotonic()))
            except Empty:
                return batch, False
            deadline = monotonic() + self._patience_seconds
        return batch, True

    def _finish(self, batch: list[tuple[Item, Future[Result]]]) -> None:
        try:
            results = self._run([item for item, _ in batch])
        except BaseException as error:
            for _, future in batch:
                future.set_exception(error)
            return
        for (_, future), result in zip(batch, results, strict=True):
            future.set_result(result)
