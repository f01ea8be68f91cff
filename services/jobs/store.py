"""Store of the outbox and of the workers that drain it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from pymongo import ReturnDocument, UpdateOne

from mongo_indexes import workers
from mongo_indexes.outbox import COLLECTION
from services.dependencies import Database, Transaction
from services.jobs.models import Job, JobState, Overdue
from services.kernel import endings, unions
from services.kernel.documents import Document, to_document
from services.kernel.features import Lane
from services.kernel.pages import Key, Keyset, ListQuery, Page
from services.kernel.unions import Part

BY_ID: Final = Keyset(Key())


async def insert(db: Database, tx: Transaction | None, job: Job) -> None:
    """Insert once: the deterministic `_id` makes enqueuing the same work twice a no-op.

    An upsert, because a duplicate key error would abort the caller's transaction, at whose end
    it is written.
    """
    document = to_document(job)
    key = {"_id": document.pop("_id")}
    await _write(db, tx, UpdateOne(key, {"$setOnInsert": document}, upsert=True))


async def _write(db: Database, tx: Transaction | None, update: UpdateOne) -> None:
    if tx is None:
        await db[COLLECTION].bulk_write([update])
    else:
        endings.of(tx).write(COLLECTION, update)


async def due(
    db: Database, lanes: Sequence[Lane], now: datetime, *, limit: int
) -> dict[Lane, list[str]]:
    """Return lane → ids of its jobs to run, the longest waiting; in one query."""
    parts = {lane: part_due(lane, now, limit=limit) for lane in lanes}
    found = await unions.read(db, [*parts.values()])
    return {lane: [row["_id"] for row in found.of(part)] for lane, part in parts.items()}


def part_due(lane: Lane, now: datetime, *, limit: int) -> Part[Document]:
    """The jobs of a lane to run that wait the longest. Served by index `due`."""
    stages: list[Document] = [
        {"$sort": {"due_at": 1}},
        {"$limit": limit},
        {"$project": {"_id": 1}},
    ]
    return Part(COLLECTION, Document, _overdue([lane], now), stages)


def _overdue(lanes: Sequence[Lane], now: datetime) -> dict[str, Any]:
    """Return the query for what should have run.

    A process of before there were lanes may still write rows without one; nobody fills them in,
    because a database that such a process writes to would never be complete. They are PEOPLE.
    """
    kept = [*lanes, None] if Lane.PEOPLE in lanes else [*lanes]
    return {"open": True, "lane": {"$in": kept}, "due_at": {"$lte": now}}


async def claim(
    db: Database, job_id: str, *, owner: str, now: datetime, until: datetime
) -> Job | None:
    """Lease one job, or return None when another worker was first."""
    document = await db[COLLECTION].find_one_and_update(
        {"_id": job_id, "open": True, "due_at": {"$lte": now}},
        {
            "$set": {"state": JobState.LEASED, "owner": owner, "due_at": until},
            "$inc": {"fence": 1, "attempts": 1},
        },
        return_document=ReturnDocument.AFTER,
    )
    return msgspec.convert(document, Job | None)


async def renew(db: Database, job: Job, until: datetime) -> bool:
    """Extend our lease; False when it was lost."""
    return await _fenced(db, job, {"$set": {"due_at": until}})


async def finish(db: Database, job: Job, now: datetime) -> bool:
    """End a job that was done; False when our lease was lost."""
    return await _fenced(
        db, job, {"$set": {"state": JobState.DONE, "open": False, "done_at": now}}
    )


async def put_back(
    db: Database, job: Job, due_at: datetime, *, error: str, attempts: int
) -> bool:
    changes = {
        "state": JobState.READY,
        "due_at": due_at,
        "owner": None,
        "last_error": error,
        "attempts": attempts,
    }
    return await _fenced(db, job, {"$set": changes})


async def end(db: Database, tx: Transaction, job_id: str, now: datetime) -> None:
    """End a job that waits; one that a worker holds is left to it."""
    key = {"_id": job_id, "state": JobState.READY}
    done = {"state": JobState.DONE, "open": False, "done_at": now}
    await _write(db, tx, UpdateOne(key, {"$set": done}))


async def bury(db: Database, job: Job, *, error: str) -> bool:
    """End a job that cannot be done; False when our lease was lost."""
    changes = {"state": JobState.DEAD, "open": False, "last_error": error}
    return await _fenced(db, job, {"$set": changes})


async def _fenced(db: Database, job: Job, update: dict[str, Any]) -> bool:
    """Change a job only while our lease holds: a worker that slept too long changes nothing."""
    key = {"_id": job.id, "owner": job.owner, "fence": job.fence, "state": JobState.LEASED}
    return (await db[COLLECTION].update_one(key, update)).matched_count == 1


async def replay(db: Database, job_id: str, now: datetime) -> bool:
    """Start a dead job again; False when it is not dead."""
    result = await db[COLLECTION].update_one(
        {"_id": job_id, "state": JobState.DEAD},
        {"$set": {"state": JobState.READY, "open": True, "due_at": now, "attempts": 0}},
    )
    return result.modified_count == 1


async def revive(db: Database, job_id: str, now: datetime) -> bool:
    """Start an ended job again, however it ended; False when it is still going."""
    result = await db[COLLECTION].update_one(
        {"_id": job_id, "open": False},
        {
            "$set": {"state": JobState.READY, "open": True, "due_at": now, "attempts": 0},
            "$unset": {"done_at": ""},
        },
    )
    return result.modified_count == 1


async def open_among(db: Database, job_ids: Sequence[str]) -> set[str]:
    """Return the ids of those jobs that wait or are at work. By `_id`."""
    query = {"_id": {"$in": list(job_ids)}, "open": True}
    return {row["_id"] async for row in db[COLLECTION].find(query, {"_id": 1})}


async def dead(db: Database, query: ListQuery) -> Page[Job]:
    """Return dead jobs in order of id. Served by index `dead`."""
    return await BY_ID.page(db[COLLECTION], Job, {"state": JobState.DEAD}, query)


async def overdue(db: Database, lane: Lane, now: datetime, *, cap: int) -> Overdue:
    """Return how many jobs of a lane are overdue (counted up to `cap`) and since when.

    Covered by index `due`; rows without a lane are read, of which there are few if any.
    """
    query = _overdue([lane], now)
    count = 0
    for kept in query["lane"]["$in"]:
        of_one = {**query, "lane": kept}
        count += await db[COLLECTION].count_documents(of_one, limit=cap, hint="due")
    oldest = await db[COLLECTION].find_one(query, {"due_at": 1}, sort=[("due_at", 1)])
    return Overdue(min(count, cap), oldest["due_at"] if oldest else None)


async def count_dead(db: Database) -> int:
    return await db[COLLECTION].count_documents({"state": JobState.DEAD}, hint="dead")


async def beat(db: Database, worker: str, now: datetime) -> None:
    await db[workers.COLLECTION].update_one(
        {"_id": worker}, {"$set": {"beat_at": now}}, upsert=True
    )


async def last_beat(db: Database) -> datetime | None:
    """Find when any worker was last seen. Served by index `beat_at`."""
    document = await db[workers.COLLECTION].find_one({}, sort=[("beat_at", -1)])
    return document["beat_at"] if document else None
