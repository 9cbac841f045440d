"""A writer that is killed (SIGKILL) at its n-th step, for every n: run by ``test_archive_faults.py``.

``python killed_writer.py BASE OUT ACTION`` copies the archive BASE to OUT/1, OUT/2, ... and kills ACTION in it at step
1, 2, ... until it gets through; then it prints the number of kills. A step is whatever changes what the next process
finds: a file opened for writing, made, renamed, removed or forced to the disk, or an SQL statement that writes. It is a
process of its own because the children are forked: without threads.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import describe

from kuleshov.archive import Archive
from kuleshov.archive.vectors.vector_store import faiss

ACTIONS: dict[str, Callable[[Path], Any]] = {
    "create": lambda folder: describe("Strike").add_to(Archive.open(folder, create=True)),
    "add": lambda folder: describe("Outskirts").add_to(Archive.open(folder, write=True)),
    "replace": lambda folder: describe("Strike", pipeline="p2").add_to(Archive.open(folder, write=True)),
    "remove": lambda folder: Archive.open(folder, write=True).remove(describe("Strike").content_id),
    "reindex": lambda folder: Archive.open(folder).reindex(),
}
STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate"}


def kill_at(last: int, folder: str) -> None:
    """Kill this process at its step ``last`` inside ``folder``, from now on."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        if count == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted_fsync(descriptor: int, fsync: Callable[[int], None] = os.fsync) -> None:
        step()
        fsync(descriptor)

    def traced_connect(*args: Any, connect: Callable[..., sqlite3.Connection] = sqlite3.connect, **kwargs: Any) -> Any:
        connection = connect(*args, **kwargs)
        connection.set_trace_callback(lambda sql: None if sql.startswith("SELECT") else step())
        return connection

    os.fsync = counted_fsync
    sqlite3.connect = traced_connect  # type: ignore[assignment]

    def audit(event: str, details: tuple[Any, ...]) -> None:
        reads = event == "open" and not details[2] & (os.O_WRONLY | os.O_RDWR)
        # A name without a path is one that rmtree removes relative to an open folder.
        here = event in STEPS and (folder in str(details[0]) or "/" not in str(details[0]))
        if here and not reads:
            step()

    sys.addaudithook(audit)


def main(base: Path, out: Path, action: str) -> None:
    # Import everything once, before the forks.
    describe("warm-up").put_into(out / "warm", added_at="")
    faiss()
    kills = 0
    while True:
        folder = out / str(kills + 1)
        if base.exists():
            shutil.copytree(base, folder)
        child = os.fork()
        if child == 0:
            kill_at(kills + 1, str(folder))
            ACTIONS[action](folder)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0, "the action failed"
            break
        assert os.WTERMSIG(status) == signal.SIGKILL
        kills += 1
    print(kills)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
