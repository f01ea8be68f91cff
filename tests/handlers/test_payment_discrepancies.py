"""Payment cases 45-48 of docs/reference/wechat.md: notices and money that fit no order."""

import asyncio
from typing import Any

import pytest

from tests.build.cast import Estate
from tests.build.payments import (
    craft,
    journals,
    order,
    ordered,
    owing,
    paid_silently,
    pass_time,
    pay,
    state,
)
from tests.build.sign_ins import Member

pytestmark = [pytest.mark.billed("2026-01", "2026-02"), pytest.mark.usefixtures("books_hold")]
QUERY = r"^/v3/pay/transactions/out-trade-no/[^/]+$"


@pytest.mark.parametrize(
    ("case", "doubt", "overrides"),
    [
        (45, "amount", {"amount": {"total": 1}}),
        (45, "amount", {"amount": {"total": 10_237}}),
        (45, "currency", {"amount": {"currency": "USD"}}),
        (46, "other_merchant", {"mchid": "1900009999"}),
        (46, "other_app", {"appid": "wx0000000000000000"}),
        (47, "unknown_order", {"out_trade_no": "nobody000000000000"}),
        (48, "not_success", {"trade_state": "NOTPAY"}),
        (48, "not_success", {"trade_state": "CLOSED"}),
    ],
)
async def test_cases_45_to_48_a_notice_that_does_not_fit_credits_nothing(
    estate: Estate, li: Member, case: int, doubt: str, overrides: dict[str, Any]
) -> None:
    """The order is not paid at WeChat; only the notice says so, and says it wrongly."""
    made = await ordered(estate, li)
    answer = await craft(estate, made["payment_id"], overrides=overrides)
    assert answer["status"] == 204, (case, answer)
    await estate.world.work()
    assert await journals(estate) == 0
    assert await owing(estate) == 2
    [row] = await estate.world.db.discrepancies.find().to_list()
    assert doubt in row["doubts"]


async def test_case_45_the_money_itself_is_of_another_amount(
    estate: Estate, li: Member
) -> None:
    """WeChat, asked, confirms it: the money is kept in suspense and given back by a person."""
    made = await ordered(estate, li)
    await pay(estate, li, made, notify=False)
    patch = {"amount": {"total": 10_000, "payer_total": 10_000, "currency": "CNY"}}
    await estate.world.wechat.fault(QUERY, match={"times": None}, body_patch=patch)
    await estate.world.advance(seconds=5)
    await estate.world.work()
    assert await state(estate, made["payment_id"]) == "suspended"
    assert await owing(estate) == 2
    assert (await order(estate, li)).code == "payment_in_progress"

    admin = await estate.member("admin")
    [row] = (await estate.world.api.get("/api/v1/discrepancies", as_=admin)).body["items"]
    assert (row["doubts"], row["amount_fen"]) == (["amount"], 10_000)
    assert row["state"] == "in_suspense"


async def test_case_47_money_without_an_order_is_kept_and_given_back(
    estate: Estate, li: Member
) -> None:
    """Paid at WeChat, lost by us: suspense first, then a person sends it back."""
    payment_id = await paid_silently(estate, li)
    await estate.world.db.payments.delete_one({"_id": payment_id})
    assert (await craft(estate, payment_id))["status"] == 204
    await estate.world.work()
    admin = await estate.member("admin")
    api = estate.world.api
    [row] = (await api.get("/api/v1/discrepancies", as_=admin)).body["items"]
    assert (row["doubts"], row["state"]) == (["unknown_order"], "in_suspense")
    path = f"/api/v1/discrepancies/{row['discrepancy_id']}/return"
    replies = await asyncio.gather(*(api.post(path, as_=admin) for _ in range(3)))
    assert sorted(r.status for r in replies) == [204, 409, 409]
    await pass_time(estate)
    refund = await estate.world.db.refunds.find_one({"payment": payment_id})
    assert refund is not None
    assert refund["state"] == "done"
    assert (await api.get("/api/v1/discrepancies", as_=li)).status == 403


async def test_case_45_what_wechat_confirms_is_given_back_not_what_a_notice_claims(
    estate: Estate, li: Member
) -> None:
    """A notice claims 1 fen, WeChat confirms another sum: that one goes back."""
    made = await ordered(estate, li)
    await pay(estate, li, made, notify=False)
    await estate.world.db.payments.update_one(
        {"_id": made["payment_id"]}, {"$set": {"amount_fen": 10_000}}
    )
    await craft(estate, made["payment_id"], overrides={"amount": {"total": 1}})
    await estate.world.work()
    admin, api = await estate.member("admin"), estate.world.api
    [row] = (await api.get("/api/v1/discrepancies", as_=admin)).body["items"]
    assert (row["state"], row["amount_fen"]) == ("in_suspense", 10_236)
    path = f"/api/v1/discrepancies/{row['discrepancy_id']}/return"
    assert (await api.post(path, as_=admin)).status == 204
    assert (await order(estate, li)).code == "payment_in_progress"
    await pass_time(estate)
    assert await state(estate, made["payment_id"]) == "closed"
    found = await estate.world.db.discrepancies.find_one({})
    assert found is not None
    assert found["state"] == "returned"
    assert (await order(estate, li)).status == 201


async def test_case_46_another_firms_order(estate: Estate, li: Member) -> None:
    """An order of the firm, told under the sanitation's name."""
    payment_id = await paid_silently(estate, li)
    sanitation = estate.world.deps.merchants["sanitation"].account
    answer = await craft(
        estate,
        payment_id,
        url=f"{estate.world.api.base}/wx/pay/notify/sanitation",
        signed_by=sanitation.mchid,
        overrides={"mchid": sanitation.mchid},
    )
    assert answer["status"] == 204
    assert await journals(estate) == 0
    found = await estate.world.db.discrepancies.find_one({"doubts": "other_account"})
    assert found is not None


@pytest.mark.parametrize(
    "patch", [{"mchid": "1900009999"}, {"appid": "wx0000000000000000"}], ids=["mchid", "appid"]
)
async def test_case_46_money_of_another_merchant_never_enters_our_books(
    estate: Estate, li: Member, patch: dict[str, str]
) -> None:
    made = await ordered(estate, li)
    await pay(estate, li, made, notify=False)
    await estate.world.wechat.fault(QUERY, body_patch=patch)
    await estate.world.advance(seconds=5)
    await estate.world.work()
    assert await state(estate, made["payment_id"]) == "prepaid"
    for name in ("journal", "discrepancies"):
        kinds = {"kind": {"$in": ["payment", "suspense"]}} if name == "journal" else {}
        assert await estate.world.db[name].count_documents(kinds) == 0


@pytest.mark.parametrize(
    ("doubt", "patch"),
    [
        ("trade_type", {"trade_type": "NATIVE"}),
        ("currency", {"amount": {"total": 10_236, "currency": "USD"}}),
    ],
)
async def test_case_45_paid_in_another_way_than_ordered(
    estate: Estate, li: Member, doubt: str, patch: dict[str, Any]
) -> None:
    made = await ordered(estate, li)
    await pay(estate, li, made, notify=False)
    await estate.world.wechat.fault(QUERY, body_patch=patch)
    await estate.world.advance(seconds=5)
    await estate.world.work()
    assert (await state(estate, made["payment_id"]), await journals(estate)) == ("suspended", 0)
    [row] = await estate.world.db.discrepancies.find().to_list()
    assert (row["doubts"], row["state"]) == ([doubt], "in_suspense")


async def test_case_45_a_second_transaction_of_one_order(estate: Estate, li: Member) -> None:
    """More money for an order that is paid: it settles nothing a second time."""
    made = await ordered(estate, li)
    await pay(estate, li, made)
    second = {"transaction_id": "4200009999202603021234567890"}
    answer = await craft(estate, made["payment_id"], overrides=second)
    assert answer["status"] == 204
    await estate.world.wechat.fault(QUERY, body_patch=second)
    await estate.world.work()
    assert (await journals(estate), await owing(estate)) == (1, 0)
    [row] = await estate.world.db.discrepancies.find().to_list()
    assert (row["doubts"], row["state"]) == (["second_transaction"], "in_suspense")
    assert row["amount_fen"] == 10_236
