"""What refunds by hand rest on: a drawer is lowered by one act at a time, and a bill once."""

import asyncio
from datetime import datetime
from itertools import count
from typing import Final

import msgspec
import pytest

from services.counter_payments import store as counter_payments
from services.counter_payments.drawers import actions as drawers
from services.dependencies import Transaction
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, cash_in_hand, receivable
from services.payments.refund_requests import returns, store
from services.payments.refund_requests.returns import ReturnedTwice
from services.payments.refunds import reopenings
from services.payments.refunds import store as refunds
from services.payments.refunds.reopenings import RequestMovedOn
from tests.build.cast import Estate
from tests.build.payments import paid
from tests.build.refund_requests import approved, counter_refund

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01", "2026-02")]
CASH: Final = cash_in_hand("firm", "somebody")
OF: Final = 4


def journal(at: datetime, name: str, fen: int) -> Journal:
    """A journal that puts cash into a drawer, or takes it out."""
    postings = [Posting(CASH, fen), Posting(receivable("bill"), -fen)]
    return Journal(id=name, kind="test", place="c", at=at, postings=postings)


async def test_of_several_who_lower_a_drawer_at_once_only_what_is_there_goes_out(
    estate: Estate,
) -> None:
    """Whoever does it: here nothing else that they write keeps them apart."""
    deps = estate.world.deps
    await drawers.add(deps, "firm", "somebody")
    await deps.in_transaction(lambda tx: ledger.post(deps, tx, journal(deps.now(), "in", 100)))

    begun, read, together = count(1), count(1), asyncio.Event()

    async def take(number: int) -> bool:
        async def work(tx: Transaction) -> bool:
            if next(begun) > OF:  # who was refused begins again: they met
                together.set()
            there = await drawers.hold(deps, tx, "firm", "somebody")
            if next(read) > 1:
                together.set()
            await together.wait()
            if there >= 80:
                await ledger.post(deps, tx, journal(deps.now(), f"out{number}", -80))
            return there >= 80

        return await deps.in_transaction(work)

    assert sum(await asyncio.gather(*map(take, range(OF)))) == 1
    assert await ledger.balance(deps, CASH) == 20


async def test_no_bill_gives_back_more_than_the_payment_paid_of_it(estate: Estate) -> None:
    deps = estate.world.deps
    made = await counter_refund(estate, await estate.bill_ids("li"))
    request = await store.find(deps.db, made.request_id)
    assert request is not None
    payment = await counter_payments.find(deps.db, request.payment)
    assert payment is not None
    [first, *rest] = request.lines
    more = msgspec.structs.replace(first, amount_fen=first.amount_fen + 1)
    request.lines = [more, *rest]

    async def work(tx: Transaction) -> None:
        await returns.take_back(deps, tx, request, payment, refund_id="r")

    with pytest.raises(ReturnedTwice):
        await deps.in_transaction(work)


async def test_money_that_nobody_approved_opens_no_bill(estate: Estate) -> None:
    deps = estate.world.deps
    made = await approved(estate, await paid(estate, await estate.member("li")))
    refund = await refunds.find(deps.db, made["refund_number"])
    assert refund is not None
    key, change = {"_id": made["request_id"]}, {"$set": {"state": "refused"}}
    await deps.db.refund_requests.update_one(key, change)

    async def work(tx: Transaction) -> None:
        await reopenings.reopen(deps, tx, refund, "50300")

    with pytest.raises(RequestMovedOn):
        await deps.in_transaction(work)
