"""`ledger verify` finds what is planted into the books of prepayments, and nothing else."""

from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from tests.build.cast import Estate
from tests.build.documents import Database, collection, put, taken
from tests.build.prepayments import used
from tests.build.proofs import next_night, problems
from tests.services.test_ledger_proof import alter, one, rewritten

pytestmark = [pytest.mark.slow, pytest.mark.billed()]

Plant = Callable[[Database], Awaitable[None]]
BOOKS: Final = (
    "journal",
    "journal_seals",
    "bills",
    "payments",
    "receipts",
    "counter_payments",
    "prepayments",
)


async def more_lies_there(db: Database) -> None:
    await alter(db, "prepayments", {"$inc": {"fen": 1}})


async def prepayment_removed(db: Database) -> None:
    await db.prepayments.delete_one({"_id": (await one(db, "prepayments"))["_id"]})


async def drawn_for_nothing(db: Database) -> None:
    """A bill says that prepaid money paid it, and no journal does."""
    journal = await one(db, "journal", kind="drawn")
    await db.journal.delete_one({"_id": journal["_id"]})


async def drawn_from_another(db: Database) -> None:
    journal = await one(db, "journal", kind="drawn")
    journal["postings"][0]["account"] = "prepaid:nothing"
    await rewritten(db, journal)


async def paid_in_for_another_amount(db: Database) -> None:
    await alter(db, "payments", {"$set": {"lines.0.amount_fen": 1}}, state="paid")


async def receipt_of_no_deposit(db: Database) -> None:
    await alter(db, "receipts", {"$set": {"lines": []}}, way="wechat")


async def counter_deposit_of_another_amount(db: Database) -> None:
    await alter(db, "counter_payments", {"$set": {"lines.0.amount_fen": 1}})


MUTANTS: Final[dict[Plant, str]] = {
    more_lies_there: "fen, its journals say",
    prepayment_removed: "is not there, and journals speak of it",
    drawn_for_nothing: "which is no payment of",
    drawn_from_another: "prepayment nothing: is not there",
    paid_in_for_another_amount: "books other bills or amounts",
    receipt_of_no_deposit: "its receipt is for {}",
    counter_deposit_of_another_amount: "its journal books",
}


async def test_every_mutant_of_a_prepayment_is_found(estate: Estate) -> None:
    await used(estate)
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
