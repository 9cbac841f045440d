"""Batches filled from many threads: nothing lost, nothing swapped, errors raised where they belong."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from kuleshov.models.batcher import Batcher


@pytest.fixture
def batches():
    return []


@pytest.fixture
def doubling(batches):
    def run(items):
        batches.append(len(items))
        return [2 * item for item in items]

    batcher = Batcher(run, capacity=4, patience_seconds=0.2)
    yield batcher
    batcher.close()


def test_every_item_gets_its_own_result_from_any_thread(doubling, batches):
    with ThreadPoolExecutor(8) as pool:
        futures = list(pool.map(doubling.submit, range(200)))
    assert [future.result(timeout=10) for future in futures] == [2 * item for item in range(200)]
    assert sum(batches) == 200
    assert max(batches) == 4


def test_items_of_several_threads_share_a_batch(doubling, batches):
    with ThreadPoolExecutor(4) as pool:
        for future in list(pool.map(doubling.submit, range(4))):
            future.result(timeout=10)
    assert batches == [4]


def test_a_batch_that_is_not_full_runs_all_the_same(doubling, batches):
    assert doubling.submit(21).result(timeout=10) == 42
    assert batches == [1]


def test_a_fault_is_that_of_its_batch_alone():
    def run(items):
        if 13 in items:
            raise ZeroDivisionError("thirteen")
        return items

    batcher = Batcher(run, capacity=1)
    good, bad, later = (batcher.submit(item) for item in (1, 13, 2))
    assert good.result(timeout=10) == 1
    with pytest.raises(ZeroDivisionError, match="thirteen"):
        bad.result(timeout=10)
    assert later.result(timeout=10) == 2
    batcher.close()


def test_who_hands_in_too_much_waits():
    go = Event()

    def run(items):
        go.wait(10)
        return items

    batcher = Batcher(run, capacity=1)
    with ThreadPoolExecutor(1) as pool:
        everything = pool.submit(lambda: [batcher.submit(item) for item in range(20)])
        assert not everything.done()
        go.set()
        assert [future.result(timeout=10) for future in everything.result(timeout=10)] == list(range(20))
    batcher.close()


def test_what_was_handed_in_is_done_at_the_end_and_nothing_after_it(doubling):
    futures = [doubling.submit(item) for item in range(6)]
    doubling.close()
    assert [future.result(timeout=0) for future in futures] == [0, 2, 4, 6, 8, 10]
    with pytest.raises(RuntimeError, match="closed"):
        doubling.submit(1)
    doubling.close()
