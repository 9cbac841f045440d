"""Several films at once: each lane as wide as it says, no lane waits for another, in order if there is one lane."""

from __future__ import annotations

from functools import partial
from threading import Barrier, Event, current_thread, main_thread

import pytest

from kuleshov.pipeline.lanes import Lanes


def test_a_single_lane_of_one_works_in_order_on_the_callers_thread():
    with Lanes({"cpu": 1}) as lanes:
        done = list(lanes.run(("cpu", lambda n=n: (n, current_thread())) for n in range(5)))
    assert done == [(n, main_thread()) for n in range(5)]


def test_a_lane_runs_as_many_at_once_as_it_is_wide():
    together = Barrier(3)

    def piece(number):
        together.wait(10)  # ends only if three run at once
        return number

    with Lanes({"gpu": 3, "cpu": 1}) as lanes:
        done = list(lanes.run(("gpu", partial(piece, n)) for n in range(6)))
    assert sorted(done) == list(range(6))


def test_a_lane_that_is_full_does_not_hold_up_the_other():
    release = Event()

    def slow():
        assert release.wait(10)
        return "cpu"

    def fast():
        release.set()
        return "gpu"

    with Lanes({"gpu": 1, "cpu": 1}) as lanes:
        done = list(lanes.run([*(("cpu", slow) for _ in range(5)), ("gpu", fast)]))
    assert sorted(done) == ["cpu"] * 5 + ["gpu"]


def test_the_list_is_not_taken_in_whole():
    taken = []
    release = Event()

    def work():
        for n in range(500):
            taken.append(n)
            yield "gpu", lambda: release.wait(10)

    with Lanes({"gpu": 2, "cpu": 1}) as lanes:
        results = lanes.run(work())
        release.set()
        next(results)
        assert len(taken) <= 130
        results.close()


def test_a_fault_is_raised_and_what_has_not_begun_never_runs():
    ran = []

    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), Lanes({"gpu": 1, "cpu": 1}) as lanes:
        for _ in lanes.run([("gpu", fail), *(("gpu", lambda n=n: ran.append(n)) for n in range(60))]):
            pass
    assert len(ran) < 60
