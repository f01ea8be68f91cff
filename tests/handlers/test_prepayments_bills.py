"""Prepaid money follows its bills: what they are made less by comes back, more is paid."""

import asyncio
from typing import Any

import pytest

from services.dependencies import Transaction
from services.ledger.models import Posting
from services.prepayments import draws
from tests.build.bill_notes import CREDIT, DEBIT, applied
from tests.build.cast import COMPOUND, LI_HOME, Estate, bill
from tests.build.prepayments import PATH, paid_ahead
from tests.build.sign_ins import Member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed(),
    pytest.mark.usefixtures("books_hold"),
]
FEE = 5118


@pytest.fixture
async def paid(estate: Estate, li: Member) -> dict[str, Any]:
    """The bill of March, paid from three months in advance."""
    await paid_ahead(estate, li, months=3)
    await bill(estate.world, "2026-03")
    [found] = [b for b in await estate.bills("li", "paid") if b["kind"] == "property_fee"]
    return found


async def balance(estate: Estate) -> int:
    """Return what lies there for Li's home."""
    [found] = await estate.world.db.prepayments.find().to_list()
    return int(found["fen"])


async def kept(estate: Estate, bill_id: str) -> dict[str, Any]:
    found = await estate.world.db.bills.find_one({"_id": bill_id})
    assert found is not None
    return found


async def test_a_credit_note_puts_back_what_was_too_much(
    estate: Estate, paid: dict[str, Any]
) -> None:
    await applied(estate, paid["bill_id"], CREDIT)
    now = await kept(estate, paid["bill_id"])
    assert (now["state"], now["owed_fen"], now["due_fen"]) == ("paid", 0, FEE - 300)
    assert await balance(estate) == 2 * FEE + 300


async def test_a_debit_note_is_paid_as_the_bill_was(
    estate: Estate, paid: dict[str, Any]
) -> None:
    await applied(estate, paid["bill_id"], DEBIT)
    now = await kept(estate, paid["bill_id"])
    assert (now["state"], now["owed_fen"], now["due_fen"]) == ("paid", 0, FEE + 1000)
    assert await balance(estate) == 2 * FEE - 1000


async def test_a_run_that_is_taken_back_puts_all_back(
    estate: Estate, paid: dict[str, Any]
) -> None:
    """Nobody handed over anything for the month, so that it is no run that was paid."""
    world, staff = estate.world, await estate.member("staff")
    found = await kept(estate, paid["bill_id"])
    path = f"/api/v1/bill-runs/{found['run_id']}/withdraw"
    wish = {"reason": "标准有误", "months": "open"}
    assert (await world.api.post(path, wish, as_=staff)).status == 202
    await world.work()
    assert (await kept(estate, paid["bill_id"]))["state"] == "void"
    assert await world.db.bills.count_documents({"state": "owing", "home": LI_HOME}) == 0
    assert await balance(estate) == 3 * FEE


async def test_what_is_put_back_pays_what_is_owed_elsewhere(estate: Estate, li: Member) -> None:
    await paid_ahead(estate, li, amount_fen=FEE + 100)
    await bill(estate.world, "2026-03")
    await bill(estate.world, "2026-04")  # 100 fen are there for it
    [march] = [b for b in await estate.bills("li", "paid") if b["kind"] == "property_fee"]
    path = f"/api/v1/bills/{march['bill_id']}/void"
    wish = {"reason": "登记有误", "months": "forgiven"}
    staff = await estate.member("staff")
    assert (await estate.world.api.post(path, wish, as_=staff)).status == 200
    assert await estate.bill_ids("li") == []
    assert await balance(estate) == 100


async def test_the_statement_of_the_year_says_where_it_came_from(
    estate: Estate, paid: dict[str, Any], li: Member
) -> None:
    statement = await estate.world.api.get(
        f"/api/v1/homes/{LI_HOME}/statement?year=2026", as_=li
    )
    entries = [e for e in statement.body["entries"] if e["kind"] == "paid"]
    assert [(e["how"], e["amount_fen"], e["title"]) for e in entries] == [
        ("预存款", -FEE, paid["title"])
    ]


async def test_the_month_counts_as_paid_in_the_rates(
    estate: Estate, paid: dict[str, Any]
) -> None:
    staff = await estate.member("staff")
    path = f"/api/v1/places/{COMPOUND}/rates?period=2026-03&kind=property_fee"
    found = await estate.world.api.get(path, as_=staff)
    assert found.status == 200, found.body
    assert paid["paid_fen"] == FEE
    assert found.body["rates"]["amount_rate"]["numerator"] == FEE


async def test_money_is_taken_out_once(estate: Estate, paid: dict[str, Any]) -> None:
    deps, db = estate.world.deps, estate.world.db
    [found] = await db.prepayments.find().to_list()
    to = Posting("safe:firm", -2 * FEE)

    async def work(tx: Transaction) -> str:
        journal = await draws.take_out(deps, tx, found["_id"], 2 * FEE, to)
        return journal.id

    done = await asyncio.gather(
        *(deps.in_transaction(work) for _ in range(3)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in done) == ["NotEnough", "NotEnough", "str"]
    assert await balance(estate) == 0
    mine = await estate.world.api.get(PATH, as_=await estate.member("li"))
    assert mine.body["items"][0]["movements"][0]["kind"] == "taken_out"
    assert paid["paid_fen"] == FEE
