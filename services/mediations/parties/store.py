"""Store of the parties of mediations."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from pymongo import UpdateOne

from mongo_indexes.mediation_parties import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.bulk import insert_all
from services.kernel.documents import Document, to_document
from services.mediations.parties.models import PartyRow


async def insert(db: Database, tx: Transaction, rows: Sequence[PartyRow]) -> None:
    await insert_all(tx, db[COLLECTION], [to_document(row) for row in rows])


async def of(
    db: Database, mediation_id: str, *, tx: Transaction | None = None
) -> list[PartyRow]:
    """Parties of a mediation in their order. Served by index `mediation`."""
    cursor = db[COLLECTION].find({"mediation": mediation_id}, session=tx).sort("_id", 1)
    return msgspec.convert(await cursor.to_list(), list[PartyRow])


async def change(db: Database, tx: Transaction, party_id: str, **changes: Any) -> None:
    """Change a party beside the step that says so."""
    await db[COLLECTION].update_one({"_id": party_id}, {"$set": changes}, session=tx)


async def of_person(
    db: Database, tx: Transaction, person_id: str, *, limit: int
) -> list[PartyRow]:
    """Rows of a person. Served by index `person`."""
    cursor = db[COLLECTION].find({"person": person_id}, session=tx).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[PartyRow])


async def note_phone(db: Database, tx: Transaction, person_id: str, index: str) -> None:
    """Keep the fingerprint of a person's phone in their rows. Served by index `person`."""
    where = {"person": person_id}
    await db[COLLECTION].update_many(where, {"$set": {"proved_index": index}}, session=tx)


async def clear(db: Database, tx: Transaction, names: Mapping[str, str]) -> None:
    """Remove who some parties were. `names`: party → what is written for the name, sealed."""
    gone: Document = {
        "person": None,
        "home": "",
        "phone_sealed": "",
        "phone_index": "",
        "proved_index": "",
        "statement_sealed": "",
        "photo_ids": [],
        "erased": True,
    }
    writes = [
        UpdateOne({"_id": each}, {"$set": {**gone, "name_sealed": name}})
        for each, name in names.items()
    ]
    if writes:
        await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)
