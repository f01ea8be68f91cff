"""Scheduler of the stand-in: outcomes that must not depend on the order of calls."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.clock import Clock
from sandbox.records import Job
from sandbox.schedule import Schedule
from sandbox.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "state.sqlite")
    yield store
    store.close()


@pytest.mark.parametrize("again", [None, 15.0])
async def test_work_begun_by_the_clock_is_not_done_twice(
    store: Store, again: float | None
) -> None:
    done = []

    async def work(job: Job) -> float | None:
        done.append(job.id)
        return again

    clock = Clock()
    clock.freeze()
    schedule = Schedule(clock, store.jobs)
    schedule.runners = {"work": work}
    job = schedule.add("work", {}, clock.now())
    await schedule.advance(clock.now())
    await schedule.perform(job)
    assert done == [job.id]
    schedule.stop()


async def test_a_failed_transaction_leaves_no_trace(store: Store) -> None:
    def half(job: Job) -> None:
        with store.together():
            store.jobs.save(job.id, job)
            raise KeyError(job.id)

    with pytest.raises(KeyError):
        half(Job(id="1", kind="work", due_at=0, data={}))
    store.load()
    assert store.jobs.rows == {}
