"""Store of what readers of the handbook opened and of what helped them."""

from collections import defaultdict
from collections.abc import Sequence

from mongo_indexes import handbook_opens, handbook_verdicts
from services.dependencies import Database, Transaction
from services.handbook.readers.models import Open, Verdict
from services.kernel import steps
from services.kernel.days import Day
from services.kernel.documents import Document, digest_id, to_document


def verdict_id(version: str, person: str) -> str:
    return digest_id("handbook_verdict", version, person)


async def put_verdict(db: Database, tx: Transaction, verdict: Verdict) -> bool:
    """Write what a person says of a version; False when they said the same before."""
    document = to_document(verdict)
    key = {"_id": document.pop("_id")}
    before = await db[handbook_verdicts.COLLECTION].find_one(key, {"helped": 1}, session=tx)
    if before is not None and before["helped"] is verdict.helped:
        return False
    await db[handbook_verdicts.COLLECTION].update_one(
        key, {"$set": document}, upsert=True, session=tx
    )
    return True


async def verdicts_of(db: Database, person: str, versions: Sequence[str]) -> dict[str, bool]:
    """Return version → what a person said of it."""
    ids = [verdict_id(version, person) for version in versions]
    cursor = db[handbook_verdicts.COLLECTION].find({"_id": {"$in": ids}})
    return {row["version"]: row["helped"] for row in await cursor.to_list()}


async def count_verdicts(db: Database, versions: Sequence[str]) -> dict[tuple[str, bool], int]:
    """Return (version, helped) → how many said so. Served by index `version`."""
    pipeline: list[Document] = [
        {"$match": {"version": {"$in": list(versions)}}},
        {"$group": {"_id": {"v": "$version", "h": "$helped"}, "n": {"$sum": 1}}},
    ]
    cursor = await db[handbook_verdicts.COLLECTION].aggregate(pipeline, hint="version")
    return {(row["_id"]["v"], row["_id"]["h"]): row["n"] for row in await cursor.to_list()}


async def note_open(db: Database, opened: Open) -> None:
    """Write that somebody opened a version on a day; a second time changes nothing."""
    document = to_document(opened)
    key = {"_id": document.pop("_id")}
    await db[handbook_opens.COLLECTION].update_one(key, {"$setOnInsert": document}, upsert=True)


async def count_opens(
    db: Database, versions: Sequence[str], first: Day, last: Day
) -> dict[str, dict[Day, int]]:
    """Return version → day → how many opened it, of some days. Served by index `version`."""
    where = {"version": {"$in": list(versions)}, "day": {"$gte": first, "$lte": last}}
    pipeline: list[Document] = [
        {"$match": where},
        {"$group": {"_id": {"v": "$version", "d": "$day"}, "n": {"$sum": 1}}},
    ]
    cursor = await db[handbook_opens.COLLECTION].aggregate(pipeline, hint="version")
    found: dict[str, dict[Day, int]] = defaultdict(dict)
    for row in await cursor.to_list():
        found[row["_id"]["v"]][row["_id"]["d"]] = row["n"]
    return found


# Erasure


async def remove_of(db: Database, tx: Transaction, person: str) -> bool:
    """Remove some of what a person said. Served by index `person`."""
    return await steps.remove(tx, db[handbook_verdicts.COLLECTION], {"person": person})
