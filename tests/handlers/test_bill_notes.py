"""Bill notes over HTTP: corrections of published bills, and debts given up, by two people."""

from typing import Any

import pytest

from services.ledger import actions as ledger
from services.ledger.models import income, receivable, write_off
from tests.build import books, payments
from tests.build.bill_notes import (
    CREDIT,
    DEBIT,
    NO,
    WRITE_OFF,
    YES,
    applied,
    decide,
    propose,
)
from tests.build.cast import COMPOUND, LI_HOME, UNIT, Estate
from tests.build.homes import get, post
from tests.build.proofs import next_night, problems
from tests.build.sign_ins import Member
from tests.build.world import World

pytestmark = pytest.mark.billed("2026-01", "2026-02")

BILLED = income("property_fee", COMPOUND)
GIVEN_UP = write_off("property_fee", COMPOUND)


async def first(estate: Estate) -> str:
    return (await estate.bill_ids("li"))[0]


async def shown(estate: Estate, bill_id: str, state: str = "owing") -> dict[str, Any]:
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


async def test_a_debt_is_given_up_and_what_was_billed_stays_income(
    estate: Estate, world: World
) -> None:
    bill_id = await first(estate)
    before = await ledger.balance(world.deps, BILLED)
    await applied(estate, bill_id, WRITE_OFF)
    bill = await shown(estate, bill_id, "paid")
    assert (bill["amount_fen"], bill["due_fen"], bill["paid_fen"]) == (5118, 0, 0)
    assert bill["correction"] == ("原账单 51.18元 − 核销 51.18元(房屋已征收,无法收取) = 0.00元")
    assert await ledger.balance(world.deps, BILLED) == before
    assert await ledger.balance(world.deps, GIVEN_UP) == 5118
    await books.check(world)
    assert await problems(world) == []


async def test_a_debit_note_opens_a_paid_bill_and_leaves_thirty_days(
    estate: Estate, world: World
) -> None:
    bill_id = await first(estate)
    await payments.paid(estate, await estate.member("li"), [bill_id])
    await estate.advance(days=40)
    await applied(estate, bill_id, DEBIT)
    bill = await shown(estate, bill_id)
    assert (bill["due_fen"], bill["paid_fen"], bill["owed_fen"]) == (6118, 5118, 1000)
    assert (bill["due_on"], bill["overdue"], bill["paid_at"]) == ("2026-05-11", False, None)
    await payments.paid(estate, await estate.member("li"), [bill_id])
    assert (await shown(estate, bill_id, "paid"))["paid_fen"] == 6118
    await books.check(world)
    await next_night(world)
    assert await problems(world) == []


async def test_a_debit_note_takes_no_overdue_bill_off_the_arrears(estate: Estate) -> None:
    bill_id = await first(estate)
    await estate.advance(days=40)
    await applied(estate, bill_id, DEBIT)
    bill = await shown(estate, bill_id)
    assert (bill["due_on"], bill["overdue"]) == ("2026-04-01", True)


async def test_what_an_open_order_holds_too_much_goes_back(
    estate: Estate, world: World
) -> None:
    bill_id, li = await first(estate), await estate.member("li")
    made = await payments.ordered(estate, li, [bill_id])
    await applied(estate, bill_id, CREDIT)
    await payments.pay(estate, li, made)
    await payments.pass_time(estate)
    estate.members.clear()
    assert (await shown(estate, bill_id, "paid"))["paid_fen"] == 4818
    [refund] = await world.db.refunds.find().to_list()
    assert (refund["amount_fen"], refund["state"]) == (300, "done")
    await books.check(world)
    assert await problems(world) == []


async def test_nobody_approves_their_own_note(
    estate: Estate, world: World, staff: Member
) -> None:
    bill_id = await first(estate)
    note_id = (await propose(world, bill_id, CREDIT, staff)).body["note_id"]
    own = await decide(world, note_id, YES, staff)
    assert (own.status, own.code) == (403, "same_person")
    assert (await shown(estate, bill_id))["due_fen"] == 5118
    back = await decide(world, note_id, NO, staff)
    assert (back.status, back.body["state"]) == (200, "withdrawn")
    late = await decide(world, note_id, YES, await estate.member("admin"))
    assert (late.status, late.code) == (409, "bill_note_decided")


async def test_a_refused_note_changes_nothing_and_another_may_follow(
    estate: Estate, world: World, staff: Member
) -> None:
    bill_id = await first(estate)
    note_id = (await propose(world, bill_id, CREDIT, staff)).body["note_id"]
    second = await propose(world, bill_id, DEBIT, staff)
    assert (second.status, second.code) == (409, "bill_note_waits")
    refused = await decide(world, note_id, NO, await estate.member("admin"))
    assert (refused.status, refused.body["state"]) == (200, "refused")
    assert (await shown(estate, bill_id))["notes"] == []
    assert (await propose(world, bill_id, DEBIT, staff)).status == 201


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (CREDIT | {"amount_fen": 5119}, "note_exceeds_owed"),
        (WRITE_OFF | {"amount_fen": 5119}, "note_exceeds_owed"),
        (CREDIT | {"amount_fen": 5118}, "void_instead"),
        (CREDIT | {"ground": "合同第12条"}, "write_off_ground"),
        ({k: v for k, v in WRITE_OFF.items() if k != "ground"}, "write_off_ground"),
    ],
)
async def test_what_no_note_may_do(
    estate: Estate, world: World, staff: Member, wish: dict[str, Any], code: str
) -> None:
    refused = await propose(world, await first(estate), wish, staff)
    assert (refused.status, refused.code) == (422 if "ground" in code else 409, code)
    assert await world.db.bill_notes.count_documents({}) == 0


async def test_a_void_bill_and_a_draft_have_no_notes(
    estate: Estate, world: World, staff: Member
) -> None:
    bill_id = await first(estate)
    note_id = (await propose(world, bill_id, CREDIT, staff)).body["note_id"]
    void = {"reason": "空置", "months": "forgiven"}
    voided = await world.api.post(f"/api/v1/bills/{bill_id}/void", void, as_=staff)
    assert voided.status == 200
    late = await decide(world, note_id, YES, await estate.member("admin"))
    assert (late.status, late.code) == (409, "bill_not_issued")
    again = await propose(world, bill_id, DEBIT, staff)
    assert (again.status, again.code) == (409, "bill_not_issued")
    await world.db.bills.update_one({"_id": bill_id}, {"$set": {"state": "draft"}})
    draft = await propose(world, bill_id, DEBIT, staff)
    assert (draft.status, draft.code) == (409, "bill_not_issued")


async def test_what_is_paid_is_not_credited(
    estate: Estate, world: World, staff: Member
) -> None:
    """Also where it was paid after the note was proposed: the sum goes back by a refund."""
    bill_id = await first(estate)
    note_id = (await propose(world, bill_id, CREDIT, staff)).body["note_id"]
    await payments.paid(estate, await estate.member("li"), [bill_id])
    late = await decide(world, note_id, YES, await estate.member("admin"))
    assert (late.status, late.code) == (409, "note_exceeds_owed")
    assert (await shown(estate, bill_id, "paid"))["notes"] == []


async def test_a_bill_has_no_more_notes_than_anybody_can_read(
    estate: Estate, world: World, staff: Member
) -> None:
    bill_id = await first(estate)
    await applied(estate, bill_id, CREDIT | {"amount_fen": 1})
    bill = await world.db.bills.find_one({"_id": bill_id})
    assert bill is not None
    twenty = {"$set": {"notes": bill["notes"] * 20}}
    await world.db.bills.update_one({"_id": bill_id}, twenty)
    refused = await propose(world, bill_id, CREDIT, staff)
    assert (refused.status, refused.code) == (409, "too_many_notes")


async def test_who_owes_the_bill_is_told(estate: Estate, world: World) -> None:
    for name in ("mei", "wang"):
        await estate.member(name)
    await applied(estate, await first(estate), CREDIT)
    inbox = {}
    for name in ("li", "mei", "wang"):
        who = await estate.member(name)
        found = await world.api.get("/api/v1/me/messages?limit=50", as_=who)
        inbox[name] = [
            m["body"] for m in found.body["items"] if m["template"] == "bill_corrected"
        ]
    said = (
        "春光小区3栋2单元502室的2026年2月物业费有更正:贷项减少3.00元,原因:面积更正。"
        "现在还需缴48.18元。给您添麻烦了。"
    )
    assert inbox == {"li": [said], "mei": [said], "wang": []}


async def test_a_statement_lists_what_was_corrected(estate: Estate, world: World) -> None:
    done = await applied(estate, await first(estate), CREDIT)
    li = await estate.member("li")
    path = f"/api/v1/homes/{LI_HOME}/statement?year=2026"
    found = (await world.api.get(path, as_=li)).body
    [entry] = [e for e in found["entries"] if e["kind"] == "corrected"]
    assert (entry["amount_fen"], entry["reference"]) == (-300, done["number"])
    [fee] = [s for s in found["sums"] if s["fee"] == "property_fee"]
    assert (fee["corrected_fen"], fee["end_fen"]) == (-300, 2 * 5118 - 300)


async def test_rates_follow_what_is_due(estate: Estate) -> None:
    await applied(estate, await first(estate), CREDIT)
    path = f"places/{UNIT}/rates?period=2026-02&kind=property_fee"
    found = (await get(estate, "staff", path)).body
    rate = found["rates"]["amount_rate"]
    assert (rate["numerator"], rate["denominator"]) == (0, 5118 - 300 + 3600)


PAPER = {"document": "不动产权证", "reason": "抄错", "from_day": "2026-02-01"}
RIGHT = {"reason": "面积更正", "evidence": "不动产权证第12345号"}


@pytest.mark.parametrize(
    ("area", "kind", "fen"), [(8800, "debit", 162), (8000, "credit", -318)]
)
async def test_the_note_that_makes_an_outdated_bill_right(
    estate: Estate, world: World, area: int, kind: str, fen: int
) -> None:
    bill_id = await first(estate)
    path = f"bills/{bill_id}/right-note"
    assert (await post(estate, "staff", path, **RIGHT)).code == "bill_is_right"
    await post(estate, "staff", f"homes/{LI_HOME}/correction", area=area, **PAPER)
    made = await post(estate, "staff", path, **RIGHT)
    assert made.status == 201, made.body
    assert (made.body["kind"], made.body["amount_fen"]) == (kind, fen)
    await decide(world, made.body["note_id"], YES, await estate.member("admin"))
    assert (await shown(estate, bill_id))["due_fen"] == 5118 + fen
    listed = await get(estate, "staff", f"places/{COMPOUND}/outdated-bills")
    assert listed.body["items"] == []
    assert (await post(estate, "staff", path, **RIGHT)).code == "bill_is_right"


async def test_what_others_would_owe_is_voided_and_billed_anew(estate: Estate) -> None:
    bill_id = await first(estate)
    wish = {"name": "赵强", "phone": "13900000040", "day": "2026-01-10", "reason": "已过户"}
    sold = await post(estate, "staff", f"homes/{LI_HOME}/transfer", **wish)
    assert sold.status == 201, sold.body
    sellers = {"$set": {"owners_until": "2026-02-10"}}
    await estate.world.db.bills.update_one({"_id": bill_id}, sellers)
    refused = await post(estate, "staff", f"bills/{bill_id}/right-note", **RIGHT)
    assert (refused.status, refused.code) == (409, "void_instead")
