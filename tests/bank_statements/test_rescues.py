"""What a job was to do that was given up comes back to people, and is booked once."""

import asyncio
from typing import Any

import pytest

from services.bank_statements import bookings, jobs
from services.bank_statements.transfers import store as transfers_store
from services.counter_payments import actions as counter_payments
from services.jobs import actions as queue
from tests.build.bank_statements import (
    confirm,
    csv_file,
    imported,
    statement,
    transfers,
    upload,
)
from tests.build.cast import Estate
from tests.build.sign_ins import Member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
DAY = "2026-02-27"
ROWS = ((DAY, "B1", "102.36", "", "li", "3-2-502 物业费"), (DAY, "B2", "36.00", "", "wang", ""))


async def chosen(estate: Estate, cashier: Member) -> str:
    """Confirm both transfers of a file; return its statement."""
    found = await imported(estate, cashier, csv_file(ROWS))
    return await choose(estate, cashier, found["statement_id"])


async def choose(estate: Estate, cashier: Member, name: str, state: str = "open") -> str:
    shown = await transfers(estate, cashier, f"&state={state}")
    wish = {each["transfer_id"]: each["candidates"][0]["bill_ids"] for each in shown}
    reply = await confirm(estate, cashier, name, wish)
    assert reply.status == 202, reply.body
    return name


async def states(estate: Estate, cashier: Member) -> dict[str, str]:
    return {each["number"]: each["state"] for each in await transfers(estate, cashier)}


async def booked(estate: Estate) -> list[str]:
    found = await estate.world.db.counter_payments.find({}).to_list()
    return sorted(each["voucher"] for each in found)


def dying(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *, after: bool) -> None:
    """Let a function fail for the transfer B1, before or after it did its work."""
    real = getattr(module, name)

    async def fails(*args: Any, **named: Any) -> Any:
        is_meant = any("B1" in (getattr(arg, "voucher", ""), arg) for arg in args)
        done = await real(*args, **named) if after or not is_meant else None
        if is_meant:
            raise RuntimeError(name)
        return done

    monkeypatch.setattr(module, name, fails)
    monkeypatch.setattr(queue, "MAX_ATTEMPTS", 1)


async def test_a_transfer_whose_job_was_given_up_is_confirmed_again(
    estate: Estate, cashier: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        dying(broken, counter_payments, "take", after=False)
        name = await chosen(estate, cashier)
        await estate.world.work()
    assert await states(estate, cashier) == {"B1": "chosen", "B2": "booked"}
    await jobs.rescue(estate.world.deps, {})
    [given_back] = await transfers(estate, cashier, "&state=refused")
    assert (given_back["number"], given_back["refusal"]) == ("B1", bookings.GIVEN_UP)
    await choose(estate, cashier, name, "refused")
    await estate.world.work()
    assert await states(estate, cashier) == {"B1": "booked", "B2": "booked"}
    assert await booked(estate) == ["B1", "B2"]


async def test_what_was_booked_before_its_job_died_is_found_so(
    estate: Estate, cashier: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        dying(broken, counter_payments, "take", after=True)
        await chosen(estate, cashier)
        await estate.world.work()
    assert await states(estate, cashier) == {"B1": "chosen", "B2": "booked"}
    await jobs.rescue(estate.world.deps, {})
    assert await states(estate, cashier) == {"B1": "booked", "B2": "booked"}
    assert await booked(estate) == ["B1", "B2"]


async def test_a_worker_that_was_thought_dead_books_once_beside_the_rescue(
    estate: Estate, cashier: Member
) -> None:
    deps, name = estate.world.deps, await chosen(estate, cashier)
    some = await transfers_store.next_chosen(deps.db, name, after="", limit=9)
    await estate.world.db.outbox.update_many({"kind": jobs.BOOK}, {"$set": {"open": False}})
    work = [bookings.book_one(deps, each) for each in some]
    await asyncio.gather(jobs.rescue(deps, {}), *work)
    assert await states(estate, cashier) == {"B1": "booked", "B2": "booked"}
    assert await booked(estate) == ["B1", "B2"]
    for each in some:
        assert await transfers_store.give_back(deps.db, each, "late") is None


async def test_what_is_at_work_is_left_alone(estate: Estate, cashier: Member) -> None:
    deps, name = estate.world.deps, await chosen(estate, cashier)
    await jobs.rescue(deps, {})
    assert await states(estate, cashier) == {"B1": "chosen", "B2": "chosen"}
    [early, _] = await transfers_store.next_chosen(deps.db, name, after="", limit=9)
    await estate.world.db.bank_transfers.update_many({}, {"$set": {"job": "another"}})
    assert await transfers_store.give_back(deps.db, early, "late") is None  # chosen anew
    await estate.world.db.bank_transfers.update_many({}, {"$set": {"job": ""}})
    await jobs.rescue(deps, {})  # of before: nobody knows their job, which may be waiting
    assert await states(estate, cashier) == {"B1": "chosen", "B2": "chosen"}
    await estate.advance(days=1)
    await jobs.rescue(deps, {})
    found = await estate.world.db.bank_transfers.find({}).to_list()
    assert {each["state"] for each in found} == {"refused"}


async def test_a_file_whose_job_was_given_up_is_uploaded_again(
    estate: Estate, cashier: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = csv_file(ROWS)
    sent = await upload(estate, cashier, file)
    name = sent.body["statement_id"]
    await jobs.rescue(estate.world.deps, {})
    assert (await statement(estate, cashier, name))["state"] == "reading"
    with monkeypatch.context() as broken:
        broken.setattr(transfers_store, "put", None)  # nothing that can be called
        broken.setattr(queue, "MAX_ATTEMPTS", 1)
        await estate.world.work()
    await jobs.rescue(estate.world.deps, {})
    refused = await statement(estate, cashier, name)
    assert (refused["state"], refused["refusal"]["code"]) == ("refused", "bank_file_unread")
    again = await imported(estate, cashier, file)
    assert (again["statement_id"], again["state"]) == (name, "read")
