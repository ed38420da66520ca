"""The threads of a look: tasks that fail, and tasks that add tasks."""

import time
from threading import Event

from probing.clock import Clock
from probing.deadline import Deadline
from probing.pool import Pool


def run(pool: Pool, seconds: float = 5.0) -> float:
    started = time.monotonic()
    pool.run(Deadline.after(Clock(), seconds), grace_seconds=0.2)
    return time.monotonic() - started


def test_a_task_that_raises_takes_no_thread_and_no_other_task_with_it():
    pool, done = Pool(Clock(), 2), []

    def bad() -> None:
        raise MemoryError

    for number in range(50):
        pool.add(bad)
        pool.add(lambda number=number: done.append(number))
    assert run(pool) < 3 and sorted(done) == list(range(50))


def test_a_task_may_add_tasks_and_all_are_done():
    pool, done = Pool(Clock(), 2), []
    pool.add(lambda: [pool.add(lambda: done.append(1)) for _ in range(20)] and None)
    assert run(pool) < 3 and len(done) == 20


def test_at_the_deadline_no_further_task_begins_and_those_begun_are_left_behind():
    pool, held, begun = Pool(Clock(), 1), Event(), []
    for number in range(2000):
        pool.add(lambda number=number: begun.append(number) or (held.wait(10) and None))
    took = run(pool, seconds=0.5)
    held.set()
    assert 0.4 < took < 1.5 and 0 < len(begun) < 2000
