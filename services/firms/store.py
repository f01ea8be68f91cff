"""Store of firms and contracts."""

from collections.abc import Sequence
from typing import Final

import msgspec

from mongo_indexes import contracts, firms
from services.dependencies import Database, Transaction
from services.firms.models import Contract, Firm
from services.kernel.documents import to_document
from services.kernel.paths import under
from services.places.models import ContactLine

ENDING: Final = ("to_day", "ended_by", "ended_because", "ended_at")


async def insert_firm(db: Database, tx: Transaction, firm: Firm) -> None:
    """Raise DuplicateKeyError when a firm has this credit code."""
    await db[firms.COLLECTION].insert_one(to_document(firm), session=tx)


async def find_firm(
    db: Database, firm_id: str, *, tx: Transaction | None = None
) -> Firm | None:
    document = await db[firms.COLLECTION].find_one({"_id": firm_id}, session=tx)
    return msgspec.convert(document, Firm | None)


async def firm_with(db: Database, tx: Transaction, credit_code: str) -> Firm | None:
    """Served by index `credit_code`."""
    query = {"credit_code": credit_code}
    document = await db[firms.COLLECTION].find_one(query, session=tx)
    return msgspec.convert(document, Firm | None)


async def firms_after(db: Database, after: str, limit: int) -> list[Firm]:
    cursor = db[firms.COLLECTION].find({"_id": {"$gt": after}}).sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Firm])


async def insert_contract(db: Database, tx: Transaction, contract: Contract) -> None:
    await db[contracts.COLLECTION].insert_one(to_document(contract), session=tx)


async def find_contract(
    db: Database, contract_id: str, *, tx: Transaction | None = None
) -> Contract | None:
    document = await db[contracts.COLLECTION].find_one({"_id": contract_id}, session=tx)
    return msgspec.convert(document, Contract | None)


async def overlapping(
    db: Database, tx: Transaction, compound: str, from_day: str, to_day: str
) -> Contract | None:
    """A contract of the compound that holds on one of these days. Served by index `place`.

    One ended before its first day held on no day at all.
    """
    query = {"place": compound, "from_day": {"$lte": to_day}, "to_day": {"$gte": from_day}}
    cursor = db[contracts.COLLECTION].find(query, session=tx)
    found = msgspec.convert(await cursor.to_list(), list[Contract])
    return next((contract for contract in found if contract.from_day <= contract.to_day), None)


async def holding_on(db: Database, compounds: Sequence[str], day: str) -> list[Contract]:
    """Contracts of these compounds that hold on a day. Served by index `place`."""
    query = {
        "place": {"$in": list(compounds)},
        "from_day": {"$lte": day},
        "to_day": {"$gte": day},
    }
    cursor = db[contracts.COLLECTION].find(query)
    return msgspec.convert(await cursor.to_list(), list[Contract])


async def of_compound(db: Database, compound: str) -> list[Contract]:
    """All contracts of a compound, also those that are over. Served by index `place`."""
    cursor = db[contracts.COLLECTION].find({"place": compound}).sort("_id", 1)
    return msgspec.convert(await cursor.to_list(), list[Contract])


async def not_over(db: Database, tx: Transaction, firm: str, compound: str, day: str) -> bool:
    """Tell whether a contract holds or will. Served by index `place`."""
    query = {"place": compound, "firm": firm, "to_day": {"$gte": day}}
    return await db[contracts.COLLECTION].find_one(query, {"_id": 1}, session=tx) is not None


async def end_contract(
    db: Database, tx: Transaction, ended: Contract, expected_to_day: str
) -> bool:
    """Bring a contract's last day forward; False when somebody else did meanwhile."""
    document = to_document(ended)
    change = {name: document[name] for name in ENDING}
    key = {"_id": ended.id, "to_day": expected_to_day}
    done = await db[contracts.COLLECTION].update_one(key, {"$set": change}, session=tx)
    return done.matched_count == 1


async def set_contact(
    db: Database, tx: Transaction, contract_id: str, contact: ContactLine
) -> None:
    """Write down the line of the firm's office in the compound."""
    change = {"$set": {"contact": msgspec.to_builtins(contact)}}
    await db[contracts.COLLECTION].update_one({"_id": contract_id}, change, session=tx)


async def under_place(db: Database, place: str, *, after: str, limit: int) -> list[Contract]:
    """Contracts of the compounds under a place, by id. Served by index `place`."""
    query = {"place": under(place), "_id": {"$gt": after}}
    cursor = db[contracts.COLLECTION].find(query).sort("_id", 1).limit(limit).hint("place")
    return msgspec.convert(await cursor.to_list(), list[Contract])
