"""`ledger verify` finds what is planted into returns of prepaid money, and nothing else."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from tests.build.cast import LI_HOME, SUN_HOME, WANG_HOME, Estate
from tests.build.documents import Database, collection, put, taken
from tests.build.planted_bills import alter, one, rewritten
from tests.build.prepayment_returns import approved, asked, decide, pay_out
from tests.build.prepayments import take
from tests.build.proofs import next_night, problems
from tests.build.refund_requests import NO

pytestmark = [pytest.mark.slow, pytest.mark.billed()]

Plant = Callable[[Database], Awaitable[None]]
BOOKS: Final = ("journal", "journal_seals", "prepayments", "prepayment_returns")


async def returned(db: Database) -> dict[str, Any]:
    return await one(db, "journal", kind="prepayment_return")


async def state(db: Database, was: str, now: str) -> None:
    await alter(db, "prepayment_returns", {"$set": {"state": now}}, state=was)


async def handed_out_and_not_booked(db: Database) -> None:
    await db.journal.delete_one({"_id": (await returned(db))["_id"]})


async def booked_and_not_handed_out(db: Database) -> None:
    await state(db, "done", "approved")


async def approved_and_never_taken_out(db: Database) -> None:
    await state(db, "asked", "approved")


async def taken_out_and_not_approved(db: Database) -> None:
    await state(db, "approved", "withdrawn")


async def put_back_and_approved(db: Database) -> None:
    await state(db, "refused", "approved")


async def refused_and_not_put_back(db: Database) -> None:
    await state(db, "approved", "refused")


async def of_another_amount(db: Database) -> None:
    await alter(db, "prepayment_returns", {"$inc": {"amount_fen": 1}}, state="asked")
    await alter(db, "prepayment_returns", {"$inc": {"amount_fen": 1}}, state="refused")


async def out_of_another_purse(db: Database) -> None:
    await alter(db, "prepayment_returns", {"$set": {"back": "cash"}}, state="done")


async def of_another_prepayment(db: Database) -> None:
    await alter(db, "prepayment_returns", {"$set": {"prepayment": "other"}}, state="approved")


async def removed(db: Database) -> None:
    await db.prepayment_returns.delete_one({"state": "done"})


async def named_by_another(db: Database) -> None:
    journal = await returned(db)
    journal["reference"]["return"] = "another"
    await rewritten(db, journal)


MUTANTS: Final[dict[Plant, str]] = {
    handed_out_and_not_booked: "done, and its journals are ['taken_out']",
    booked_and_not_handed_out: "and its journals owe 0",
    approved_and_never_taken_out: "approved, and its journals are []",
    taken_out_and_not_approved: "withdrawn, and its journals are ['taken_out']",
    put_back_and_approved: "approved, and its journals are ['taken_back', 'taken_out']",
    refused_and_not_put_back: "refused, and its journals are ['taken_out']",
    of_another_amount: "books other money",
    out_of_another_purse: "books other money",
    of_another_prepayment: "books other money",
    removed: "is not there, and journals speak of it",
    named_by_another: "not named by what it books",
}


async def some_of_each(estate: Estate) -> None:
    """A return in each state: asked for, approved, refused afterwards, and handed out."""
    staff, admin = await estate.member("staff"), await estate.member("admin")
    lying = []
    for number, home in enumerate((LI_HOME, WANG_HOME, SUN_HOME)):
        slip: dict[str, Any] = {"home": home, "months": 3, "voucher": f"A-{number}"}
        made = await take(estate, staff, way="transfer", **slip)
        assert made.status == 201, made.body
        found = await estate.world.db.prepayments.find_one({"home": home})
        assert found is not None
        lying.append(str(found["_id"]))
    first, second, third = lying
    await approved(estate, first, amount_fen=1000)
    await asked(estate, first, amount_fen=1000)
    refused = await approved(estate, second, amount_fen=1000)
    assert (await decide(estate, refused, NO, admin)).status == 200
    assert (await pay_out(estate, await approved(estate, third), staff)).status == 200


async def test_every_mutant_of_a_return_is_found(estate: Estate) -> None:
    await some_of_each(estate)
    await next_night(estate.world)
    world = estate.world
    assert await problems(world) == []
    untouched = await taken(world.db)
    for plant, problem in MUTANTS.items():
        await plant(world.db)
        found = await problems(world)
        assert any(problem in line for line in found), (plant.__name__, found)
        for name in BOOKS:
            await collection(world.db, name).delete_many({})
        await put(world.db, {name: untouched[name] for name in BOOKS})
    assert await problems(world) == []
