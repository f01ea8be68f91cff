"""Returns of deposits over HTTP: who may, what the payer says, and who is told of it."""

import asyncio
from typing import Any

import pytest

from services.deposits import actions
from services.deposits.refusals import DepositMovedOn
from services.deposits.states import DepositAction
from services.fees.models import FeeKind
from services.kernel.days import Day
from services.kernel.permissions import Permission
from services.ledger import actions as ledger
from services.ledger.models import bank, deducted, deposited
from tests.build import refund_requests
from tests.build.cast import ADMIN, COMPOUND, LI_HOME, Estate, payee_of
from tests.build.counter_payments import firms_cashier
from tests.build.deposits import DEPOSIT, NO, YES, approved, asked, kept, pay_out, take
from tests.build.homes import get, people_of, post, told
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = [pytest.mark.billed(), pytest.mark.usefixtures("books_hold")]


async def decide(
    estate: Estate, deposit_id: str, body: dict[str, Any], who: str = "admin"
) -> Reply:
    return await post(estate, who, f"deposits/{deposit_id}/return-decision", body)


async def object_to(estate: Estate, deposit_id: str, note: str = "不同意") -> Reply:
    return await post(estate, "staff", f"deposits/{deposit_id}/objection", note=note)


async def lived_there(estate: Estate, who: str, until: Day | None, **more: Any) -> None:
    """Make somebody of the office one who moved out of Li's home, or will move in."""
    member, deps = await estate.member(who), estate.world.deps
    row = {"_id": "r9-office", "person": member.person_id, "to_day": until}
    row["name_sealed"] = deps.vault.seal("办", place="residencies/r9-office/name")
    no_phone = {"phone_sealed": None, "phone_index": None}
    kept_row = (await people_of(estate.world, LI_HOME))[0]
    await estate.world.db.residencies.insert_one({**kept_row, **no_phone, **row, **more})


async def test_all_of_a_deposit_is_deducted_and_nothing_is_left_to_give_back(
    estate: Estate,
) -> None:
    deposit_id = await kept(estate, way="transfer", voucher="B-1")
    made = await asked(estate, deposit_id, 200000)
    assert (made.status, made.body["back_fen"]) == (200, 0), made.body
    assert (await decide(estate, deposit_id, YES, "staff")).code == "same_person"
    done = await decide(estate, deposit_id, YES)
    assert (done.status, done.body["state"]) == (200, "deducted"), done.body
    accounts = (deposited(deposit_id), bank("firm"), deducted("firm"))
    balances = [await ledger.balance(estate.world.deps, each) for each in accounts]
    assert balances == [0, 200000, -200000]
    assert (await pay_out(estate, deposit_id)).code == "deposit_moved_on"
    assert (await object_to(estate, deposit_id)).body["objection"] == "不同意"
    await estate.advance(days=3)
    listed = await get(estate, "staff", f"places/{COMPOUND}/deposits?state=deducted")
    assert [row["days_kept"] for row in listed.body["items"]] == [0]


async def test_what_is_asked_for_anew_may_be_objected_to_anew(estate: Estate) -> None:
    deposit_id = await kept(estate)
    early = await object_to(estate, deposit_id)
    assert (early.status, early.code) == (409, "deposit_moved_on")
    await asked(estate, deposit_id, 100)
    replies = await asyncio.gather(object_to(estate, deposit_id), object_to(estate, deposit_id))
    assert sorted(reply.status for reply in replies) == [200, 409]
    await decide(estate, deposit_id, NO)
    await asked(estate, deposit_id, 200)
    again = await object_to(estate, deposit_id, "还是不同意")
    assert again.body["objection"] == "不同意;还是不同意"


@pytest.mark.parametrize(("seconds", "deduct_fen"), [(0, 200), (1, 100)])
async def test_who_decides_decides_about_what_they_read(
    estate: Estate, seconds: int, deduct_fen: int
) -> None:
    deposit_id, deps = await kept(estate), estate.world.deps
    await asked(estate, deposit_id, 100)
    read = await actions.access(deps, ADMIN, deposit_id, Permission.RUN_BILLS)
    await decide(estate, deposit_id, NO)
    await estate.advance(seconds=seconds)
    await asked(estate, deposit_id, deduct_fen)

    async def approve(tx: Any) -> None:
        await actions.move(deps, tx, ADMIN, read, DepositAction.APPROVE, {})

    with pytest.raises(DepositMovedOn):
        await deps.in_transaction(approve)


@pytest.mark.parametrize(
    ("who", "path", "body"),
    [("admin", "return-decision", YES), ("staff", "objection", {"note": "不同意"})],
)
async def test_who_lived_there_when_it_was_paid_decides_nothing_of_it(
    estate: Estate, who: str, path: str, body: dict[str, Any]
) -> None:
    paid_on = estate.world.deps.today()
    deposit_id = await kept(estate)
    await asked(estate, deposit_id, 100)
    await estate.advance(days=5)
    await lived_there(estate, who, paid_on)
    own = await post(estate, who, f"deposits/{deposit_id}/{path}", body)
    assert (own.status, own.code) == (403, "own_home")
    later = await kept(estate, voucher="Y-2")
    assert await told(estate.world, await estate.member(who), "deposit_news") == []
    await asked(estate, later, 100)
    assert (await post(estate, who, f"deposits/{later}/{path}", body)).status == 200


async def test_who_will_live_there_takes_no_deposit_of_it(estate: Estate) -> None:
    await lived_there(estate, "staff", None, from_day="2026-04-01")
    own = await take(estate)
    assert (own.status, own.code) == (403, "own_home")


async def test_the_deposit_of_a_home_that_is_retired_is_given_back(estate: Estate) -> None:
    deposit_id = await kept(estate)
    retired = {"$set": {"retired_from": "2026-01-01"}}
    await estate.world.db.places.update_one({"_id": LI_HOME}, retired)
    assert (await take(estate, voucher="Y-9")).status == 404
    assert (await asked(estate, deposit_id)).status == 200
    assert (await decide(estate, deposit_id, YES)).status == 200
    assert (await pay_out(estate, deposit_id)).body["state"] == "returned"


async def test_a_firm_disposes_of_the_deposits_that_it_keeps_alone(estate: Estate) -> None:
    cashier, others = await firms_cashier(estate), payee_of(FeeKind.WASTE_FEE)
    takes = {"$set": {"kinds": ["property_fee"]}}
    await estate.world.db.payees.update_one({"_id": others}, takes)
    own = await kept(estate)
    kept_by_others = await kept(estate, payee_id=others, voucher="Y-2")
    wish = {**DEPOSIT, "payee_id": others, "voucher": "Y-3"}
    taken = await post(estate, cashier, f"homes/{LI_HOME}/deposits", wish)
    said = await post(estate, cashier, f"deposits/{kept_by_others}/objection", note="不同意")
    for refused in (taken, said):
        assert (refused.status, refused.code) == (403, "other_payee"), refused.body
    listed = await get(estate, cashier, f"places/{COMPOUND}/deposits")
    assert [row["deposit_id"] for row in listed.body["items"]] == [own]
    everything = await get(estate, "staff", f"places/{COMPOUND}/deposits")
    assert len(everything.body["items"]) == 2


@pytest.mark.billed("2026-02")
@pytest.mark.parametrize("first", ["deposit", "fee"])
async def test_one_transfer_gives_back_a_deposit_or_a_fee(estate: Estate, first: str) -> None:
    deposit_id = await approved(estate, way="transfer", voucher="B-1")
    slip = {"bill_ids": await estate.bill_ids("li"), "way": "transfer", "voucher": "B-2"}
    paid = await post(estate, "staff", "counter-payments", slip)
    fee = await refund_requests.approved(estate, paid.body["payment_id"], counter=True)
    paths = {
        "deposit": f"deposits/{deposit_id}/payout",
        "fee": f"refund-requests/{fee['request_id']}/payout",
    }
    wish = {"way": "transfer", "voucher": "T-1"}
    assert (await post(estate, "staff", paths.pop(first), wish)).status == 200
    second = await post(estate, "staff", paths.popitem()[1], wish)
    assert (second.status, second.code) == (409, "voucher_used")


async def test_the_owners_are_told_of_every_step(estate: Estate, li: Member) -> None:
    deposit_id = await kept(estate)
    await take(estate)  # the same again tells nothing
    for answer in (NO, YES):
        await asked(estate, deposit_id, 5000)
        await decide(estate, deposit_id, answer)
        await estate.advance(seconds=1)
    await pay_out(estate, deposit_id)
    steps = ("已收取", "拟扣50.00元,可提异议", "暂不退还,继续保管")
    steps += ("拟扣50.00元,可提异议", "已批准,待退还", "已退还1950.00元")
    said = [f"安居物业保管的装修押金2000.00元:{step}。" for step in steps]
    bodies = await told(estate.world, li, "deposit_news")
    assert sorted(body.partition("如与")[0] for body in bodies) == sorted(said)
    assert "李娜" not in str(bodies)
