"""Store of firms and contracts."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes import contracts, firms
from services.dependencies import Database, Transaction
from services.firms.models import (
    Contract,
    ContractSort,
    ContractsQuery,
    Firm,
    FirmSort,
    FirmsQuery,
)
from services.kernel import unions
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page, between, chosen
from services.kernel.paths import under
from services.kernel.unions import Part
from services.places.models import ContactLine

ENDING: Final = ("to_day", "ended_by", "ended_because", "ended_at")
FIRM_ORDERS: Final = {
    FirmSort.KNOWN: Keyset(Key("added_at", kind=datetime), Key()),
    FirmSort.NAME: Keyset(Key("name"), Key()),
}
CONTRACT_ORDERS: Final = {
    ContractSort.SIGNED: Keyset(Key("signed_at", kind=datetime), Key()),
    ContractSort.ENDING: Keyset(Key("to_day"), Key()),
    ContractSort.COMPOUND: Keyset(Key("place"), Key()),
}


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


async def firms_page(db: Database, query: FirmsQuery) -> Page[Firm]:
    """The directory: some hundred firms in a city. Served by the indexes `known` and `name`."""
    where = chosen(query, "credit_code")
    if query.name is not None:
        where["name"] = {"$regex": re.escape(query.name)}
    return await FIRM_ORDERS[query.sort].page(db[firms.COLLECTION], Firm, where, query)


async def find_firms(db: Database, ids: Collection[str]) -> list[Firm]:
    """Those of the firms that are in the directory. Served by `_id`."""
    found = await db[firms.COLLECTION].find({"_id": {"$in": list(ids)}}).to_list()
    return msgspec.convert(found, list[Firm])


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


def part_holding(compounds: Sequence[str], day: str) -> Part[Contract]:
    """Contracts of these compounds that hold on a day. Served by index `place`."""
    query = {
        "place": {"$in": list(compounds)},
        "from_day": {"$lte": day},
        "to_day": {"$gte": day},
    }
    return Part(contracts.COLLECTION, Contract, query)


async def holding_on(db: Database, compounds: Sequence[str], day: str) -> list[Contract]:
    """Return what `part_holding` asks for."""
    part = part_holding(compounds, day)
    return (await unions.read(db, [part])).of(part)


async def of_compound(db: Database, compound: str) -> list[Contract]:
    """All contracts of a compound, also those that are over. Served by index `place`."""
    cursor = db[contracts.COLLECTION].find({"place": compound}).sort("_id", 1)
    return msgspec.convert(await cursor.to_list(), list[Contract])


async def compounds_of(db: Database, firm: str, first: str, last: str) -> list[str]:
    """Return the compounds that a firm serves on some of these days. Served by index `firm`."""
    query = {"firm": firm, "to_day": {"$gte": first}, "from_day": {"$lte": last}}
    return sorted(await db[contracts.COLLECTION].distinct("place", query))


async def within(db: Database, places: Sequence[str], first: str, last: str) -> list[Contract]:
    """Contracts under some places that hold on some of these days. Served by index `place`."""
    days = {"to_day": {"$gte": first}, "from_day": {"$lte": last}}
    query = {"$or": [{"place": under(place), **days} for place in places]}
    found = await db[contracts.COLLECTION].find(query).to_list() if places else []
    return msgspec.convert(found, list[Contract])


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


async def page_under(db: Database, place: str, query: ContractsQuery) -> Page[Contract]:
    """Contracts of the compounds under a place.

    A compound has one firm at a time. Served by the indexes `place`, `signed` and `ending`.
    """
    where = {
        "place": under(place),
        **chosen(query, firm_id="firm"),
        **between("to_day", query.ends_from, query.ends_to),
    }
    if query.holds_on is not None:
        day = query.holds_on
        where = {"$and": [where, {"from_day": {"$lte": day}, "to_day": {"$gte": day}}]}
    order = CONTRACT_ORDERS[query.sort]
    return await order.page(db[contracts.COLLECTION], Contract, where, query)
