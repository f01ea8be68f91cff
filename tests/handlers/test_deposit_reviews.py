"""Reviews of what was decided about a deposit: taken back, or an objection is answered."""

import asyncio
from typing import Any

import pytest

from services.deposits import actions
from services.deposits.refusals import DepositMovedOn
from services.deposits.states import DepositAction
from services.kernel.permissions import Permission
from services.ledger import actions as ledger
from services.ledger.models import bank, deducted, deposited
from tests.build.cast import ADMIN, COMPOUND, WANG_HOME, Estate
from tests.build.deposits import STAYS, YES, approved, asked, kept, pay_out, review
from tests.build.homes import get, told
from tests.build.proofs import next_night, problems
from tests.build.sign_ins import Member
from tests.handlers.test_deposit_returns import decide, object_to

pytestmark = [pytest.mark.billed(), pytest.mark.usefixtures("books_hold")]
ALL = 200000


async def waiting(estate: Estate, objecting: str = "true") -> list[str]:
    path = f"places/{COMPOUND}/deposits?objecting={objecting}"
    listed = await get(estate, "staff", path)
    assert listed.status == 200, listed.body
    return [row["deposit_id"] for row in listed.body["items"]]


async def balances(estate: Estate, deposit_id: str) -> list[int]:
    """What is owed to the payer, lies in the bank, and is income."""
    names = (deposited(deposit_id), bank("firm"), deducted("firm"))
    return [await ledger.balance(estate.world.deps, each) for each in names]


async def test_an_objection_after_the_approval_waits_and_takes_it_back(
    estate: Estate, li: Member
) -> None:
    deposit_id = await approved(estate, 50000, way="transfer", voucher="B-1")
    other = await kept(estate, home=WANG_HOME)
    assert await waiting(estate) == []
    assert (await object_to(estate, deposit_id)).body["objecting"] is True
    assert (await waiting(estate), await waiting(estate, "false")) == ([deposit_id], [other])
    done = await review(estate, deposit_id)
    assert (done.status, done.body["state"], done.body["deduct_fen"]) == (200, "kept", 0)
    assert done.body["reviewed_because"] == "交款人有异议,重新核实"
    assert (done.body["objection"], await waiting(estate)) == ("不同意", [])
    said = await told(estate.world, li, "deposit_news")
    assert any("批准已撤回,继续保管" in body for body in said)
    for late in (await pay_out(estate, deposit_id), await review(estate, deposit_id)):
        assert (late.status, late.code) == (409, "deposit_moved_on")
    await estate.advance(seconds=1)
    anew = await asked(estate, deposit_id, 20000)
    assert (anew.status, anew.body["reviewed_because"]) == (200, "")
    assert (await decide(estate, deposit_id, YES, "staff")).code == "same_person"
    assert (await decide(estate, deposit_id, YES)).status == 200
    assert (await pay_out(estate, deposit_id)).body["back_fen"] == 180000
    assert await balances(estate, deposit_id) == [0, 20000, -20000]


async def test_what_was_deducted_whole_is_booked_back_each_time(estate: Estate) -> None:
    deposit_id = await approved(estate, ALL, way="transfer", voucher="B-1")
    for _ in range(2):
        assert await balances(estate, deposit_id) == [0, ALL, -ALL]
        await object_to(estate, deposit_id)
        assert (await review(estate, deposit_id)).body["state"] == "kept"
        assert await balances(estate, deposit_id) == [-ALL, ALL, 0]
        await estate.advance(seconds=1)
        assert (await asked(estate, deposit_id, ALL)).status == 200
        assert (await decide(estate, deposit_id, YES)).body["state"] == "deducted"
    kinds = [each["kind"] for each in await estate.world.db.journal.find({}).to_list()]
    assert kinds.count("deposit_return") == 3
    assert kinds.count("deposit_deduction_reversed") == 2
    await next_night(estate.world)
    assert await problems(estate.world) == []


@pytest.mark.parametrize("deduct_fen", [0, 100])
async def test_a_payout_and_a_taking_back_at_once_are_one(
    estate: Estate, deduct_fen: int
) -> None:
    deposit_id = await approved(estate, deduct_fen, way="transfer", voucher="B-1")
    replies = await asyncio.gather(pay_out(estate, deposit_id), review(estate, deposit_id))
    assert sorted(reply.status for reply in replies) == [200, 409]
    [lost] = [reply for reply in replies if reply.status == 409]
    assert lost.code == "deposit_moved_on"
    paid, _ = replies
    left = [0, deduct_fen, -deduct_fen] if paid.status == 200 else [-ALL, ALL, 0]
    assert await balances(estate, deposit_id) == left


async def test_two_who_take_a_deduction_back_at_once_book_it_back_once(
    estate: Estate,
) -> None:
    deposit_id = await approved(estate, ALL, way="transfer", voucher="B-1")
    replies = await asyncio.gather(*(review(estate, deposit_id) for _ in range(3)))
    assert sorted(reply.status for reply in replies) == [200, 409, 409]
    assert await balances(estate, deposit_id) == [-ALL, ALL, 0]


async def test_a_review_is_of_what_was_read(estate: Estate) -> None:
    """Both were asked for, decided and taken back again within one moment."""
    deps, deposit_id = estate.world.deps, await approved(estate, ALL, way="pos", voucher="P-1")
    read = await actions.access(deps, ADMIN, deposit_id, Permission.RUN_BILLS)
    await review(estate, deposit_id)
    await asked(estate, deposit_id, ALL)
    assert (await decide(estate, deposit_id, YES)).body["state"] == "deducted"
    with pytest.raises(DepositMovedOn):
        await deps.in_transaction(lambda tx: actions._take_back(deps, tx, ADMIN, read, {}))
    await object_to(estate, deposit_id)
    with pytest.raises(DepositMovedOn):
        await deps.in_transaction(lambda tx: actions._answer(deps, tx, ADMIN, read, {}))


async def test_an_objection_is_answered_and_the_decision_stays(
    estate: Estate, li: Member
) -> None:
    deposit_id = await approved(estate, 50000)
    early = await review(estate, deposit_id, STAYS)
    assert (early.status, early.code) == (409, "deposit_moved_on")
    await pay_out(estate, deposit_id)
    await object_to(estate, deposit_id)  # too late to take it back, and somebody answers
    assert (await review(estate, deposit_id)).code == "deposit_moved_on"
    replies = await asyncio.gather(*(review(estate, deposit_id, STAYS) for _ in range(2)))
    assert sorted(reply.status for reply in replies) == [200, 409]
    [done] = [reply for reply in replies if reply.status == 200]
    assert (done.body["state"], done.body["objecting"]) == ("returned", False)
    assert done.body["reviewed_because"] == STAYS["reason"]
    said = await told(estate.world, li, "deposit_news")
    assert sum("异议已答复,维持原决定" in body for body in said) == 1


async def test_who_decides_answers_what_was_said_before_and_has_read_it(
    estate: Estate,
) -> None:
    deposit_id, deps = await kept(estate), estate.world.deps
    await asked(estate, deposit_id, 100)
    read = await actions.access(deps, ADMIN, deposit_id, Permission.RUN_BILLS)
    await object_to(estate, deposit_id)
    assert await waiting(estate) == [deposit_id]
    early = await review(estate, deposit_id, STAYS)
    assert (early.status, early.code) == (409, "deposit_moved_on")

    async def approve(tx: Any) -> None:
        await actions.move(deps, tx, ADMIN, read, DepositAction.APPROVE, {})

    with pytest.raises(DepositMovedOn):
        await deps.in_transaction(approve)
    assert (await decide(estate, deposit_id, YES)).body["objecting"] is False


async def test_only_who_runs_bills_takes_an_approval_back(estate: Estate) -> None:
    deposit_id = await approved(estate, 100)
    refused = await review(estate, deposit_id, who="head")
    assert (refused.status, refused.code) == (403, "forbidden")
    assert (await review(estate, deposit_id, who="staff")).status == 200
