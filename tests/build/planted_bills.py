"""Changes of bills that nobody made by the product: planted to be found in the books."""

from datetime import UTC, datetime
from typing import Any

from services.kernel import chains
from tests.build.documents import Database


async def one(db: Database, name: str, **query: Any) -> dict[str, Any]:
    """Return the first document of a kind, by its id."""
    found = await db[name].find(query).sort("_id", 1).limit(1).to_list()
    return found[0]


async def alter(db: Database, name: str, change: dict[str, Any], **query: Any) -> None:
    """Change the first document of a kind."""
    found = await one(db, name, **query)
    await db[name].update_one({"_id": found["_id"]}, change)


async def rewritten(db: Database, journal: dict[str, Any]) -> None:
    """Write a journal as its forger would: with a fingerprint that fits."""
    journal["fingerprint"] = chains.digest(journal, "fingerprint")
    await db.journal.replace_one({"_id": journal["_id"]}, journal, upsert=True)


async def bill_paid_by_nothing(db: Database) -> None:
    await alter(db, "bills", {"$set": {"state": "paid"}}, state="owing")


async def bill_paid_by_another_journal(db: Database) -> None:
    bill = await one(db, "bills", state="paid")
    issued = f"issue:{bill['_id']}"
    await db.bills.update_one({"_id": bill["_id"]}, {"$set": {"paid.0.journal": issued}})


async def bill_owing_again(db: Database) -> None:
    await alter(db, "bills", {"$set": {"state": "owing", "paid": []}}, state="paid")


async def bill_void_by_nothing(db: Database) -> None:
    await alter(db, "bills", {"$set": {"state": "void"}}, state="owing")


async def bill_of_another_amount(db: Database) -> None:
    await alter(db, "bills", {"$inc": {"amount_fen": 1}}, state="paid")


async def bill_removed(db: Database) -> None:
    await db.bills.delete_one({"_id": (await one(db, "bills", state="paid"))["_id"]})


async def bill_taken_back_by_a_journal(db: Database) -> None:
    bill = await one(db, "bills", state="paid")
    journal = await one(db, "journal", kind="void")
    journal["_id"], journal["reference"] = f"void:{bill['_id']}", {"bill": bill["_id"]}
    journal["postings"][1]["account"] = f"receivable:{bill['_id']}"
    for posting, sign in zip(journal["postings"], (1, -1), strict=True):
        posting["amount_fen"] = sign * bill["amount_fen"]
    await rewritten(db, journal)


async def bill_draft_again(db: Database) -> None:
    await alter(db, "bills", {"$set": {"state": "draft"}}, state="owing")


async def bill_owed_and_paid(db: Database) -> None:
    paid = {"journal": "pay:1:2", "fen": 1, "at": datetime(2026, 3, 2, tzinfo=UTC)}
    await alter(db, "bills", {"$set": {"paid": [paid]}}, state="owing")


async def bill_owes_less(db: Database) -> None:
    await alter(db, "bills", {"$inc": {"owed_fen": -1}}, state="owing")


async def bill_says_another_part_was_paid(db: Database) -> None:
    await alter(db, "bills", {"$inc": {"paid.0.fen": -1}}, state="paid")
