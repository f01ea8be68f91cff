"""Prepayments: money for bills to come, paid by WeChat and used when bills are published."""

from typing import Any

import pytest

from tests.build.cast import LI_HOME, Estate, bill
from tests.build.payments import pay
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed(),
    pytest.mark.usefixtures("books_hold"),
]
PATH = "/api/v1/me/prepayments"
FEE = 5118


async def ahead(estate: Estate, who: Member, **wish: Any) -> Reply:
    body = {"home": LI_HOME, "kind": "property_fee", **wish}
    return await estate.world.api.post(PATH, body, as_=who)


async def paid_ahead(estate: Estate, who: Member, **wish: Any) -> str:
    """Pay in advance by WeChat; return the payment."""
    made = await ahead(estate, who, **wish)
    assert made.status == 201, made.body
    assert (await pay(estate, who, made.body))["result"] == "ok"
    return str(made.body["payment_id"])


async def balance(estate: Estate, who: Member) -> list[int]:
    found = await estate.world.api.get(PATH, as_=who)
    assert found.status == 200, found.body
    return [each["balance_fen"] for each in found.body["items"]]


async def test_what_was_paid_in_advance_pays_the_next_bill(estate: Estate, li: Member) -> None:
    payment = await paid_ahead(estate, li, months=3)
    assert await balance(estate, li) == [3 * FEE]
    receipt = await estate.world.api.get(f"/api/v1/payments/{payment}/receipt", as_=li)
    [line] = receipt.body["lines"]
    assert (line["title"], line["amount_fen"]) == ("预存物业费", 3 * FEE)
    assert "预收3个月" in line["explanation"]
    await bill(estate.world, "2026-03")
    assert await estate.bill_ids("li") == []
    assert await balance(estate, li) == [2 * FEE]
    [paid] = [b for b in await estate.bills("li", "paid") if b["kind"] == "property_fee"]
    assert paid["paid_fen"] == FEE
    messages = await estate.world.db.messages.find({"person": li.person_id}).to_list()
    told = [each for each in messages if each["template"] == "prepayment_used"]
    assert [each["values"]["left"] for each in told] == ["102.36"]
    issued = [each for each in messages if each["template"] == "bill_issued"]
    assert all("物业费" not in each["values"]["fee"] for each in issued)
