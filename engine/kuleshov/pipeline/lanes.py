"""Several films at once: a lane for each kind of decoder, with a fixed number of films in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from types import TracebackType
from typing import Self, TypeVar

Result = TypeVar("Result")

_LOOK_AHEAD = 64  # films taken from the list: after a row of films for one lane there may be work for the other


class Lanes:
    """Runs work in lanes; ``widths`` says how many pieces each lane runs at once.

    With a single lane of width 1 everything runs on the caller's thread, in order.
    """

    def __init__(self, widths: Mapping[str, int]) -> None:
        alone = list(widths.values()) == [1]
        self._pools = {} if alone else {name: ThreadPoolExecutor(width, name) for name, width in widths.items()}

    def run(self, work: Iterable[tuple[str, Callable[[], Result]]]) -> Iterator[Result]:
        """Yield the results of pairs (lane, function), each as soon as it is ready.

        An exception in a piece is raised, and pieces that have not begun by then never run.
        """
        if not self._pools:
            for _, piece in work:
                yield piece()
            return
        running: set[Future[Result]] = set()
        try:
            for lane, piece in work:
                running.add(self._pools[lane].submit(piece))
                timeout = None if len(running) >= _LOOK_AHEAD else 0
                done, running = wait(running, timeout=timeout, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
            for future in as_completed(running):
                yield future.result()
        finally:
            for future in running:
                future.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)
