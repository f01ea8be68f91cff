"""Requests for a home as cases: their history, and what was promised before they were cases."""

from typing import Any

import pytest

from services.dependencies import Transaction
from services.jobs import actions as jobs
from tests.build.cast import UNIT, Estate, homes
from tests.build.homes import acts, advised, asked, decide, newcomer, post, told
from tests.build.pictures import picture

EMPTY = f"{UNIT}.503"  # nobody is registered there


@pytest.fixture(autouse=True)
async def _an_empty_home(estate: Estate) -> None:
    await homes(estate.world.deps, {EMPTY: 5000})
    await estate.member("head")


async def history(estate: Estate, request_id: str) -> list[dict[str, Any]]:
    found = estate.world.db.case_events.find({"case": request_id}).sort("_id", 1)
    return await found.to_list()


async def test_from_the_request_to_the_decision(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    request_id = await asked(estate, chen, EMPTY)
    await advised(estate, request_id)
    assert (await decide(estate, request_id)).status == 200
    rows = await history(estate, request_id)
    assert [(row["action"], row["target"]) for row in rows] == [
        ("reported", "with_head"),
        ("advise", "with_community"),
        ("accept", "accepted"),
    ]
    [audited] = await acts(estate.world, "home.decided")
    assert rows[-1]["facts"]["residency"] == audited["facts"]["residency"]
    assert "材料一致" not in str(rows)


async def test_who_withdraws_twice_has_one_row(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    request_id = await asked(estate, chen, EMPTY)
    for _ in range(2):
        await post(estate, chen, f"me/home-requests/{request_id}/withdraw")
    rows = await history(estate, request_id)
    assert [row["action"] for row in rows] == ["reported", "withdraw"]
    noted = await acts(estate.world, "home.request_withdrawn")
    assert [row["facts"] for row in noted] == [{"repeated": False}, {"repeated": True}]


async def test_who_filed_for_others_withdraws_only_in_office(estate: Estate) -> None:
    wish = {"name": None, "on_behalf_of": "陈奶奶", "relation": "family"}
    staff = await estate.member("staff")
    request_id = await asked(estate, staff, EMPTY, **wish)
    await estate.world.db.appointments.delete_many({"person": staff.person_id})
    path = f"me/home-requests/{request_id}/withdraw"
    assert (await post(estate, "staff", path)).status == 404
    assert [row["action"] for row in await history(estate, request_id)] == ["reported"]


async def test_who_leaves_withdraws_and_is_told_nothing(estate: Estate) -> None:
    world, chen = estate.world, await newcomer(estate, "chen")
    request_id = await asked(estate, chen, EMPTY)
    assert (await post(estate, chen, "me/deletion", confirm="注销")).status == 202
    rows = await history(estate, request_id)
    assert [row["action"] for row in rows] == ["reported", "close"]
    read = await told(world, chen, "home_request_progress")
    assert not any("申请已关闭" in text for text in read)
    await world.work()
    kept = await world.db.home_requests.find_one({"_id": request_id})
    assert kept is not None
    assert (kept["state"], kept["erased"], kept["open_key"]) == ("withdrawn", True, None)


async def test_a_job_promised_before_passes_it_on(estate: Estate) -> None:
    """Rows of the outbox outlive a release: what they promised is done, once."""
    world, chen = estate.world, await newcomer(estate, "chen")
    request_id = await asked(estate, chen, EMPTY)
    gone = await world.db.outbox.delete_many({"kind": "cases.lapse"})
    assert gone.deleted_count == 1

    async def promise(tx: Transaction) -> None:
        await jobs.enqueue(world.deps, tx, "homes.pass_on", request_id, request_id=request_id)

    await world.deps.in_transaction(promise)
    await world.work()
    kept = await world.db.home_requests.find_one({"_id": request_id})
    assert kept is not None
    assert kept["state"] == "with_head"  # before its time it does nothing
    await world.advance(days=3)
    await world.db.outbox.delete_many({"kind": "homes.pass_on"})
    await world.deps.in_transaction(promise)
    await world.work()
    rows = await history(estate, request_id)
    assert [row["action"] for row in rows] == ["reported", "pass_on"]
    assert len(await acts(world, "home.passed_on")) == 1


async def test_a_job_promised_before_lets_the_proof_go(estate: Estate) -> None:
    world, chen = estate.world, await newcomer(estate, "chen")
    await world.agree(chen, "proof")
    reply = await world.api.post("/api/v1/photos?purpose=proof", picture(), as_=chen)
    wish = {"photo_ids": [reply.body["photo_id"]]}
    request_id = await asked(estate, chen, EMPTY, **wish)
    await post(estate, chen, f"me/home-requests/{request_id}/withdraw")
    gone = await world.db.outbox.delete_many({"kind": "cases.let_go"})
    assert gone.deleted_count == 1
    await world.advance(days=30)

    async def promise(tx: Transaction) -> None:
        name = "homes.let_proof_go"
        await jobs.enqueue(world.deps, tx, name, request_id, request_id=request_id)

    await world.deps.in_transaction(promise)
    await world.work()
    assert await world.db.photos.count_documents({}) == 0
    [noted] = await acts(world, "home.proof_removed")
    assert (noted["subject"], noted["facts"]) == (request_id, {"photos": 1})
