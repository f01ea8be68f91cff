"""`ledger verify` finds what is planted into the books of deposits, and nothing else."""

from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from tests.build.cast import SUN_HOME, WANG_HOME, Estate
from tests.build.deposits import approved, kept, pay_out, review
from tests.build.documents import Database, collection, put, taken
from tests.build.proofs import next_night, problems
from tests.services.test_ledger_proof import alter, one, rewritten

pytestmark = [pytest.mark.slow, pytest.mark.billed()]

Plant = Callable[[Database], Awaitable[None]]
BOOKS: Final = ("journal", "journal_seals", "deposits")


async def of_another_amount(db: Database) -> None:
    await alter(db, "deposits", {"$inc": {"amount_fen": 1}}, state="kept")


async def removed(db: Database) -> None:
    await db.deposits.delete_one({"_id": (await one(db, "deposits"))["_id"]})


async def said_to_be_back(db: Database) -> None:
    change = {"state": "returned", "back": "cash", "paid_out_by": "x"}
    await alter(db, "deposits", {"$set": change}, state="kept")


async def said_to_be_kept(db: Database) -> None:
    await alter(db, "deposits", {"$set": {"state": "kept"}}, state="returned")


async def deducted_less(db: Database) -> None:
    await alter(db, "deposits", {"$set": {"deduct_fen": 1}}, state="returned")


async def deducted_and_not_all(db: Database) -> None:
    await alter(db, "deposits", {"$set": {"deduct_fen": 1}}, state="deducted")


async def deduction_not_reversed(db: Database) -> None:
    await alter(db, "deposits", {"$set": {"reversals": 0}}, reversals=1)


async def deduction_reversed_once_more(db: Database) -> None:
    await alter(db, "deposits", {"$set": {"reversals": 2}}, reversals=1)


async def return_removed(db: Database) -> None:
    journal = await one(db, "journal", kind="deposit_return")
    await db.journal.delete_one({"_id": journal["_id"]})


async def taken_twice(db: Database) -> None:
    journal = await one(db, "journal", kind="deposit")
    journal["_id"] += "x"
    await rewritten(db, journal)


MUTANTS: Final[dict[Plant, str]] = {
    of_another_amount: "books something else",
    removed: "is not there, and a journal speaks of it",
    said_to_be_back: "books it",
    said_to_be_kept: "is not what it says",
    deducted_less: "books something else",
    deducted_and_not_all: "books something else",
    deduction_not_reversed: "is not what it says",
    deduction_reversed_once_more: "books it",
    return_removed: "books it",
    taken_twice: "is not what it says",
}


async def test_every_mutant_of_a_deposit_is_found(estate: Estate) -> None:
    await kept(estate)
    back = await approved(estate, 50000, home=WANG_HOME, way="transfer", voucher="B-1")
    assert (await pay_out(estate, back)).status == 200
    await approved(estate, 200000, home=SUN_HOME, voucher="Y-3")
    reversed_once = await approved(estate, 200000, home=SUN_HOME, voucher="Y-4")
    assert (await review(estate, reversed_once)).body["state"] == "kept"
    await next_night(estate.world)
    world = estate.world
    assert await problems(world) == []
    untouched = await taken(world.db)
    for plant, problem in MUTANTS.items():
        await plant(world.db)
        found = await problems(world)
        assert any("deposit" in each and problem in each for each in found), (
            plant.__name__,
            found,
        )
        for name in BOOKS:
            await collection(world.db, name).delete_many({})
        await put(world.db, {name: untouched[name] for name in BOOKS})
    assert await problems(world) == []
