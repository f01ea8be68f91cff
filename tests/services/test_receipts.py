"""Receipts: numbers without gaps, and reversals beside them."""

import asyncio
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from services.payments.receipts import numbers, store
from services.reconciliations import jobs as reconciliations
from tests.build.cast import Estate
from tests.build.payments import paid
from tests.build.receipts import numbered, receipt_of, serials
from tests.build.sign_ins import Member
from tests.build.trade_bills import in_console, next_morning

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
SERIES = "firm:2026"


async def each_paid(estate: Estate, li: Member) -> list[str]:
    """Pay two bills by an order each; nothing is numbered yet."""
    bills = await estate.bill_ids("li")
    made = []
    for bill in bills:
        made.append(await paid(estate, li, [bill]))
        await estate.advance(seconds=1)
    return made


async def test_receipts_have_no_numbers_unless_the_payee_asks(
    estate: Estate, li: Member
) -> None:
    payment_id = await paid(estate, li)
    assert (await receipt_of(estate, li, payment_id))["serial_number"] is None
    assert (
        await estate.world.db.outbox.count_documents({"kind": "payments.number_receipt"}) == 0
    )


async def test_numbers_are_drawn_afterwards_in_the_order_of_booking(
    estate: Estate, li: Member
) -> None:
    """The reference is there at once; the job of the second payment numbers the first, too."""
    await numbered(estate)
    first, second = await each_paid(estate, li)
    before = await receipt_of(estate, li, first)
    assert before["serial_number"] is None
    assert len(before["number"]) == len("20261123-4T9K2MXA7Q")
    await estate.world.db.outbox.delete_many({"_id": f"payments.number_receipt:{first}"})
    await estate.world.work()
    assert await serials(estate) == {first: 1, second: 2}
    assert (await receipt_of(estate, li, first))["serial_number"] == "2026-000001"


async def test_workers_that_draw_at_once_leave_no_gap_and_nothing_twice(
    estate: Estate, li: Member
) -> None:
    await numbered(estate)
    made = await each_paid(estate, li)
    draws = [numbers.draw(estate.world.deps, SERIES) for _ in range(4)]
    assert sum(await asyncio.gather(*draws)) == len(made)
    assert sorted((await serials(estate)).values()) == [1, 2]
    assert await numbers.draw(estate.world.deps, SERIES) == 0
    found = await estate.world.db.receipt_series.find().to_list()
    assert found == [{"_id": SERIES, "last": 2}]


async def test_a_worker_that_dies_between_number_and_counter_draws_nothing(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    await numbered(estate)
    made = await each_paid(estate, li)
    write = store.number

    async def die_afterwards(*given: Any, **named: Any) -> bool:
        await write(*given, **named)
        raise AutoReconnect("killed")

    with monkeypatch.context() as dying:
        dying.setattr(store, "number", die_afterwards)
        with pytest.raises(AutoReconnect):
            await numbers.draw(estate.world.deps, SERIES)
    assert await serials(estate) == dict.fromkeys(made)
    assert await estate.world.db.receipt_series.count_documents({}) == 0
    await estate.world.work()
    assert list((await serials(estate)).values()) == [1, 2]


async def test_what_goes_back_is_reversed_beside_the_receipt(
    estate: Estate, li: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In parts: each has its number of the same series, and the receipt says what it said."""
    monkeypatch.setattr(reconciliations, "KEPT_DAYS", 2)
    await numbered(estate)
    payment_id = await paid(estate, li)
    before = await estate.world.db.receipts.find_one({"_id": payment_id}, {"serial": 0})
    for number, fen in (("BD71", 1000), ("BD72", 9236)):
        await in_console(estate, payment_id, fen, number=number)
        await estate.world.advance(seconds=70)  # WeChat takes one refund of an order a minute
    await next_morning(estate)
    await estate.world.work()
    seen = await receipt_of(estate, await estate.member("li"), payment_id)
    assert (seen["amount_fen"], seen["returned_fen"]) == (10_236, 10_236)
    assert [r["amount_fen"] for r in seen["reversals"]] == [1000, 9236]
    assert [r["serial_number"] for r in seen["reversals"]] == ["2026-000002", "2026-000003"]
    assert len({seen["number"], *(r["number"] for r in seen["reversals"])}) == 3
    after = await estate.world.db.receipts.find_one({"_id": payment_id}, {"serial": 0})
    assert before is not None
    assert after == before | {"unnumbered": False}
