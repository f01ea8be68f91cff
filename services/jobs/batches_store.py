"""Store of the outbox for several jobs at a time."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mongo_indexes.outbox import COLLECTION
from services.dependencies import Database
from services.jobs.models import Job, JobState
from services.kernel.documents import Document
from services.kernel.features import Lane


async def waiting(
    db: Database, lane: Lane, kind: str, now: datetime, *, among: int
) -> list[str]:
    """Return the ids of due jobs of a kind among those of a lane that wait the longest.

    Served by index `due`. Bounded by what is looked at: other kinds may be before them.
    """
    query = {"open": True, "lane": lane, "due_at": {"$lte": now}}
    cursor = db[COLLECTION].find(query, {"kind": 1}).sort("due_at", 1).limit(among)
    return [row["_id"] for row in await cursor.to_list() if row["kind"] == kind]


async def claim(
    db: Database, ids: Sequence[str], *, owner: str, now: datetime, until: datetime
) -> list[Job]:
    """Lease those of the jobs that nobody else leased. `owner`: of this call alone."""
    leased = {"state": JobState.LEASED, "owner": owner, "due_at": until}
    await db[COLLECTION].update_many(
        {"_id": {"$in": list(ids)}, "open": True, "due_at": {"$lte": now}},
        {"$set": leased, "$inc": {"fence": 1, "attempts": 1}},
    )
    cursor = db[COLLECTION].find({"_id": {"$in": list(ids)}, "owner": owner})
    return msgspec.convert(await cursor.to_list(), list[Job])


async def finish(db: Database, jobs: Sequence[Job], now: datetime) -> None:
    """End jobs that were done, but for those whose lease was lost."""
    change = {"$set": {"state": JobState.DONE, "open": False, "done_at": now}}
    await db[COLLECTION].update_many(_leased(jobs), change)


async def put_back(db: Database, jobs: Sequence[Job], due_at: datetime) -> None:
    """Put jobs back as if they had not been claimed, but for those whose lease was lost."""
    ready = {"state": JobState.READY, "due_at": due_at, "owner": None}
    change = {"$set": ready, "$inc": {"attempts": -1}}
    await db[COLLECTION].update_many(_leased(jobs), change)


def _leased(jobs: Sequence[Job]) -> Document:
    """Return the query for jobs of one claim whose lease still holds."""
    ids = [job.id for job in jobs]
    return {"_id": {"$in": ids}, "owner": jobs[0].owner, "state": JobState.LEASED}
