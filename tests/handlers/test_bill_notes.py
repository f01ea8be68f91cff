"""Bill notes over HTTP: corrections of published bills, and debts given up, by two people."""

import pytest

from services.ledger import actions as ledger
from services.ledger.models import income, receivable, write_off
from tests.build import books
from tests.build.bill_notes import (
    CREDIT,
    applied,
)
from tests.build.cast import COMPOUND, Estate
from tests.build.proofs import problems
from tests.build.world import World

pytestmark = pytest.mark.billed("2026-01", "2026-02")

BILLED = income("property_fee", COMPOUND)
GIVEN_UP = write_off("property_fee", COMPOUND)


async def first(estate: Estate) -> str:
    return (await estate.bill_ids("li"))[0]


async def shown(estate: Estate, bill_id: str, state: str = "owing") -> dict[str, object]:
    found = [b for b in await estate.bills("li", state) if b["bill_id"] == bill_id]
    assert len(found) == 1
    return found[0]


async def test_a_credit_note_explains_itself_and_the_bill_stays_as_published(
    estate: Estate, world: World
) -> None:
    bill_id = await first(estate)
    before = await ledger.balance(world.deps, BILLED)
    done = await applied(estate, bill_id, CREDIT)
    bill = await shown(estate, bill_id)
    assert (bill["amount_fen"], bill["due_fen"], bill["owed_fen"]) == (5118, 4818, 4818)
    assert bill["correction"] == "原账单 51.18元 − 贷项 3.00元(面积更正) = 48.18元"
    assert bill["notes"] == [
        {
            "number": done["number"],
            "kind": "credit",
            "amount_fen": -300,
            "reason": "面积更正",
            "at": done["decided_at"],
        }
    ]
    assert await ledger.balance(world.deps, BILLED) - before == 300
    assert await ledger.balance(world.deps, receivable(bill_id)) == 4818
    assert done["address"] == "春光小区3栋2单元502室"
    await books.check(world)
    assert await problems(world) == []
