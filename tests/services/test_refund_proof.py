"""`ledger verify` finds what is planted into books with refunds by hand, in WeChat and not."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from tests.build.cast import Estate
from tests.build.documents import Database, collection, put, taken
from tests.build.payments import paid, pass_time
from tests.build.planted_bills import alter, one, rewritten
from tests.build.proofs import problems
from tests.build.refund_requests import approved, counter_refund
from tests.build.world import World

Plant = Callable[[Database], Awaitable[None]]
BOOKS: Final = (
    "journal",
    "bills",
    "payments",
    "receipts",
    "refunds",
    "refund_requests",
    "refund_reserves",
)
WECHAT: Final = {"way": "wechat"}


async def refunded(db: Database) -> dict[str, Any]:
    return await one(db, "journal", kind="refund")


async def not_booked(db: Database) -> None:
    await db.journal.delete_one({"_id": (await refunded(db))["_id"]})


async def booked_twice(db: Database) -> None:
    journal = await refunded(db)
    journal["_id"] += "0"
    await rewritten(db, journal)


async def booked_for_another_bill(db: Database) -> None:
    journal = await refunded(db)
    journal["postings"][0]["account"] = "receivable:another"
    await rewritten(db, journal)


async def booked_with_another_amount(db: Database) -> None:
    journal = await refunded(db)
    for posting in journal["postings"]:
        posting["amount_fen"] -= posting["amount_fen"] // 10
    await rewritten(db, journal)


async def booked_beside_the_request(db: Database) -> None:
    journal = await refunded(db)
    other = await one(db, "refund_requests", way="transfer")
    journal["reference"]["request"] = other["_id"]
    journal["postings"][0]["account"] = f"receivable:{other['lines'][0]['bill_id']}"
    await rewritten(db, journal)


async def request_removed(db: Database) -> None:
    await db.refund_requests.delete_many(WECHAT)


async def request_of_another_amount(db: Database) -> None:
    await alter(db, "refund_requests", {"$inc": {"amount_fen": 1}}, **WECHAT)


async def line_of_another_amount(db: Database) -> None:
    await alter(db, "refunds", {"$inc": {"lines.0.amount_fen": 1}})


async def request_not_done(db: Database) -> None:
    await alter(db, "refund_requests", {"$set": {"state": "refused"}}, **WECHAT)


async def refund_removed(db: Database) -> None:
    await db.refunds.delete_many({})


async def refund_before_its_approval(db: Database) -> None:
    await alter(db, "refund_requests", {"$set": {"state": "asked"}}, **WECHAT)


async def receipt_not_reversed(db: Database) -> None:
    await db.receipts.delete_many({"reverses": {"$gt": ""}})


async def reserve_removed(db: Database) -> None:
    await db.refund_reserves.delete_many({})


async def bill_not_reopened(db: Database) -> None:
    request = await one(db, "refund_requests", **WECHAT)
    key, line = {"_id": request["lines"][0]["bill_id"]}, request["lines"][0]
    portion = {
        "journal": request["journal"],
        "fen": line["amount_fen"],
        "at": request["asked_at"],
    }
    paid = {"state": "paid", "owed_fen": 0, "paid": [portion]}
    await db.bills.update_one(key, {"$set": paid})


async def paid_out_by_nothing(db: Database) -> None:
    paid_out = {"$set": {"state": "done", "back": "cash"}}
    await alter(db, "refund_requests", paid_out, way="transfer")


async def more_cash_than_there_was(db: Database) -> None:
    journal = await refunded(db)
    journal["_id"], journal["kind"] = "counter-refund:nobody", "counter_refund"
    journal["postings"][-1]["account"] = "cash:firm:nobody"
    await rewritten(db, journal)


# what is planted → what the proof says of it
MUTANTS: Final[dict[Plant, str]] = {
    not_booked: "done, and 0 journals say that its money came back",
    booked_twice: "done, and 2 journals say that its money came back",
    booked_for_another_bill: "bill another: is not there, and journals speak of it",
    booked_with_another_amount: "books another amount",
    booked_beside_the_request: "and refund:",
    request_removed: "and a journal says that its money came back",
    request_of_another_amount: "and its bills come to",
    line_of_another_amount: "gives back other bills or amounts",
    request_not_done: "refused, and 1 journals say that its money came back",
    refund_removed: "and its refund at WeChat is H",
    refund_before_its_approval: "asked, and its refund at WeChat is H",
    receipt_not_reversed: "the receipt of its payment is not reversed by it",
    reserve_removed: "are asked back of its payment, and {} are reserved",
    bill_not_reopened: "fen are owed, its journals say",
    paid_out_by_nothing: "done, and 0 journals say that its money came back",
    more_cash_than_there_was: "cash:firm:nobody: more went out than came in",
}


@pytest.mark.slow
@pytest.mark.billed("2026-01", "2026-02")
async def test_every_mutant_is_found_and_nothing_in_untouched_books(estate: Estate) -> None:
    first, second = await estate.bill_ids("li")
    payment_id = await paid(estate, await estate.member("li"), [first])
    await approved(estate, payment_id, bills=[{"bill_id": first, "amount_fen": 1000}])
    await counter_refund(estate, [second])
    await pass_time(estate)
    world = estate.world
    assert await problems(world) == []
    untouched = await taken(world.db)
    for plant, problem in MUTANTS.items():
        await plant(world.db)
        found = await problems(world)
        assert any(problem in line for line in found), (plant.__name__, found)
        await restored(world, untouched)
    assert await problems(world) == []


async def restored(world: World, untouched: Any) -> None:
    for name in BOOKS:
        await collection(world.db, name).delete_many({})
    await put(world.db, {name: untouched[name] for name in BOOKS})
