"""Refund cases 64-69 of docs/reference/wechat.md, at the HTTP API and the stand-in."""

import asyncio
from typing import Any

import pytest

from services.payments import jobs as payments_jobs
from tests.build.cast import Estate
from tests.build.payments import pass_time
from tests.build.refunds import REFUND, asked, paid_twice, refund_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01"),
    pytest.mark.usefixtures("books_hold"),
]


@pytest.fixture
async def overpaid(estate: Estate) -> str:
    return await paid_twice(estate)


async def test_case_64_accepted_then_told_it_is_done(estate: Estate, overpaid: str) -> None:
    await estate.world.advance(minutes=1)
    await estate.world.work()
    assert (await refund_of(estate, overpaid))["state"] == "sent"
    await pass_time(estate)
    refund = await refund_of(estate, overpaid)
    assert (refund["state"], refund["amount_fen"]) == ("done", 5118)
    li = await estate.member("li")
    inbox = await estate.world.api.get("/api/v1/me/messages", as_=li)
    assert "refund_done" in {message["template"] for message in inbox.body["items"]}


async def test_case_64_told_twice_it_is_booked_once(estate: Estate, overpaid: str) -> None:
    await pass_time(estate)
    number = (await refund_of(estate, overpaid))["_id"]
    told = [estate.world.wechat.do(f"refunds/{number}/notify") for _ in range(3)]
    assert {answer["status"] for answer in await asyncio.gather(*told)} <= {204}
    assert await estate.world.db.journal.count_documents({"kind": "refund"}) == 1


async def test_case_68_the_merchants_balance_is_too_low_then_ok(
    estate: Estate, overpaid: str
) -> None:
    await estate.world.wechat.fault(REFUND, http=403, code="NOT_ENOUGH")
    await estate.world.advance(minutes=1)
    await estate.world.work()
    assert (await refund_of(estate, overpaid))["state"] == "requested"
    await pass_time(estate, minutes=61)
    first, *rest = await asked(estate)
    assert rest
    assert (await refund_of(estate, overpaid))["state"] == "done"
    assert all(call["body"] == first["body"] for call in rest)


@pytest.mark.parametrize("drop", ["before", "after"])
async def test_case_69_an_answer_that_was_lost_makes_no_second_refund(
    estate: Estate, overpaid: str, drop: str
) -> None:
    await estate.world.wechat.fault(REFUND, drop=drop)
    await estate.world.advance(minutes=1)
    await pass_time(estate)
    assert (await refund_of(estate, overpaid))["state"] == "done"
    # A lost acceptance may be healed by WeChat's notice before we ask again.
    assert len({str(call["body"]) for call in await asked(estate)}) == 1
    order = await estate.world.wechat.get(f"orders/{overpaid}")
    assert len(order["refund_nos"]) == 1


async def stuck(estate: Estate) -> list[dict[str, Any]]:
    admin = await estate.member("admin")
    return list((await estate.world.api.get("/api/v1/refunds", as_=admin)).body["items"])


async def retry(estate: Estate, refund_id: str) -> int:
    admin = await estate.member("admin")
    path = f"/api/v1/refunds/{refund_id}/retry"
    return (await estate.world.api.post(path, as_=admin)).status


async def test_case_66_a_refund_the_card_cannot_take_waits_and_is_mended(
    estate: Estate, overpaid: str
) -> None:
    await estate.world.advance(minutes=1)
    await estate.world.work()
    number = (await refund_of(estate, overpaid))["_id"]
    await estate.world.wechat.do(f"refunds/{number}/settle", status="ABNORMAL", notify=False)
    await pass_time(estate)
    assert (await refund_of(estate, overpaid))["state"] == "abnormal"
    assert [(row["refund_id"], row["problem"]) for row in await stuck(estate)] == [
        (number, "ABNORMAL")
    ]
    li = await estate.member("li")
    inbox = await estate.world.api.get("/api/v1/me/messages", as_=li)
    assert "refund_delayed" in {message["template"] for message in inbox.body["items"]}
    # Mended at the merchant platform, and the notice of it never comes.
    await estate.world.wechat.do(f"refunds/{number}/settle", status="SUCCESS", notify=False)
    await pass_time(estate, minutes=190)
    assert (await refund_of(estate, overpaid))["state"] == "done"
    estate.members.clear()
    assert await stuck(estate) == []


async def test_case_67_a_refund_wechat_gave_up_is_sent_again_under_the_next_number(
    estate: Estate, overpaid: str
) -> None:
    await estate.world.advance(minutes=1)
    await estate.world.work()
    number = (await refund_of(estate, overpaid))["_id"]
    await estate.world.wechat.do(f"refunds/{number}/settle", status="CLOSED")
    await pass_time(estate)
    assert [row["state"] for row in await stuck(estate)] == ["failed"]
    assert b'what="refunds"} 1.0' in (await estate.world.operator.get("/metrics", as_=None)).raw

    statuses = await asyncio.gather(*(retry(estate, number) for _ in range(3)))
    assert sorted(statuses) == [202, 409, 409]
    await pass_time(estate)
    refund = await refund_of(estate, overpaid)
    assert (refund["state"], refund["number"]) == ("done", f"{number}-1")
    assert await retry(estate, number) == 409
    assert await estate.world.db.journal.count_documents({"kind": "refund"}) == 1


async def test_a_refund_wechat_refused_is_sent_again_under_the_same_number(
    estate: Estate, overpaid: str
) -> None:
    await estate.world.wechat.fault(REFUND, http=403, code="RULE_LIMIT")
    await estate.world.advance(minutes=1)
    await estate.world.work()
    [row] = await stuck(estate)
    assert (row["state"], row["problem"]) == ("failed", "RULE_LIMIT")
    assert await retry(estate, row["refund_id"]) == 202
    await pass_time(estate)
    refund = await refund_of(estate, overpaid)
    assert (refund["state"], refund["number"]) == ("done", refund["_id"])


async def test_only_operators_see_and_retry_refunds(estate: Estate, overpaid: str) -> None:
    li, api = await estate.member("li"), estate.world.api
    number = (await refund_of(estate, overpaid))["_id"]
    assert (await api.get("/api/v1/refunds", as_=li)).status == 403
    assert (await api.post(f"/api/v1/refunds/{number}/retry", as_=li)).status == 403
    assert await retry(estate, "nobody") == 404


async def test_a_job_that_died_is_started_again_by_the_sweep(
    estate: Estate, overpaid: str
) -> None:
    dead = {"$set": {"state": "dead", "open": False}}
    await estate.world.db.outbox.update_many({"kind": "payments.refund"}, dead)
    await estate.world.advance(minutes=10)
    for _ in range(2):
        await payments_jobs.sweep(estate.world.deps, {"at": "now"})
    jobs = await estate.world.db.outbox.count_documents({"kind": "payments.refund"})
    assert jobs == 1
    await pass_time(estate)
    assert (await refund_of(estate, overpaid))["state"] == "done"


async def test_a_genuine_notice_about_another_sum_is_kept_and_changes_nothing(
    estate: Estate, overpaid: str
) -> None:
    await estate.world.advance(minutes=1)
    await estate.world.work()
    refund = await refund_of(estate, overpaid)
    change = {"$set": {"amount_fen": 1}}
    await estate.world.db.refunds.update_one({"_id": refund["_id"]}, change)
    answer = await estate.world.wechat.do(f"refunds/{refund['_id']}/notify")
    assert answer["status"] == 204
    assert (await refund_of(estate, overpaid))["state"] == "sent"
    event = await estate.world.db.wechat_events.find_one({"outcome": "doubtful"})
    assert event is not None
    back = {"$set": {"amount_fen": refund["amount_fen"]}}
    await estate.world.db.refunds.update_one({"_id": refund["_id"]}, back)


async def test_a_refund_notice_that_is_forged_changes_nothing(
    estate: Estate, overpaid: str
) -> None:
    await estate.world.advance(minutes=1)
    await estate.world.work()
    number = (await refund_of(estate, overpaid))["_id"]
    answer = await estate.world.wechat.do(f"refunds/{number}/notify", sign="bad")
    assert answer["status"] == 401
    assert (await refund_of(estate, overpaid))["state"] == "sent"


async def test_a_refund_notice_of_another_account_changes_nothing(
    estate: Estate, overpaid: str
) -> None:
    """Genuine, of the sanitation's: it may not end a refund of the firm's."""
    await estate.world.advance(minutes=1)
    await estate.world.work()
    number = (await refund_of(estate, overpaid))["_id"]
    other = {"$set": {"account": "sanitation"}}
    await estate.world.db.refunds.update_one({"_id": number}, other)
    told = await estate.world.wechat.do(f"refunds/{number}/settle", status="SUCCESS")
    assert [notice["status"] for notice in told["notices"]] == [204]
    assert (await refund_of(estate, overpaid))["state"] == "sent"
    assert await estate.world.db.journal.count_documents({"kind": "refund"}) == 0
    back = {"$set": {"account": "firm"}}
    await estate.world.db.refunds.update_one({"_id": number}, back)
    await pass_time(estate)
    assert (await refund_of(estate, overpaid))["state"] == "done"
