"""What is finished by itself when the outage ends that it is about: all are asked once."""

import asyncio

import pytest

from services.repairs.outages import jobs
from tests.build.outages import announce, no_water
from tests.build.repairs import Works
from tests.build.world import Reply


async def asked(works: Works) -> int:
    return len(await works.told("li", "repair_question"))


async def finish(works: Works) -> Reply:
    [row] = (await works.get("li", "me/repairs")).body["items"]
    path = f"repairs/{row['repair_id']}/finish"
    return await works.post("repairer", path, summary="关了总阀")


async def begun(works: Works) -> tuple[str, str]:
    """Return an outage, and a repair of Li's that is about it and that somebody works on."""
    outage_id = await announce(works)
    repair_id = await no_water(works)
    await works.hand_out(repair_id)
    await works.do("repairer", repair_id, "start")
    await works.world.work()
    return outage_id, repair_id


@pytest.mark.parametrize("when", ["before", "at once", "after"])
async def test_what_is_finished_at_the_end_of_the_outage_is_asked_of_once(
    works: Works, when: str
) -> None:
    outage_id, repair_id = await begun(works)
    end = works.post("staff", f"outages/{outage_id}/end")
    if when == "at once":
        done, ended = await asyncio.gather(finish(works), end)
    elif when == "before":
        done, ended = await finish(works), await end
        await jobs.close(works.world.deps, {"outage_id": outage_id})  # before anybody is asked
    else:
        ended = await end
        await works.world.work()
        done = await finish(works)
    assert (ended.status, done.status) == (200, 409 if when == "after" else 200)
    await works.world.work()
    assert (await works.see("li", repair_id))["state"] == "done"
    assert await asked(works) == 1
    assert (await works.do("li", repair_id, "answer", fixed=True))["state"] == "confirmed"


@pytest.mark.parametrize("is_over", [True, False])
async def test_a_no_after_the_end_holds_and_one_before_it_is_asked_anew(
    works: Works, *, is_over: bool
) -> None:
    """The work was finished by itself; the outage ends before or after the answer."""
    outage_id, repair_id = await begun(works)
    assert (await finish(works)).status == 200
    await works.world.work()
    if not is_over:
        await works.do("li", repair_id, "answer", fixed=False)
        await works.advance(minutes=1)
    assert (await works.post("staff", f"outages/{outage_id}/end")).status == 200
    if is_over:  # before the worker comes to it
        await works.advance(minutes=1)
        await works.do("li", repair_id, "answer", fixed=False)
    await works.world.work()
    assert (await works.see("li", repair_id))["state"] == ("assigned" if is_over else "done")
    assert await asked(works) == (1 if is_over else 2)
    await jobs.close(works.world.deps, {"outage_id": outage_id})
    await works.world.work()
    assert await asked(works) == (1 if is_over else 2)
