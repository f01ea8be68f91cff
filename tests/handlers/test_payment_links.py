"""Payment links: somebody else pays, who sees what is owed and nothing more."""

import asyncio
from typing import Any

import msgspec
import pytest

from tests.build.cast import LI_HOME, Estate
from tests.build.payments import order, paid, pay
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
FEE = 5118
LINKS = "/api/v1/payment-links"


async def made(estate: Estate, who: Member, ids: list[str] | None = None) -> dict[str, Any]:
    wish = {"bill_ids": ids or await estate.bill_ids(who.name)}
    reply = await estate.world.api.post(LINKS, wish, as_=who)
    assert reply.status == 201, reply.body
    return dict(reply.body)


async def opened(estate: Estate, who: Member, token: str) -> Reply:
    return await estate.world.api.post(f"{LINKS}/opened", {"token": token}, as_=who)


async def order_by(estate: Estate, who: Member, token: str, **more: Any) -> Reply:
    return await estate.world.api.post(f"{LINKS}/payments", {"token": token, **more}, as_=who)


@pytest.fixture
async def wang(estate: Estate) -> Member:
    """Somebody of another home."""
    return await estate.member("wang")


async def test_a_relative_sees_what_is_owed_and_pays_it(
    estate: Estate, li: Member, wang: Member
) -> None:
    link = await made(estate, li)
    assert link["page"].endswith(link["token"])
    shown = await opened(estate, wang, link["token"])
    assert shown.status == 200
    assert shown.body["owed_fen"] == 2 * FEE
    assert [bill["title"] for bill in shown.body["bills"]] == [
        "2026年1月物业费",
        "2026年2月物业费",
    ]
    for said in (LI_HOME, "李", "502", "平方米"):
        assert said not in shown.raw.decode()

    reply = await order_by(estate, wang, link["token"])
    assert reply.status == 201, reply.body
    assert (await pay(estate, wang, reply.body))["result"] == "ok"
    await estate.world.work()
    assert (await opened(estate, wang, link["token"])).body["owed_fen"] == 0
    assert (await order_by(estate, wang, link["token"])).body["code"] == "bill_already_paid"

    path = f"/api/v1/payments/{reply.body['payment_id']}"
    api = estate.world.api
    assert (await api.get(path, as_=wang)).body["state"] == "paid"
    assert (await api.get(f"{path}/receipt", as_=wang)).status == 404
    assert (await api.get(f"{path}/receipt/sheet", as_=wang)).status == 404
    receipt = await api.get(f"{path}/receipt", as_=li)
    assert (receipt.status, receipt.body["amount_fen"]) == (200, 2 * FEE)
    news = (await api.get("/api/v1/me/messages", as_=li)).body["items"]
    assert "payment_received" in {each["template"] for each in news}
    assert (await api.get(path, as_=li)).status == 404
    invoice = {"kind": "personal", "title": "李伟"}
    body = msgspec.json.encode(invoice)
    for who, status in ((wang, 404), (li, 200)):
        asked = await api.call("PUT", f"{path}/invoice-request", body, as_=who)
        assert asked.status == status


async def test_a_part_is_paid_the_oldest_bill_first(
    estate: Estate, li: Member, wang: Member
) -> None:
    link = await made(estate, li)
    too_much = await order_by(estate, wang, link["token"], amount_fen=2 * FEE + 1)
    assert too_much.body["code"] == "more_than_owed"
    reply = await order_by(estate, wang, link["token"], amount_fen=FEE + 18)
    assert (await pay(estate, wang, reply.body))["result"] == "ok"
    await estate.world.work()
    shown = (await opened(estate, wang, link["token"])).body
    assert [(b["title"], b["owed_fen"]) for b in shown["bills"]] == [
        ("2026年2月物业费", FEE - 18)
    ]


async def test_who_asked_pays_at_the_same_moment_and_it_is_paid_once(
    estate: Estate, li: Member, wang: Member
) -> None:
    link = await made(estate, li)
    replies = await asyncio.gather(order(estate, li), order_by(estate, wang, link["token"]))
    orders = [reply for reply in replies if reply.status == 201]
    assert {reply.body["code"] for reply in replies if reply.status != 201} <= {
        "payment_in_progress",
        "bill_already_paid",
    }
    assert orders
    for reply, who in zip(replies, (li, wang), strict=True):
        if reply.status == 201:
            await pay(estate, who, reply.body)
    await estate.world.work()
    assert await estate.world.db.journal.count_documents({"kind": "payment"}) >= 1
    assert (await opened(estate, wang, link["token"])).body["owed_fen"] == 0


async def test_an_open_order_of_each_is_its_own(
    estate: Estate, li: Member, wang: Member
) -> None:
    link = await made(estate, li)
    first = (await order_by(estate, wang, link["token"])).body["payment_id"]
    assert (await order_by(estate, wang, link["token"])).body["payment_id"] == first
    own = await order(estate, li)
    assert own.body["payment_id"] != first
    closed = await estate.world.db.payments.find_one({"_id": first})
    assert closed is not None
    assert closed["state"] == "closed"


async def test_a_link_opens_nothing_once_it_is_over(
    estate: Estate, li: Member, wang: Member
) -> None:
    api = estate.world.api
    link = await made(estate, li)
    await estate.world.advance(seconds=1)
    late = await made(estate, li)
    assert (await api.delete(f"{LINKS}/{link['link_id']}", as_=wang)).status == 404
    assert (await api.delete(f"{LINKS}/{link['link_id']}", as_=li)).status == 204
    row = await estate.world.db.audit.find_one({"act": "payment.link_withdrawn"})
    assert row is not None
    assert (row["subject"], row["place"]) == (link["link_id"], LI_HOME)
    for ask in (opened, order_by):
        reply = await ask(estate, wang, link["token"])
        assert (reply.status, reply.body["code"]) == (409, "payment_link_over")
        unknown = await ask(estate, wang, f"{link['token']}x")
        assert (unknown.status, unknown.body["code"]) == (404, "payment_link_unknown")
    gone = await api.get(f"{LINKS}/{link['link_id']}/code", as_=li)
    assert gone.body["code"] == "payment_link_over"
    listed = (await api.get(LINKS, as_=li)).body["items"]
    assert [each["state"] for each in listed] == ["open", "withdrawn"]
    assert link["token"] not in str(listed)
    await estate.world.advance(days=8)
    wang = await estate.world.sign_in("wang")
    assert (await opened(estate, wang, late["token"])).body["code"] == "payment_link_over"


async def test_who_sold_the_home_keeps_their_own_debts_payable(
    estate: Estate, li: Member, wang: Member
) -> None:
    """What who asked does not pay any more cannot be paid by their link either."""
    link = await made(estate, li)
    await estate.world.db.residencies.delete_many({"person": li.person_id})
    reply = await opened(estate, wang, link["token"])
    assert (reply.status, reply.body["code"]) == (409, "payment_link_over")


async def test_a_code_is_drawn_for_who_asked_alone(
    estate: Estate, li: Member, wang: Member
) -> None:
    link = await made(estate, li)
    path = f"{LINKS}/{link['link_id']}/code"
    assert (await estate.world.api.get(path, as_=wang)).status == 404
    drawn = await estate.world.api.get(path, as_=li)
    assert drawn.status == 200
    assert drawn.raw


async def test_what_cannot_be_paid_is_not_asked_for(
    estate: Estate, li: Member, wang: Member
) -> None:
    api, fees = estate.world.api, await estate.bill_ids("li")
    foreign = await api.post(LINKS, {"bill_ids": fees}, as_=wang)
    assert foreign.status == 404
    mixed = [*fees, *await estate.bill_ids("li", "waste_fee")]
    refused = await api.post(LINKS, {"bill_ids": mixed}, as_=li)
    assert refused.body["code"] in {"different_payees", "different_fees"}
    await paid(estate, li)
    await estate.world.work()
    assert (await api.post(LINKS, {"bill_ids": fees}, as_=li)).status == 409


async def test_twenty_links_may_be_open(estate: Estate, li: Member) -> None:
    fees = await estate.bill_ids("li")
    links = [await made(estate, li, fees)]
    row = await estate.world.db.payment_links.find_one({"_id": links[0]["link_id"]})
    assert row is not None
    more = [{**row, "_id": f"more-{n}", "token_index": f"more-{n}"} for n in range(19)]
    await estate.world.db.payment_links.insert_many(more)
    reply = await estate.world.api.post(LINKS, {"bill_ids": fees}, as_=li)
    assert (reply.body["code"], reply.body["details"]) == (
        "too_many_payment_links",
        {"most": 20},
    )


async def test_who_leaves_takes_their_links_along(
    estate: Estate, li: Member, wang: Member
) -> None:
    link = await made(estate, li)
    reply = await estate.world.api.post("/api/v1/me/deletion", {"confirm": "注销"}, as_=li)
    assert reply.status == 202, reply.body
    assert (await opened(estate, wang, link["token"])).body["code"] == "payment_link_over"
    await estate.world.work()
    assert await estate.world.db.payment_links.count_documents({}) == 0
