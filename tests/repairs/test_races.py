"""Races for a repair: eight repairers and two dispatchers leave one consistent ticket."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from pymongo.errors import PyMongoError

from services.dependencies import Database, Transaction
from services.kernel.permissions import Role
from services.repairs import store as repairs_store
from services.repairs.models import Repair
from tests.build.cast import COMPOUND, UNIT, appoint
from tests.build.repairs import LIGHT, Works
from tests.build.sign_ins import Member, by_actions
from tests.build.world import Reply

ROUNDS = 2
FINISH = {"summary": "换了灯泡"}
PAUSE = {"reason": "materials", "until": "2026-03-05T01:00:00Z"}
STEPS = [
    ("take", {}),
    ("start", {}),
    ("set-out", {}),
    ("give-back", {"reason": "需要电工"}),
    ("pause", PAUSE),
    ("resume", {}),
]


async def crew(works: Works) -> tuple[list[Member], list[Member]]:
    """Return eight repairers and two dispatchers."""
    people = []
    for number in range(8):
        phone = f"139000020{number:02d}"
        firm = {"firm_id": works.firm}
        await appoint(works.world.deps, Role.REPAIRER, COMPOUND, phone, **firm)
        people.append(await by_actions(works.world.deps, phone, phone))
    return people, [await works.member("dispatcher"), await works.member("manager")]


async def require_consistent(works: Works, repair_id: str, steps: int) -> None:
    """Assert that the history leads, a row a step, to what the ticket is."""
    kept = await works.world.db.repairs.find_one({"_id": repair_id})
    query = works.world.db.case_events.find({"case": repair_id}).sort("_id", 1)
    rows: list[dict[str, Any]] = await query.to_list()
    assert kept is not None
    assert len(rows) == steps == kept["steps"]
    assert [row["_id"] for row in rows] == [f"{repair_id}:{n:05d}" for n in range(1, steps + 1)]
    assert [row["source"] for row in rows[1:]] == [row["target"] for row in rows[:-1]]
    assert (rows[-1]["target"], rows[-1]["holder"]) == (kept["state"], kept["holder"])
    nobody = {"reported", "accepted"}
    assert all(bool(row["holder"]) is (row["target"] not in nobody) for row in rows)
    acts = await works.world.db.audit.count_documents({"subject": repair_id})
    assert acts == steps


async def race(works: Works, wishes: Sequence[tuple[Member, str, Any]]) -> list[Reply]:
    replies = await asyncio.gather(*(works.post(who, path, **b) for who, path, b in wishes))
    assert {reply.status for reply in replies} <= {200, 403, 409}
    assert {r.code for r in replies if r.status == 409} <= {"repair_moved_on"}
    return replies


async def test_eight_repairers_and_two_dispatchers_at_once(works: Works) -> None:
    repairers, dispatchers = await crew(works)
    repair_id, chance, done = await works.report("li"), Random(12), 1  # noqa: S311  # a test
    path = f"repairs/{repair_id}"
    accepted = await race(works, [(each, f"{path}/accept", {}) for each in dispatchers])
    assert sorted(reply.status for reply in accepted) == [200, 409]
    taken = await race(works, [(each, f"{path}/take", {}) for each in repairers])
    assert Counter(reply.status for reply in taken) == {200: 1, 409: 7}
    done += 2
    await require_consistent(works, repair_id, done)
    for _ in range(ROUNDS):
        wishes = []
        for who in repairers:
            step, body = chance.choice(STEPS)
            wishes.append((who, f"{path}/{step}", body))
        for who in dispatchers:
            to = chance.choice(repairers).person_id
            wishes.append((who, f"{path}/assignment", {"person": to}))
        done += sum(reply.status == 200 for reply in await race(works, wishes))
        await require_consistent(works, repair_id, done)
    wishes = [
        (who, f"{path}/assignment", {"person": repairers[0].person_id}) for who in dispatchers
    ]
    done += sum(reply.status == 200 for reply in await race(works, wishes))
    await works.do(repairers[0], repair_id, "start")
    finished = await race(works, [(who, f"{path}/finish", FINISH) for who in repairers])
    assert Counter(reply.status for reply in finished) == {200: 1, 403: 7}
    await require_consistent(works, repair_id, done + 2)
    await works.world.work()
    assert len(await works.told("li", "repair_question")) == 1


async def test_a_report_that_is_refused_or_begun_anew_leaves_no_gap_in_the_numbers(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = {"place": UNIT, "category": LIGHT, "text": "灯不亮了"}
    refused = await works.post("li", "repairs", **wish, photo_ids=["nothing"])
    assert refused.status == 404
    insert, runs = repairs_store.insert, list[str]()

    async def twice(db: Database, tx: Transaction, repair: Repair) -> None:
        await insert(db, tx, repair)
        runs.append(repair.number)
        if len(runs) == 1:
            error = PyMongoError("somebody else wrote the same")
            error._add_error_label("TransientTransactionError")
            raise error

    monkeypatch.setattr(repairs_store, "insert", twice)
    made = await works.post("li", "repairs", **wish)
    assert (made.status, made.body["number"], runs) == (201, "26-0001", ["26-0001"] * 2)
    again = await works.see("li", await works.report("li"))
    assert again["number"] == "26-0002"


async def test_first_reports_at_once_have_each_a_number(works: Works) -> None:
    wish = {"place": UNIT, "category": LIGHT, "text": "灯不亮了"}
    people = await works.neighbours(6)
    replies = await asyncio.gather(*(works.post(who, "repairs", **wish) for who in people))
    assert [reply.status for reply in replies] == [201] * 6
    numbers = sorted(reply.body["number"] for reply in replies)
    assert numbers == [f"26-{number:04d}" for number in range(1, 7)]
