"""Prepaid money is given back: asked for by one, approved by another, signed for."""

import asyncio
from typing import Any

import pytest

from services.bills.runs import actions as runs
from services.bills.runs.models import StartBillRun
from services.counter_payments import payouts
from services.kernel.permissions import Role
from services.ledger import actions as ledger
from services.ledger.models import bank, cash_in_hand, payable
from tests.build import refund_requests
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    STAFF,
    UNIT,
    WANG_HOME,
    Estate,
    appoint,
    bill,
)
from tests.build.counter_payments import firms_cashier
from tests.build.photos import sent
from tests.build.prepayment_returns import approved, ask, asked, decide, pay_out, together
from tests.build.prepayments import PATH, take
from tests.build.refund_requests import NO, YES
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed(),
    pytest.mark.usefixtures("books_hold"),
]
FEE = 5118


@pytest.fixture
async def staff(estate: Estate) -> Member:
    return await estate.member("staff")


@pytest.fixture
async def admin(estate: Estate) -> Member:
    return await estate.member("admin")


async def paid_in(estate: Estate, way: str = "cash", **wish: Any) -> str:
    """Staff takes three months in advance at the counter; return the prepayment."""
    before = await estate.world.db.prepayments.distinct("_id")
    slip: dict[str, Any] = {"way": way, "months": 3, **wish}
    made = await take(estate, await estate.member("staff"), **slip)
    assert made.status == 201, made.body
    [found] = await estate.world.db.prepayments.find({"_id": {"$nin": before}}).to_list()
    return str(found["_id"])


@pytest.fixture
async def prepayment(estate: Estate) -> str:
    return await paid_in(estate)


async def balance(estate: Estate, prepayment: str) -> int:
    found = await estate.world.db.prepayments.find_one({"_id": prepayment})
    assert found is not None
    return int(found["fen"])


async def owed(estate: Estate, return_id: str) -> int:
    """Return what is to be handed out of a return, as the ledger says."""
    return -await ledger.balance(estate.world.deps, payable("firm", return_id))


async def in_hand(estate: Estate) -> int:
    staff = await estate.member("staff")
    return await ledger.balance(estate.world.deps, cash_in_hand("firm", staff.person_id))


async def cash(estate: Estate, return_id: str) -> Reply:
    who = await estate.member("staff")
    photos = [await sent(estate.world.api, who, purpose="charge")]
    wish = {"way": "cash", "signed_by": "李娜", "photo_ids": photos}
    return await pay_out(estate, return_id, who, **wish)


async def told(estate: Estate, who: Member) -> set[str]:
    """Return how far somebody was told that returns are."""
    query = {"person": who.person_id, "template": "prepayment_return"}
    found = await estate.world.db.messages.find(query).to_list()
    return {each["values"]["progress"] for each in found}


async def moves(estate: Estate, who: Member) -> list[tuple[str, int]]:
    mine = await estate.world.api.get(PATH, as_=who)
    return [(m["kind"], m["amount_fen"]) for m in mine.body["items"][0]["movements"]]


async def test_cash_is_given_back_with_a_signature(
    estate: Estate, prepayment: str, li: Member, staff: Member, admin: Member
) -> None:
    mei = await estate.member("mei")
    tenant = {"$set": {"relation": "tenant", "pays_fees": True}}
    await estate.world.db.residencies.update_one({"_id": "r1-mei"}, tenant)
    wang = await estate.member("wang")
    [row] = await estate.world.db.residencies.find({"person": li.person_id}).to_list()
    left = {**row, "_id": "r1-wang", "person": wang.person_id, "to_day": "2026-02-28"}
    await estate.world.db.residencies.insert_one(
        {**left, "phone_sealed": None, "phone_index": None}
    )
    photo = await sent(estate.world.api, staff, purpose="charge")
    made = await asked(estate, prepayment, amount_fen=2 * FEE, photo_ids=[photo])
    assert await balance(estate, prepayment) == 3 * FEE  # nothing is reserved
    own = await decide(estate, made, YES, staff)
    assert (own.status, own.code) == (403, "same_person")
    yes = await decide(estate, made, YES, admin)
    assert (yes.status, yes.body["state"]) == (200, "approved")
    assert (await balance(estate, prepayment), await owed(estate, made)) == (FEE, 2 * FEE)
    assert await in_hand(estate) == 3 * FEE
    done = await cash(estate, made)
    assert done.status == 200, done.body
    shown = await estate.world.api.get(f"/api/v1/prepayment-returns/{made}", as_=staff)
    assert shown.body == done.body
    assert (done.body["state"], done.body["back"], done.body["signed_by"]) == (
        "done",
        "cash",
        "李*",
    )
    assert (len(done.body["photo_ids"]), len(done.body["proof_ids"])) == (1, 1)
    assert (await owed(estate, made), await in_hand(estate)) == (0, FEE)
    kept = await estate.world.db.prepayment_returns.find_one({"_id": made})
    assert "李娜" not in str(kept)
    assert await moves(estate, li) == [("taken_out", -2 * FEE), ("paid_in", 3 * FEE)]
    assert await told(estate, li) == {"已批准退还,请到收款单位领取", "已退还(现金)"}
    assert await told(estate, mei) == set()  # who rents and pays
    assert await told(estate, wang) == set()  # who owned it too, and left


async def test_no_bill_is_paid_from_what_is_to_be_handed_out(
    estate: Estate, prepayment: str
) -> None:
    made = await approved(estate, prepayment)
    await bill(estate.world, "2026-03")
    assert len(await estate.bill_ids("li")) == 1
    assert (await balance(estate, prepayment), await owed(estate, made)) == (0, 3 * FEE)


async def test_what_bills_took_meanwhile_is_not_given_back(
    estate: Estate, prepayment: str, admin: Member
) -> None:
    made = await asked(estate, prepayment)
    await bill(estate.world, "2026-03")
    late = await decide(estate, made, YES, admin)
    assert (late.status, late.code) == (409, "prepayment_too_small")
    assert (await balance(estate, prepayment), await owed(estate, made)) == (2 * FEE, 0)
    no = await decide(estate, made, NO, admin)
    assert (no.status, no.body["state"]) == (200, "refused")
    assert await balance(estate, prepayment) == 2 * FEE


async def test_what_nobody_fetches_is_there_again_and_pays_what_is_owed(
    estate: Estate, prepayment: str, li: Member, admin: Member, staff: Member
) -> None:
    made = await approved(estate, prepayment)
    await bill(estate.world, "2026-03")
    no = await decide(estate, made, NO, admin)
    assert (no.status, no.body["state"]) == (200, "refused"), no.body
    assert (await balance(estate, prepayment), await owed(estate, made)) == (2 * FEE, 0)
    assert await estate.bill_ids("li") == []
    assert await moves(estate, li) == [
        ("used", -FEE),
        ("taken_back", 3 * FEE),
        ("taken_out", -3 * FEE),
        ("paid_in", 3 * FEE),
    ]
    assert await told(estate, li) == {
        "已批准退还,请到收款单位领取",
        "尚未领取,已转回预存",
    }
    late = await pay_out(estate, made, staff)
    assert (late.status, late.code) == (409, "return_moved_on")


async def test_what_is_put_back_while_bills_are_published_pays_them(
    estate: Estate, prepayment: str, admin: Member
) -> None:
    made, world = await approved(estate, prepayment), estate.world
    run = await runs.start(world.deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await world.work()
    await runs.publish(world.deps, STAFF, run.run_id)
    _, no = await asyncio.gather(world.work(), decide(estate, made, NO, admin))
    await world.work()
    assert (no.status, no.body["state"]) == (200, "refused"), no.body
    assert (await balance(estate, prepayment), await estate.bill_ids("li")) == (2 * FEE, [])


async def test_of_decisions_at_once_the_money_follows_the_last(
    estate: Estate, prepayment: str, admin: Member
) -> None:
    made = await asked(estate, prepayment)
    bodies = (YES, NO, YES, NO)
    replies = await asyncio.gather(*(decide(estate, made, body, admin) for body in bodies))
    done = [reply.body["state"] for reply in replies if reply.status == 200]
    assert sorted(done) in (["approved"], ["refused"], ["approved", "refused"])
    assert {r.code for r in replies if r.status != 200} == {"return_moved_on"}
    kept = await estate.world.db.prepayment_returns.find_one({"_id": made})
    assert kept is not None
    fen = 3 * FEE if kept["state"] == "approved" else 0
    assert (await owed(estate, made), await balance(estate, prepayment)) == (fen, 3 * FEE - fen)


async def test_of_one_return_at_once_the_money_goes_out_once(
    estate: Estate, prepayment: str
) -> None:
    made = await approved(estate, prepayment, amount_fen=FEE)
    replies = await asyncio.gather(*(cash(estate, made) for _ in range(3)))
    assert sorted(reply.status for reply in replies) == [200, 409, 409]
    assert {r.code for r in replies if r.status == 409} == {"return_moved_on"}
    assert (await owed(estate, made), await in_hand(estate)) == (0, 2 * FEE)


async def test_a_payout_and_a_refusal_at_once_count_once(
    estate: Estate, prepayment: str, staff: Member, admin: Member
) -> None:
    made = await approved(estate, prepayment)
    refused, paid = await asyncio.gather(
        decide(estate, made, NO, admin), pay_out(estate, made, staff)
    )
    assert sorted((refused.status, paid.status)) == [200, 409]
    assert await owed(estate, made) == 0
    assert await balance(estate, prepayment) == (3 * FEE if refused.status == 200 else 0)


async def test_a_voucher_gives_money_back_once(
    estate: Estate, prepayment: str, staff: Member
) -> None:
    """Of two homes, and of a refund by hand: each time at one moment."""
    other = await paid_in(estate, home=WANG_HOME, voucher="A-3")
    made = [await approved(estate, each, amount_fen=FEE) for each in (prepayment, other)]
    replies = await asyncio.gather(*(pay_out(estate, each, staff) for each in made))
    assert sorted(reply.status for reply in replies) == [200, 409]
    assert {r.code for r in replies if r.status == 409} == {"voucher_used"}
    assert await ledger.balance(estate.world.deps, bank("firm")) == -FEE


@pytest.mark.parametrize("first", ["both", "refund", "return"])
async def test_a_voucher_of_a_refund_gives_no_prepaid_money_back(
    estate: Estate, staff: Member, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bill(estate.world, "2026-02")
    slip = {"bill_ids": await estate.bill_ids("li"), "way": "transfer", "voucher": "A-1"}
    taken = await estate.world.api.post("/api/v1/counter-payments", slip, as_=staff)
    refund = await refund_requests.approved(estate, taken.body["payment_id"], counter=True)
    made = await approved(estate, await paid_in(estate), amount_fen=FEE)
    path = f"/api/v1/refund-requests/{refund['request_id']}/payout"
    body = {"way": "transfer", "voucher": "T-1"}
    await refund_requests.colleague(estate)  # whose acts wait for nobody's
    other = await estate.member("colleague")
    both = [estate.world.api.post(path, body, as_=staff), pay_out(estate, made, other)]
    if first == "both":
        monkeypatch.setattr(payouts, "require", together(payouts.require))
        replies = await asyncio.gather(*both)
    else:
        replies = [await each for each in (both if first == "refund" else both[::-1])]
        assert [reply.status for reply in replies] == [200, 409]
    assert sorted(reply.status for reply in replies) == [200, 409]
    assert {r.code for r in replies if r.status == 409} == {"voucher_used"}


async def test_no_more_cash_goes_out_than_is_in_the_drawer(
    estate: Estate, prepayment: str, staff: Member
) -> None:
    """It is what a refund by hand may take, and what is offered to somebody is counted so."""
    other = await paid_in(estate, "transfer", home=WANG_HOME, voucher="A-3", months=6)
    made = await approved(estate, other)
    refused = await cash(estate, made)
    assert (refused.status, refused.code) == (409, "not_enough_cash")
    small = await approved(estate, prepayment, amount_fen=FEE)
    path = f"/api/v1/places/{UNIT}/cash-deliveries"
    body = {"account": "firm", "counted_fen": 3 * FEE}
    offered = await estate.world.api.post(path, body, as_=staff)
    assert offered.status == 201, offered.body
    refused = await cash(estate, small)
    assert (refused.status, refused.code) == (409, "delivery_open")
    delivery = f"/api/v1/cash-deliveries/{offered.body['delivery_id']}/withdrawal"
    assert (await estate.world.api.post(delivery, as_=staff)).status == 200
    assert (await cash(estate, small)).status == 200
    offered = await estate.world.api.post(
        path, {"account": "firm", "counted_fen": 2 * FEE}, as_=staff
    )
    assert offered.body["booked_fen"] == 2 * FEE  # the day's cash is less by what went back


async def test_of_two_who_ask_at_once_one_waits_for_a_decision(
    estate: Estate, prepayment: str, staff: Member
) -> None:
    replies = await asyncio.gather(*(ask(estate, prepayment, staff) for _ in range(3)))
    assert sorted(reply.status for reply in replies) == [201, 409, 409]
    assert {r.code for r in replies if r.status == 409} == {"return_open"}
    [made] = [r.body["return_id"] for r in replies if r.status == 201]
    path = f"/api/v1/prepayment-returns/{made}/withdrawal"
    admin = await estate.member("admin")
    assert (await estate.world.api.post(path, as_=admin)).status == 404
    assert (await estate.world.api.post(path, as_=staff)).body["state"] == "withdrawn"
    assert (await estate.world.api.post(path, as_=staff)).code == "return_moved_on"
    assert await approved(estate, prepayment)


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"amount_fen": 3 * FEE + 1}, 409, "prepayment_too_small"),
        ({"amount_fen": 0}, 422, "invalid_input"),
        ({"reason": ""}, 422, "invalid_input"),
        ({"photo_ids": ["nothing"]}, 404, "not_found"),
    ],
)
async def test_what_cannot_be_is_refused(
    estate: Estate, prepayment: str, staff: Member, wish: dict[str, Any], status: int, code: str
) -> None:
    reply = await ask(estate, prepayment, staff, **wish)
    assert (reply.status, reply.code) == (status, code), reply.body
    assert await estate.world.db.prepayment_returns.count_documents({}) == 0


async def test_nothing_is_left_to_give_back_twice(
    estate: Estate, prepayment: str, staff: Member
) -> None:
    made = await approved(estate, prepayment)
    again = await ask(estate, prepayment, staff)
    assert (again.status, again.code) == (409, "prepayment_too_small")
    incomplete = await pay_out(estate, made, staff, way="transfer")
    assert (incomplete.status, incomplete.code) == (422, "payout_incomplete")
    early = await asked(estate, await paid_in(estate, home=WANG_HOME, voucher="A-3"))
    refused = await pay_out(estate, early, staff)
    assert (refused.status, refused.code) == (409, "return_moved_on")


async def test_a_firm_gives_back_its_own_money_only(estate: Estate, prepayment: str) -> None:
    waste = await paid_in(estate, kind="waste_fee", voucher="A-3")
    cashier = await firms_cashier(estate)
    assert (await ask(estate, prepayment, cashier)).status == 201
    other = await ask(estate, waste, cashier)
    assert (other.status, other.code) == (403, "other_payee")
    made = await approved(estate, waste)
    refused = await pay_out(estate, made, cashier)
    assert (refused.status, refused.code) == (403, "other_payee")
    path = f"/api/v1/places/{COMPOUND}/prepayment-returns"
    listed = await estate.world.api.get(path, as_=cashier)
    assert [each["account"] for each in listed.body["items"]] == ["firm"]
    assert (
        await estate.world.api.get(f"/api/v1/prepayment-returns/{made}", as_=cashier)
    ).status == 404


@pytest.mark.parametrize("day", ["2026-03-02", "2026-02-10"])
async def test_who_sold_the_home_gets_it_and_does_not_decide_about_it(
    estate: Estate, prepayment: str, li: Member, staff: Member, day: str
) -> None:
    """Also when the sale is written down later than the money came."""
    sale = {"name": "赵强", "phone": "13900000040", "day": day, "reason": "已过户"}
    path = f"/api/v1/homes/{LI_HOME}/transfer"
    assert (await estate.world.api.post(path, sale, as_=staff)).status == 201
    await appoint(estate.world.deps, Role.COMMUNITY_STAFF, COMMUNITY, "li")
    refused = await ask(estate, prepayment, li)
    assert (refused.status, refused.code) == (403, "own_home")
    made = await asked(estate, prepayment)
    refused = await decide(estate, made, YES, li)
    assert (refused.status, refused.code) == (403, "own_home")
    assert (await decide(estate, made, YES, await estate.member("admin"))).status == 200
    refused = await pay_out(estate, made, li)
    assert (refused.status, refused.code) == (403, "own_home")
    assert (await pay_out(estate, made, staff)).status == 200
    assert await told(estate, li) == {"已批准退还,请到收款单位领取", "已退还(银行转账)"}
    query = {"template": "prepayment_return", "person": {"$ne": li.person_id}}
    assert await estate.world.db.messages.count_documents(query) == 0


async def test_money_of_who_closed_their_account_is_still_there_for_the_household(
    estate: Estate, prepayment: str, li: Member, staff: Member
) -> None:
    gone = await estate.world.api.post("/api/v1/me/deletion", {"confirm": "注销"}, as_=li)
    assert gone.status == 202, gone.body
    await estate.world.work()
    path = f"/api/v1/places/{COMPOUND}/prepayments"
    listed = await estate.world.api.get(path, as_=staff)
    assert [(each["prepayment_id"], each["balance_fen"]) for each in listed.body["items"]] == [
        (prepayment, 3 * FEE)
    ]
    done = await pay_out(estate, await approved(estate, prepayment), staff)
    assert (done.status, done.body["state"]) == (200, "done")
    assert await balance(estate, prepayment) == 0
