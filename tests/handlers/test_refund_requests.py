"""Requests of refunds: the same bytes at each try, and WeChat's word before a refusal's."""

import asyncio
from typing import Any

import msgspec
import pytest

from services.payments.refunds import requests
from services.payments.refunds.models import Refund
from services.wechat.merchant import MerchantAccount
from services.wechat.pay import PayClient
from services.wechat.pay_session import Earlier
from tests.build.cast import Estate
from tests.build.payments import pass_time
from tests.build.refunds import REFUND, asked, paid_twice, refund_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01"),
    pytest.mark.usefixtures("books_hold"),
]


@pytest.fixture
async def lost(estate: Estate) -> str:
    """WeChat took the refund of a payment, says nothing of it, and its answer was lost."""
    payment_id = await paid_twice(estate)
    assert (await refund_of(estate, payment_id))["body"], (
        "kept with the refund, before it is sent"
    )
    await estate.world.wechat.do("settings", refunds={"outcome": "PROCESSING"})
    await estate.world.wechat.fault(REFUND, drop="after")
    await estate.world.advance(minutes=1)
    await estate.world.work()
    assert (await refund_of(estate, payment_id))["state"] == "requested"
    return payment_id


def move(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the public address be another one, as after a change of PUBLIC_URL."""
    world = estate.world
    merchants = world.deps.merchants

    def client(account: MerchantAccount, earlier: Earlier | None = None) -> PayClient:
        return PayClient(
            account,
            base=world.wechat.base,
            notify_base_url="https://elsewhere.example.com",
            now=world.clock,
            earlier=earlier,
        )

    monkeypatch.setattr(merchants, "_make", client)
    for each in [*merchants.values()]:
        merchants.put(each.account)


async def settle(estate: Estate, payment_id: str, status: str = "SUCCESS") -> list[int]:
    """Let WeChat end a refund; return what we answered to its notices."""
    number = (await refund_of(estate, payment_id))["number"]
    told = await estate.world.wechat.do(f"refunds/{number}/settle", status=status)
    return [notice["status"] for notice in told["notices"]]


async def change(estate: Estate, payment_id: str, **fields: Any) -> None:
    """Leave a refund as another version of the product would have left it."""
    await estate.world.db.refunds.update_one({"payment": payment_id}, {"$set": fields})


async def booked(estate: Estate) -> int:
    return await estate.world.db.journal.count_documents({"kind": "refund"})


async def test_a_refund_keeps_its_request_when_the_public_address_changes(
    estate: Estate, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(estate, monkeypatch)
    await pass_time(estate)
    first, *rest = await asked(estate)
    assert rest
    assert all(call["body"] == first["body"] and call["status"] == 200 for call in rest)
    assert (await refund_of(estate, lost))["state"] == "sent"


async def test_a_refund_that_waits_for_its_merchant_keeps_its_request_before_it_is_sent(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = await paid_twice(estate)
    await change(estate, payment_id, body=b"")
    await estate.world.wechat.fault(REFUND, drop="after")
    await estate.world.wechat.do("settings", refunds={"outcome": "PROCESSING"})
    await estate.world.advance(minutes=1)
    await estate.world.work()
    [call] = await asked(estate)
    kept = (await refund_of(estate, payment_id))["body"]
    assert msgspec.json.decode(kept) == call["body"]
    move(estate, monkeypatch)
    await pass_time(estate)
    assert {entry["status"] for entry in (await asked(estate))[1:]} == {200}


async def test_a_request_is_not_kept_under_a_number_that_is_not_the_refunds_any_more(
    estate: Estate,
) -> None:
    payment_id = await paid_twice(estate)
    await change(estate, payment_id, body=b"", number=f"X{payment_id}-1")
    deps, stored = estate.world.deps, await refund_of(estate, payment_id)
    stale = msgspec.convert({**stored, "number": f"X{payment_id}"}, Refund)
    with pytest.raises(LookupError, match="has not the number"):
        await requests.kept(deps, deps.merchants["firm"], stale)
    assert (await refund_of(estate, payment_id))["body"] == b""


async def test_what_wechat_has_outranks_its_refusal_of_other_parameters(
    estate: Estate, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As earlier versions asked: the request made anew, so another one than the first."""
    await change(estate, lost, body=b"")
    move(estate, monkeypatch)
    await pass_time(estate)
    first, second, *rest = await asked(estate)
    assert (second["status"], rest) == (400, [])
    assert second["body"] != first["body"]
    assert (await refund_of(estate, lost))["state"] == "sent"
    assert await settle(estate, lost) == [204]
    assert (await refund_of(estate, lost))["state"] == "done"
    assert await booked(estate) == 1


@pytest.mark.parametrize(("status", "state"), [("SUCCESS", "done"), ("CLOSED", "failed")])
async def test_a_refusal_of_a_refund_that_is_over_ends_it_as_wechat_says(
    estate: Estate, lost: str, status: str, state: str
) -> None:
    await estate.world.wechat.do(f"refunds/X{lost}/settle", status=status, notify=False)
    await estate.world.wechat.fault(
        REFUND, match={"method": "POST"}, http=403, code="RULE_LIMIT"
    )
    await pass_time(estate)
    refund = await refund_of(estate, lost)
    assert (refund["state"], refund["refund_id"] is None) == (state, False)
    assert await booked(estate) == int(state == "done")


async def test_a_refusal_stands_only_when_wechat_knows_nothing_of_the_refund(
    estate: Estate,
) -> None:
    payment_id = await paid_twice(estate)
    for _ in range(2):
        await estate.world.wechat.fault(
            REFUND, match={"method": "POST"}, http=403, code="RULE_LIMIT"
        )
    await estate.world.wechat.fault(
        REFUND, match={"method": "GET"}, http=500, code="SYSTEM_ERROR"
    )
    await estate.world.advance(minutes=1)
    await estate.world.work()
    assert (await refund_of(estate, payment_id))["state"] == "requested"
    await pass_time(estate)
    refund = await refund_of(estate, payment_id)
    assert (refund["state"], refund["problem"]) == ("failed", "RULE_LIMIT")


async def test_money_of_a_failed_refund_that_arrived_is_booked_once(
    estate: Estate, lost: str
) -> None:
    await change(estate, lost, state="failed", open=False, problem="INVALID_REQUEST")
    assert await settle(estate, lost) == [204]
    number = (await refund_of(estate, lost))["number"]
    told = [estate.world.wechat.do(f"refunds/{number}/notify") for _ in range(3)]
    assert {answer["status"] for answer in await asyncio.gather(*told)} == {204}
    assert (await refund_of(estate, lost))["state"] == "done"
    assert await booked(estate) == 1


@pytest.mark.parametrize("status", ["CLOSED", "ABNORMAL"])
async def test_nothing_else_is_heard_of_a_failed_refund(
    estate: Estate, lost: str, status: str
) -> None:
    await change(estate, lost, state="failed", open=False, problem="INVALID_REQUEST")
    assert await settle(estate, lost, status) == [204]
    assert (await refund_of(estate, lost))["state"] == "failed"
    assert await estate.world.db.wechat_events.count_documents({"outcome": "doubtful"}) == 1


async def test_a_failed_refund_is_sent_again_as_it_is_drafted_now(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WeChat refused the first request and knows nothing of it: its address may be why."""
    payment_id = await paid_twice(estate)
    await estate.world.wechat.fault(REFUND, http=403, code="RULE_LIMIT")
    await estate.world.advance(minutes=1)
    await estate.world.work()
    before = await refund_of(estate, payment_id)
    move(estate, monkeypatch)
    admin = await estate.member("admin")
    path = f"/api/v1/refunds/{before['_id']}/retry"
    assert (await estate.world.api.post(path, as_=admin)).status == 202
    after = await refund_of(estate, payment_id)
    assert b"elsewhere" in after["body"]
    assert (before["state"], after["state"]) == ("failed", "requested")
