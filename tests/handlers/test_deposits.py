"""Deposits over HTTP: a liability, given back whole or less what two people deduct."""

import asyncio
from typing import Any

import pytest

from services.dependencies import Database, Transaction
from services.deposits import store
from services.fees.models import FeeKind
from services.ledger import actions as ledger
from services.ledger.models import bank, cash_in_hand, deducted, deposited
from tests.build import prepayments
from tests.build.cast import COMPOUND, LI_HOME, WANG_HOME, Estate, payee_of
from tests.build.deposits import (
    NO,
    YES,
    approved,
    asked,
    kept,
    pay_out,
    signed,
    take,
)
from tests.build.homes import get, newcomer, post, told
from tests.build.merchants import second
from tests.build.refund_requests import counter_refund

BUYER = "13900000040"
pytestmark = [pytest.mark.billed(), pytest.mark.usefixtures("books_hold")]


async def balances(estate: Estate, deposit_id: str) -> dict[str, int]:
    staff = await estate.member("staff")
    deposit = await estate.world.db.deposits.find_one({"_id": deposit_id})
    assert deposit is not None
    account = deposit["account"]
    names = {
        "deposit": deposited(deposit_id),
        "cash": cash_in_hand(account, staff.person_id),
        "bank": bank(account),
        "income": deducted(account),
    }
    deps = estate.world.deps
    return {name: await ledger.balance(deps, one) for name, one in names.items()}


async def test_a_deposit_is_kept_and_given_back_in_full(estate: Estate) -> None:
    before = await get(estate, "staff", f"places/{COMPOUND}/rates")
    made = await take(estate)
    assert (made.status, made.body["state"]) == (201, "kept"), made.body
    assert (made.body["payer_masked"], made.body["amount_capital"]) == ("李*", "贰仟元整")
    deposit_id = made.body["deposit_id"]
    there = await balances(estate, deposit_id)
    assert there == {"deposit": -200000, "cash": 200000, "bank": 0, "income": 0}
    await estate.advance(days=10)
    listed = await get(estate, "staff", f"places/{COMPOUND}/deposits")
    assert [row["days_kept"] for row in listed.body["items"]] == [10]
    assert (await asked(estate, deposit_id)).body["back_fen"] == 200000
    path = f"deposits/{deposit_id}/return-decision"
    own = await post(estate, "staff", path, YES)
    assert (own.status, own.code) == (403, "same_person")
    assert (await post(estate, "admin", path, YES)).body["state"] == "approved"
    done = await pay_out(estate, deposit_id, **await signed(estate))
    assert (done.status, done.body["state"]) == (200, "returned"), done.body
    assert done.body["signed_by"] == "李*"
    there = await balances(estate, deposit_id)
    assert there == {"deposit": 0, "cash": 0, "bank": 0, "income": 0}
    again = await pay_out(estate, deposit_id)
    assert (again.status, again.code) == (409, "deposit_moved_on")
    assert (await get(estate, "staff", f"places/{COMPOUND}/rates")).body == before.body


async def test_a_deduction_has_reason_document_and_two_people(estate: Estate) -> None:
    deposit_id = await kept(estate, way="transfer", voucher="B-1")
    path = f"deposits/{deposit_id}/return"
    for wish in (
        {"deduct_fen": 100},
        {"deduct_fen": 100, "deducted_because": "损坏"},
        {"deducted_because": "损坏"},
        {"deduct_fen": 200001, "deducted_because": "损坏", "photo_ids": ["x"]},
    ):
        wrong = await post(estate, "staff", path, wish)
        assert (wrong.status, wrong.code) == (422, "bad_deposit"), wish
    made = await asked(estate, deposit_id, 50000)
    assert (made.body["back_fen"], len(made.body["photos"])) == (150000, 1)
    said = await post(estate, "staff", f"deposits/{deposit_id}/objection", note="不是我弄坏的")
    assert said.body["objection"] == "不是我弄坏的"
    twice = await post(estate, "staff", f"deposits/{deposit_id}/objection", note="别的")
    assert (twice.status, twice.code) == (409, "deposit_moved_on")
    await post(estate, "admin", f"deposits/{deposit_id}/return-decision", YES)
    assert (await pay_out(estate, deposit_id)).status == 200
    there = await balances(estate, deposit_id)
    assert there == {"deposit": 0, "cash": 0, "bank": 50000, "income": -50000}


async def test_a_return_that_is_refused_leaves_it_kept(estate: Estate) -> None:
    deposit_id = await kept(estate)
    await asked(estate, deposit_id, 100)
    path = f"deposits/{deposit_id}/return-decision"
    refused = await post(estate, "admin", path, NO)
    assert (refused.body["state"], refused.body["deduct_fen"]) == ("kept", 0)
    early = await pay_out(estate, deposit_id)
    assert (early.status, early.code) == (409, "deposit_moved_on")


@pytest.mark.billed("2026-02")
async def test_a_slip_is_booked_once_as_whatever_it_was(estate: Estate) -> None:
    first, again = await asyncio.gather(take(estate), take(estate))
    assert first.body["deposit_id"] == again.body["deposit_id"]
    assert await estate.world.db.deposits.count_documents({}) == 1
    others: list[dict[str, Any]] = [
        *({"amount_fen": 100}, {"payer_name": "李雷"}, {"kind": "keys"}, {"home": WANG_HOME}),
    ]
    for wish in others:
        other = await take(estate, **wish)
        assert (other.status, other.code) == (409, "voucher_used"), wish
    owed = await get(estate, "staff", f"homes/{LI_HOME}/payable-bills")
    [bill, *_] = [bill for bill in owed.body["items"] if bill["kind"] == "property_fee"]
    slip = {"bill_ids": [bill["bill_id"]], "way": "cash", "voucher": "Y-1"}
    paid = await post(estate, "staff", "counter-payments", slip)
    assert (paid.status, paid.code) == (409, "voucher_used")
    booked = await post(estate, "staff", "counter-payments", {**slip, "voucher": "Y-2"})
    assert booked.status == 201, booked.body
    staff = await estate.member("staff")
    ahead = await prepayments.take(estate, staff, months=1, voucher="Y-1")
    assert (ahead.status, ahead.code) == (409, "voucher_used"), ahead.body
    late = await take(estate, voucher="Y-2")
    assert (late.status, late.code) == (409, "voucher_used")


async def test_a_slip_of_two_homes_at_once_is_of_one(estate: Estate) -> None:
    replies = await asyncio.gather(take(estate), take(estate, home=WANG_HOME))
    assert sorted(reply.status for reply in replies) == [201, 409]
    assert {reply.code for reply in replies if reply.status == 409} == {"voucher_used"}


async def test_a_slip_that_is_booked_while_one_looks_is_found(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    deposit_id, real, looks = await kept(estate), store.find, []

    async def too_early(db: Database, wanted: str, *, tx: Transaction | None = None) -> Any:
        looks.append(wanted)
        return await real(db, wanted, tx=tx) if len(looks) > 1 else None

    monkeypatch.setattr(store, "find", too_early)
    again = await take(estate)
    assert (again.status, again.body["deposit_id"]) == (201, deposit_id)
    assert looks == [deposit_id] * 2


async def test_cash_is_given_back_only_out_of_what_one_holds(estate: Estate) -> None:
    deposit_id = await approved(estate, way="transfer", voucher="B-1")
    poor = await pay_out(estate, deposit_id, **await signed(estate))
    assert (poor.status, poor.code) == (409, "not_enough_cash")
    half = await pay_out(estate, deposit_id, way="cash", signed_by="李娜")
    assert (half.status, half.code) == (422, "payout_incomplete")


async def test_two_who_are_given_cash_at_once_get_no_more_than_is_there(
    estate: Estate,
) -> None:
    """One came as cash, the other into the bank: the drawer has enough for one."""
    by_transfer = {"home": WANG_HOME, "way": "transfer", "voucher": "B-1"}
    ids = [await approved(estate), await approved(estate, **by_transfer)]
    how = [await signed(estate) for _ in ids]
    replies = await asyncio.gather(
        *(pay_out(estate, each, **said) for each, said in zip(ids, how, strict=True))
    )
    assert sorted(reply.status for reply in replies) == [200, 409]
    [refused] = [reply for reply in replies if reply.status == 409]
    assert refused.code == "not_enough_cash"
    drawer = await estate.world.db.cash_drawers.find_one({})
    assert drawer is not None
    assert drawer["holds"] >= 1  # of two at once the second starts again


async def test_cash_that_is_being_handed_over_gives_nothing_back(estate: Estate) -> None:
    deposit_id = await approved(estate)
    offer = {"account": "firm", "counted_fen": 200000}
    made = await post(estate, "staff", f"places/{COMPOUND}/cash-deliveries", offer)
    assert made.status == 201, made.body
    refused = await pay_out(estate, deposit_id, **await signed(estate))
    assert (refused.status, refused.code) == (409, "delivery_open")


async def test_two_payouts_at_once_give_back_once_and_a_transfer_is_of_one(
    estate: Estate,
) -> None:
    deposit_id = await approved(estate)
    replies = await asyncio.gather(
        pay_out(estate, deposit_id), pay_out(estate, deposit_id, way="transfer", voucher="T-9")
    )
    assert sorted(reply.status for reply in replies) == [200, 409]
    paid = await estate.world.db.deposits.find_one({"_id": deposit_id})
    assert paid is not None
    other = await approved(estate, home=WANG_HOME, voucher="Y-3")
    same = await pay_out(estate, other, way="transfer", voucher=paid["back_voucher"])
    assert (same.status, same.code) == (409, "voucher_used")
    assert (await balances(estate, other))["deposit"] == -200000


async def test_two_who_decide_at_once_decide_once(estate: Estate) -> None:
    estate.members["second"] = await second(estate)
    await estate.member("admin")
    deposit_id = await kept(estate)
    await asked(estate, deposit_id)
    path = f"deposits/{deposit_id}/return-decision"
    replies = await asyncio.gather(
        post(estate, "second", path, YES), post(estate, "admin", path, NO)
    )
    assert sorted(reply.status for reply in replies) == [200, 409]


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"payee_id": "nobody"}, 422, "unknown_payee"),
        ({"payee_id": payee_of(FeeKind.WASTE_FEE)}, 422, "payee_may_not_charge"),
        ({"paid_on": "2026-03-01"}, 422, "bad_payment_day"),
        ({"amount_fen": 0}, 422, "invalid_input"),
    ],
    ids=str,
)
async def test_what_does_not_fit_is_refused(
    estate: Estate, wish: dict[str, Any], status: int, code: str
) -> None:
    refused = await take(estate, **wish)
    assert (refused.status, refused.code) == (status, code), refused.body
    assert await estate.world.db.deposits.count_documents({}) == 0


@pytest.mark.billed("2026-01")
async def test_a_household_reads_what_is_kept_for_it_and_no_later_owner_does(
    estate: Estate,
) -> None:
    deposit_id = await kept(estate)
    await estate.advance(days=1)
    await estate.member("li")
    estate.members["buyer"] = await newcomer(estate, "buyer", BUYER)
    sold = {"name": "赵强", "phone": BUYER, "day": "2026-03-03", "reason": "已过户"}
    done = await post(estate, "staff", f"homes/{LI_HOME}/transfer", sold)
    assert done.status == 201, done.body
    seen = [(await get(estate, who, "me/deposits")).body["items"] for who in ("li", "wang")]
    assert [[each["deposit_id"] for each in items] for items in seen] == [[deposit_id], []]
    assert (seen[0][0]["state"], seen[0][0]["amount_fen"]) == ("kept", 200000)
    before = len(await told(estate.world, await estate.member("li"), "deposit_news"))
    assert (await asked(estate, deposit_id)).status == 200
    await estate.world.work()
    li, buyer = estate.members["li"], estate.members["buyer"]
    assert len(await told(estate.world, li, "deposit_news")) == before + 1
    assert await told(estate.world, buyer, "deposit_news") == []
    await kept(estate, voucher="Y-4")  # of the buyer's
    items = (await get(estate, "buyer", "me/deposits")).body["items"]
    assert [each["voucher"] for each in items] == ["Y-4"]


@pytest.mark.billed("2026-01")
async def test_a_transfer_gives_back_a_fee_or_a_deposit(estate: Estate) -> None:
    deposit_id = await approved(estate)
    refund = await counter_refund(estate, await estate.bill_ids("li"))
    by_transfer = {"way": "transfer", "voucher": "T-7"}
    replies = await asyncio.gather(
        pay_out(estate, deposit_id, **by_transfer),
        post(estate, "staff", f"refund-requests/{refund.request_id}/payout", by_transfer),
    )
    assert sorted(reply.status for reply in replies) == [200, 409]
    assert [reply.code for reply in replies if reply.status == 409] == ["voucher_used"]
