"""Firms and contracts: the only module that queries these collections."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mongo_indexes import contracts, firms
from services.dependencies import Database, Transaction
from services.firms.models import Contract, Firm
from services.kernel.documents import to_document
from services.kernel.paths import under


async def insert_firm(db: Database, firm: Firm, tx: Transaction) -> None:
    """Raise DuplicateKeyError when a firm has this credit code."""
    await db[firms.COLLECTION].insert_one(to_document(firm), session=tx)


async def find_firm(db: Database, firm_id: str, tx: Transaction | None = None) -> Firm | None:
    document = await db[firms.COLLECTION].find_one({"_id": firm_id}, session=tx)
    return msgspec.convert(document, Firm | None)


async def firm_with(db: Database, credit_code: str) -> Firm | None:
    """Served by index `credit_code`."""
    document = await db[firms.COLLECTION].find_one({"credit_code": credit_code})
    return msgspec.convert(document, Firm | None)


async def firms_after(db: Database, after: str, limit: int) -> list[Firm]:
    cursor = db[firms.COLLECTION].find({"_id": {"$gt": after}}).sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Firm])


async def insert_contract(db: Database, contract: Contract, tx: Transaction) -> None:
    await db[contracts.COLLECTION].insert_one(to_document(contract), session=tx)


async def find_contract(
    db: Database, contract_id: str, tx: Transaction | None = None
) -> Contract | None:
    document = await db[contracts.COLLECTION].find_one({"_id": contract_id}, session=tx)
    return msgspec.convert(document, Contract | None)


async def overlapping(
    db: Database, compound: str, from_day: str, to_day: str, tx: Transaction
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


async def not_over(db: Database, firm: str, compound: str, day: str, tx: Transaction) -> bool:
    """Tell whether a contract holds or will. Served by index `place`."""
    query = {"place": compound, "firm": firm, "to_day": {"$gte": day}}
    return await db[contracts.COLLECTION].find_one(query, {"_id": 1}, session=tx) is not None


async def shorten(
    db: Database,
    contract: Contract,
    *,
    last_day: str,
    by: str,
    because: str,
    at: datetime,
    tx: Transaction,
) -> bool:
    """Bring a contract's last day forward; False when somebody else did meanwhile."""
    change = {"to_day": last_day, "ended_by": by, "ended_because": because, "ended_at": at}
    key = {"_id": contract.id, "to_day": contract.to_day}
    done = await db[contracts.COLLECTION].update_one(key, {"$set": change}, session=tx)
    return done.matched_count == 1


async def under_place(db: Database, place: str, *, after: str, limit: int) -> list[Contract]:
    """Contracts of the compounds under a place, by id. Served by index `place`."""
    query = {"place": under(place), "_id": {"$gt": after}}
    cursor = db[contracts.COLLECTION].find(query).sort("_id", 1).limit(limit).hint("place")
    return msgspec.convert(await cursor.to_list(), list[Contract])
