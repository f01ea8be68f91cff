"""`ledger verify` finds whatever is planted into real books, and nothing in untouched ones."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import pytest

from services.bills import actions as bills
from services.bills.models import MonthsAfterVoid, VoidBill
from services.kernel import chains
from services.kernel.vault import KEY_BYTES, Vault
from services.ledger.seals import actions as seals
from tests.build import payments
from tests.build.cast import COMPOUND, STAFF, Estate
from tests.build.documents import Database, Documents, collection, put, taken
from tests.build.planted_bills import (
    alter,
    bill_draft_again,
    bill_of_another_amount,
    bill_owed_and_paid,
    bill_owes_less,
    bill_owing_again,
    bill_paid_by_another_journal,
    bill_paid_by_nothing,
    bill_removed,
    bill_says_another_part_was_paid,
    bill_taken_back_by_a_journal,
    bill_void_by_nothing,
    one,
    rewritten,
)
from tests.build.proofs import next_night, problems, verified
from tests.build.world import World

Plant = Callable[[Database], Awaitable[None]]
BOOKS: Final = (
    "journal",
    "journal_seals",
    "bills",
    "payments",
    "receipts",
    "refunds",
    "discrepancies",
)
VAULT: Final = Vault({"k1": b"k" * KEY_BYTES})  # of the tests' settings


async def paid(db: Database) -> dict[str, Any]:
    return await one(db, "journal", kind="payment")


async def changed_byte(db: Database) -> None:
    journal = await paid(db)
    await db.journal.update_one(
        {"_id": journal["_id"]}, {"$set": {"reference.transaction": "4200000000000000x"}}
    )


async def added_field(db: Database) -> None:
    await db.journal.update_one({"_id": (await paid(db))["_id"]}, {"$set": {"note": "x"}})


async def changed_amount(db: Database) -> None:
    journal = await one(db, "journal", kind="issue")
    journal["postings"][0]["amount_fen"] += 100
    journal["postings"][1]["amount_fen"] -= 100
    await rewritten(db, journal)


async def unbalanced(db: Database) -> None:
    journal = await one(db, "journal", kind="issue")
    journal["postings"][0]["amount_fen"] += 100
    await rewritten(db, journal)


async def changed_place(db: Database) -> None:
    journal = await one(db, "journal", kind="issue")
    journal["place"] = "cc.chaoyang.guilin.xincheng.c99"
    await rewritten(db, journal)


async def removed(db: Database) -> None:
    await db.journal.delete_one({"_id": (await paid(db))["_id"]})


async def moved_day(db: Database) -> None:
    journal = await paid(db)
    journal["at"] -= timedelta(days=1)
    await rewritten(db, journal)


async def posted_twice(db: Database) -> None:
    journal = await paid(db)
    journal["_id"] += "0"
    await rewritten(db, journal)


async def posted_for_another_transaction(db: Database) -> None:
    journal = await paid(db)
    journal["_id"] += "0"
    journal["reference"]["transaction"] += "0"
    await rewritten(db, journal)


async def booked_nobody_knows(db: Database) -> None:
    journal = await paid(db)
    journal["_id"] = "pay:1900000001:42"
    journal["reference"] = {"payment": "OT0", "transaction": "42"}
    journal["postings"][1]["account"] = "receivable:nothing"
    await rewritten(db, journal)


async def refunded_twice(db: Database) -> None:
    journal = await one(db, "journal", kind="refund")
    journal["_id"] += "0"
    await rewritten(db, journal)


async def second_refund(db: Database) -> None:
    refund = await one(db, "refunds")
    await db.refunds.insert_one({**refund, "_id": refund["_id"] + "0"})


async def excess_without_refund(db: Database) -> None:
    await db.refunds.delete_one({"_id": (await one(db, "refunds"))["_id"]})


async def refund_of_another_amount(db: Database) -> None:
    await alter(db, "refunds", {"$inc": {"amount_fen": 1}})


async def refund_not_booked(db: Database) -> None:
    journal = await one(db, "journal", kind="refund")
    await db.journal.delete_one({"_id": journal["_id"]})


async def receipt_of_another_amount(db: Database) -> None:
    await alter(db, "receipts", {"$inc": {"amount_fen": 1}})


async def receipt_removed(db: Database) -> None:
    await db.receipts.delete_one({"_id": (await one(db, "receipts"))["_id"]})


async def receipt_of_nothing(db: Database) -> None:
    await db.receipts.insert_one({**await one(db, "receipts"), "_id": "OT0"})


async def order_not_paid(db: Database) -> None:
    await alter(db, "payments", {"$set": {"state": "closed"}}, state="paid")


async def order_paid_by_nothing(db: Database) -> None:
    await alter(db, "payments", {"$set": {"state": "paid"}}, state="closed")


async def order_stuck(db: Database) -> None:
    await alter(db, "payments", {"$set": {"state": "prepaid"}}, state="closed")


async def of_compound(db: Database) -> list[dict[str, Any]]:
    return await db.journal_seals.find({"place": COMPOUND}).sort("number", 1).to_list()


async def swapped_chain(db: Database) -> None:
    """The same seals in another order, as somebody without the key would write them."""
    first, second = await of_compound(db)
    for kept, other in ((first, second), (second, first)):
        wish = {
            **kept,
            **{name: other[name] for name in ("day", "digest", "marks", "journals")},
        }
        wish["hash"] = chains.digest(wish, "hash", "mac")
        await db.journal_seals.replace_one({"_id": kept["_id"]}, wish)


async def seal_written_anew(db: Database) -> None:
    """A journal is gone, and the seal of its place says so: but not the city's."""
    await removed(db)
    seal = (await of_compound(db))[-1]
    seal["digest"], seal["key_id"] = "0" * 64, "a key that is gone"
    seal["hash"] = chains.digest(seal, "hash", "mac")
    await db.journal_seals.replace_one({"_id": seal["_id"]}, seal)


async def seal_removed(db: Database) -> None:
    await db.journal_seals.delete_one({"_id": (await of_compound(db))[0]["_id"]})


async def last_seals_removed(db: Database) -> None:
    """Cut off, with their journal: the log's newest line is another one."""
    await removed(db)
    newest = await one(db, "journal_seals", place="", number=1)
    await db.journal_seals.delete_many({"day": {"$gt": newest["day"]}})


async def forged(db: Database, number: int, **changes: Any) -> None:
    """Change a seal of a compound as somebody who has the key, too."""
    seal = {**(await of_compound(db))[number], **changes}
    seal["hash"] = chains.digest(seal, "hash", "mac")
    seal["mac"] = chains.keyed(VAULT, seals.PURPOSE, seal)
    await db.journal_seals.replace_one({"_id": seal["_id"]}, seal)


async def chain_forked(db: Database) -> None:
    await forged(db, 1, previous="0" * 64)


async def seal_of_nothing_before(db: Database) -> None:
    await forged(db, 1, former="nothing")


async def more_out_than_in(db: Database) -> None:
    journal = await one(db, "journal", kind="refund")
    journal["_id"], journal["reference"] = "refund:1:2", {"refund": "R1", "payment": "OT0"}
    journal["postings"][0] = {"account": "suspense:1", "amount_fen": 10**7}
    journal["postings"][1]["amount_fen"] = -(10**7)
    await rewritten(db, journal)


async def returned_by_nobody(db: Database) -> None:
    await more_out_than_in(db)


async def order_for_other_bills(db: Database) -> None:
    await alter(db, "payments", {"$set": {"lines.0.amount_fen": 1}}, state="paid")


async def order_of_another_amount(db: Database) -> None:
    await alter(db, "payments", {"$inc": {"amount_fen": 1}}, state="paid")


async def order_of_another_transaction(db: Database) -> None:
    await alter(db, "payments", {"$set": {"transaction_id": "1"}}, state="paid")


async def refund_of_another_number(db: Database) -> None:
    await alter(db, "refunds", {"$set": {"refund_id": "1"}})


async def suspended_by_nothing(db: Database) -> None:
    await alter(db, "payments", {"$set": {"state": "suspended"}}, state="closed")


async def suspense_forgotten(db: Database) -> None:
    await db.discrepancies.delete_many({})


async def suspense_of_another_amount(db: Database) -> None:
    await db.discrepancies.update_many({}, {"$inc": {"amount_fen": 1}})


async def receipt_before_payment(db: Database) -> None:
    order = await one(db, "payments", state="closed")
    await db.receipts.insert_one({**await one(db, "receipts"), "_id": order["_id"]})


MUTANTS: Final[dict[Plant, str]] = {
    changed_byte: "changed after it was written",
    added_field: "changed after it was written",
    changed_amount: "changed or taken away",
    unbalanced: "posts [",
    changed_place: "changed or taken away",
    removed: "changed or taken away",
    moved_day: "changed or taken away",
    posted_twice: "not named by what it books",
    posted_for_another_transaction: "2 journals book it",
    booked_nobody_knows: "is not there",
    bill_paid_by_nothing: "paid, and",
    bill_paid_by_another_journal: "which is no payment of",
    bill_owing_again: "owing, and 0 fen are owed",
    bill_void_by_nothing: "no journal took it back",
    bill_of_another_amount: "no journal issued it for",
    bill_removed: "is not there, and journals speak of it",
    refunded_twice: "2 journals say that the money went back",
    second_refund: "0 journals say that the money went back",
    excess_without_refund: "0 are on their way back",
    refund_of_another_amount: "books another amount",
    refund_not_booked: "0 journals say that the money went back",
    receipt_of_another_amount: "its receipt is of",
    receipt_removed: "its receipt is for {}",
    receipt_of_nothing: "no such order",
    order_not_paid: "closed, and booked by",
    order_paid_by_nothing: "0 journals book it",
    order_stuck: "open for more than a day",
    swapped_chain: "was changed",
    seal_written_anew: "changed or taken away",
    seal_removed: "the seal before it is missing",
    last_seals_removed: "0 journals book it",
    chain_forked: "does not follow the seal before",
    seal_of_nothing_before: "does not follow the day's seal before",
    more_out_than_in: "more went out than came in",
    returned_by_nobody: "difference firm:OT0: is not there",
    bill_taken_back_by_a_journal: "taken back by a journal",
    order_for_other_bills: "books other bills or amounts",
    order_of_another_amount: "fen, booked as",
    order_of_another_transaction: "paid by 1, booked by",
    refund_of_another_number: "1 at WeChat, booked by",
    suspended_by_nothing: "no journal holds its money",
    suspense_forgotten: "is not there, and a journal speaks of it",
    suspense_of_another_amount: "fen are to lie in suspense",
    bill_draft_again: "is a draft, and journals speak of it",
    bill_owed_and_paid: "paid by pay:1:2, which is no payment of 1 fen",
    bill_owes_less: "fen are owed, its journals say",
    bill_says_another_part_was_paid: "fen are paid, its journals say",
    receipt_before_payment: "closed, and has a receipt",
}


async def lived(estate: Estate) -> None:
    """Some days: paid, closed, paid for a bill that was taken back, money nobody knows."""
    world, li, wang = estate.world, await estate.member("li"), await estate.member("wang")
    first, second = await estate.bill_ids("li")
    await payments.paid(estate, li, [first])
    await payments.ordered(estate, wang)
    await next_night(world)
    estate.members.clear()
    made = await payments.ordered(estate, await estate.member("li"), [second])
    wish = VoidBill(reason="登记有误", months=MonthsAfterVoid.FORGIVEN)
    await bills.void(world.deps, STAFF, second, wish)
    await payments.pay(estate, await estate.member("li"), made)
    await payments.pass_time(estate)
    lost = await payments.paid_silently(estate, await estate.member("sun"))
    await world.db.payments.delete_one({"_id": lost})
    await payments.craft(estate, lost)
    await world.work()
    await next_night(world)


@pytest.mark.slow
@pytest.mark.billed("2026-01", "2026-02")
async def test_every_mutant_is_found_and_nothing_in_untouched_books(estate: Estate) -> None:
    await lived(estate)
    world = estate.world
    verdict, found = await verified(world)
    assert found == []
    assert await world.db.refunds.count_documents({"state": "done"}) == 1
    untouched = await taken(world.db)
    for plant, problem in MUTANTS.items():
        await plant(world.db)
        told, found = await verified(world)
        assert any(problem in line for line in found), (plant.__name__, found)
        if plant is last_seals_removed:
            assert told.newest != verdict.newest
        await restored(world, untouched)
    assert await problems(world) == []


async def restored(world: World, untouched: Documents) -> None:
    for name in BOOKS:
        await collection(world.db, name).delete_many({})
    await put(world.db, {name: untouched[name] for name in BOOKS})
