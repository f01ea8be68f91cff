"""Eight repairers and two dispatchers at once: one holder, and a history by the table."""

import asyncio
from random import Random
from typing import Any

from services.kernel.permissions import Role
from services.repairs.states import OPEN, TABLE, RepairAction, RepairState
from tests.build.cast import COMPOUND, appoint
from tests.build.repairs import Works

TICKETS, ROUNDS = 3, 8
STEPS = {
    "take": {},
    "set-out": {},
    "start": {},
    "give-back": {"reason": "不会修"},
    "resume": {},
    "finish": {"summary": "换了灯泡"},
}


async def crew(works: Works) -> list[Any]:
    """Return eight repairers of the firm."""
    people = [await works.member("repairer"), await works.member("second")]
    for number in range(6):
        phone = f"1390000006{number}"
        await appoint(works.world.deps, Role.REPAIRER, COMPOUND, phone, firm_id=works.firm)
        people.append(await works.world.sign_in(f"repairer{number}", phone))
    return people


async def test_one_of_eight_takes_it_and_the_others_are_told(works: Works) -> None:
    people = await crew(works)
    repair_id = await works.report("li")
    await works.do("dispatcher", repair_id, "accept")
    replies = await asyncio.gather(
        *(works.post(who, f"repairs/{repair_id}/take") for who in people)
    )
    assert sorted(reply.status for reply in replies) == [200, *[409] * 7]
    assert {reply.code for reply in replies if reply.status == 409} == {"repair_moved_on"}
    [winner] = [who for who, reply in zip(people, replies, strict=True) if reply.status == 200]
    found = await works.world.db.repairs.find_one({"_id": repair_id})
    assert found is not None
    assert found["holder"] == winner.person_id


async def test_eight_repairers_and_two_dispatchers_leave_whole_histories(works: Works) -> None:
    people = await crew(works)
    dispatchers = [await works.member("dispatcher"), await works.member("manager")]
    tickets = [await works.report("li") for _ in range(TICKETS)]
    done = dict.fromkeys(tickets, 1)

    async def act(who: Any, seed: int) -> None:
        chance = Random(seed)  # noqa: S311  # the same choices in every run
        for _ in range(ROUNDS):
            repair_id, step = chance.choice(tickets), chance.choice([*STEPS])
            body: dict[str, Any] = STEPS[step]
            if who in dispatchers:
                step = chance.choice(["accept", "assignment", "assignment"])
                someone = chance.choice(people).person_id
                body = {"person": someone} if step == "assignment" else {}
            reply = await works.post(who, f"repairs/{repair_id}/{step}", **body)
            assert reply.status in {200, 403, 409}, (step, reply.body)
            done[repair_id] += reply.status == 200

    await asyncio.gather(*(act(w, n) for n, w in enumerate([*people, *dispatchers])))
    ids = {who.person_id for who in [*people, *dispatchers]}
    for repair_id in tickets:
        await whole(works, repair_id, done[repair_id], ids)
    assert sum(done.values()) > 2 * TICKETS


async def whole(works: Works, repair_id: str, steps: int, people: set[str]) -> None:
    """Assert that a history is a path of the table, without a gap, that ends where the case is.

    `steps`: how many were answered as done, the report among them.
    """
    db = works.world.db
    found = await db.repairs.find_one({"_id": repair_id})
    rows = await db.case_events.find({"case": repair_id}).sort("_id", 1).to_list()
    assert found is not None
    assert [row["_id"] for row in rows] == [f"{repair_id}:{n:05d}" for n in range(1, steps + 1)]
    assert found["steps"] == steps
    state = RepairState.REPORTED
    for row in rows[1:]:
        step = TABLE.find(state, RepairAction(row["action"]))
        assert step is not None
        assert (row["source"], row["target"]) == (state, step.target)
        assert step.target is not None
        state = step.target
        has_holder = state not in {RepairState.REPORTED, RepairState.ACCEPTED}
        assert (row["holder"] in people) is has_holder
    assert (found["state"], found["holder"]) == (state, rows[-1]["holder"])
    assert state in OPEN
