"""Store of the messages of broadcasts: many at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct, field
from pymongo import UpdateOne

from mongo_indexes import message_grants
from mongo_indexes.messages import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.bulk import insert_new
from services.kernel.documents import Document, to_document
from services.kernel.measures import sum_if, written
from services.kernel.paths import part
from services.messaging.models import Channel, Delivery, Message
from services.messaging.states import OUT, TABLE, Move

AT_ONCE: Final = 1_000
# Nobody pushes what was read, or dropped, or is told by another broadcast.
FREE: Final[Document] = {"read_at": None, "taken_over": {"$ne": True}}
OPEN: Final[Document] = {**FREE, "dropped": {"$ne": True}}
# The figures of PeopleReached, summed over messages.
REACHED: Final[Document] = {
    "meant": {"$sum": 1},
    "pushed": sum_if({"$eq": ["$delivery", Delivery.SENT]}),
    "shown": sum_if(written("shown_at")),
    "answered": sum_if(written("answered_at")),
}


class Waiting(Struct, frozen=True):
    """Message that was not pushed yet."""

    id: str = field(name="_id")
    person: str
    values: dict[str, str]


class Told(Struct, frozen=True):
    """What somebody knows of a broadcast that was written anew."""

    id: str = field(name="_id")
    person: str
    places: list[str]
    delivery: Delivery
    text_at: datetime | None = None
    read_at: datetime | None = None
    shown_at: datetime | None = None
    read_before: bool = False
    taken_over: bool = False

    def knows(self, rewritten_at: datetime) -> bool:
        """Tell whether they were pushed the present text, or read it."""
        was_read = self.read_at is not None and self.read_at >= rewritten_at
        return was_read or (self.delivery in OUT and self.text_at == rewritten_at)

    @property
    def knew(self) -> bool:
        """Whether they were pushed a text, or read one."""
        was_read = self.read_before or self.read_at is not None or self.shown_at is not None
        return self.taken_over or was_read or self.delivery in OUT


class Start(Struct, frozen=True):
    """Begin of a delivery. `text_at`: when the text that is tried was written anew."""

    channel: Channel
    grant: str
    text_at: datetime | None = None


async def put(db: Database, messages: Sequence[Message]) -> None:
    """Write messages once each. Who has one already is told for these places too."""
    documents = [to_document(message) for message in messages]
    writes = [
        UpdateOne(
            {"_id": row["_id"], "person": row["person"]},
            {"$addToSet": {"places": {"$each": row["places"]}}},
        )
        for row in await insert_new(db[COLLECTION], documents)
    ]
    if writes:
        await db[COLLECTION].bulk_write(writes, ordered=False)


async def remove(db: Database, ids: Sequence[str]) -> None:
    await db[COLLECTION].delete_many({"_id": {"$in": list(ids)}})


async def waiting(db: Database, broadcast: str, *, after: str, limit: int) -> list[Waiting]:
    """List who was not pushed to yet and has not read it. Served by index `broadcast`."""
    return await _of(db, broadcast, Delivery.INBOX, after, limit, **OPEN)


async def _of(
    db: Database, broadcast: str, delivery: Delivery, after: str, limit: int, **also: Any
) -> list[Waiting]:
    query = {"broadcast": broadcast, "delivery": delivery, "person": {"$gt": after}, **also}
    cursor = db[COLLECTION].find(query, {"person": 1, "values": 1})
    found = await cursor.sort("person", 1).limit(limit).to_list()
    return msgspec.convert(found, list[Waiting])


async def drop(db: Database, ids: Sequence[str]) -> None:
    """Note that messages stay in the inbox alone: nobody pushes them later."""
    await db[COLLECTION].update_many({"_id": {"$in": list(ids)}}, {"$set": {"dropped": True}})


async def count_dropped(db: Database, broadcast: str) -> int:
    """Count what was dropped. Served by index `broadcast`."""
    query = {"broadcast": broadcast, "delivery": Delivery.INBOX, "dropped": True}
    return await db[COLLECTION].count_documents(query, hint="broadcast")


async def startable(db: Database, tx: Transaction, ids: Sequence[str]) -> list[str]:
    """Return those of the messages that may be sent now."""
    query = TABLE.where({"_id": {"$in": list(ids)}, **FREE}, Move.START)
    cursor = db[COLLECTION].find(query, {"_id": 1}, session=tx)
    return [document["_id"] for document in await cursor.to_list()]


async def start(
    db: Database,
    tx: Transaction,
    ways: Mapping[str, Start],
    at: datetime,
) -> None:
    """Note that WeChat is about to be called: message → channel, and the grant it spends."""
    writes = [
        TABLE.update(
            {"_id": each},
            Move.START,
            {**to_document(way), "attempted_at": at},
        )
        for each, way in ways.items()
    ]
    await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)


async def accept(db: Database, wechat_ids: Mapping[str, str]) -> None:
    """Note that WeChat took messages: message → WeChat's number of it, "" when it told none."""
    writes = [
        TABLE.update({"_id": each}, Move.ACCEPT, {"wechat_id": wechat_id})
        for each, wechat_id in wechat_ids.items()
    ]
    await db[COLLECTION].bulk_write(writes, ordered=False)


async def take_grants(db: Database, tx: Transaction, grants: Sequence[str]) -> None:
    """Take one of each; the caller read in this transaction that they are left."""
    query = {"_id": {"$in": list(grants)}, "left": {"$gt": 0}}
    change = {"$inc": {"left": -1}}
    await db[message_grants.COLLECTION].update_many(query, change, session=tx)


async def lose_sending(db: Database, broadcast: str) -> int:
    """Note that nobody knows what became of messages on the way. Served by `broadcast`."""
    return await TABLE.move_many(db[COLLECTION], {"broadcast": broadcast}, Move.LOSE, {})


async def lose(db: Database, ids: Sequence[str]) -> None:
    """Note the same of some messages, by id."""
    await TABLE.move_many(db[COLLECTION], {"_id": {"$in": list(ids)}}, Move.LOSE, {})


async def sent(db: Database, broadcast: str, *, after: str, limit: int) -> list[Waiting]:
    """List what WeChat took, by person. Served by index `broadcast`."""
    return await _of(db, broadcast, Delivery.SENT, after, limit)


async def places_of(
    db: Database, ids: Sequence[str], *, tx: Transaction | None = None, sent: bool = False
) -> dict[str, list[str]]:
    """Return message → the places it was sent for; `sent`: only of what WeChat took."""
    query: Document = {"_id": {"$in": list(ids)}}
    if sent:
        query["delivery"] = Delivery.SENT
    cursor = db[COLLECTION].find(query, {"places": 1}, session=tx)
    return {document["_id"]: document["places"] for document in await cursor.to_list()}


async def note_shown(db: Database, tx: Transaction, ids: Sequence[str], at: datetime) -> None:
    """Note that what the messages tell of was opened, the first time, and read, the last time.

    A text may have been written anew since it was read, and is read with this.
    """
    query = {"_id": {"$in": list(ids)}}
    change = {"shown_at": {"$ifNull": ["$shown_at", at]}, "read_at": at}
    await db[COLLECTION].update_many(query, [{"$set": change}], session=tx)


async def make_unread(db: Database, broadcast: str, rewritten_at: datetime) -> None:
    """Note that what was read before is another text now: so many at a time, by person.

    Served by index `broadcast`. Done again, it goes on with what is left.
    """
    before = {"read_at": {"$lt": rewritten_at}}
    for delivery in Delivery:
        after = ""
        while some := await _of(db, broadcast, delivery, after, AT_ONCE, **before):
            query = {"_id": {"$in": [one.id for one in some]}, **before}
            change = {"read_at": None, "read_before": True}
            await db[COLLECTION].update_many(query, {"$set": change})
            after = some[-1].person


async def take_over(
    db: Database, ids: Sequence[str], readers: Sequence[str], rewritten_at: datetime
) -> None:
    """Note that another broadcast pushes to who was told an older text and may be pushed to.

    `readers`: messages of people who read one elsewhere. What is on its way with an older text
    may come back; with the present one it stays where it is.
    """
    read: list[Document] = [
        {"read_before": True},
        {"read_at": {"$lt": rewritten_at}},
        {"shown_at": {"$type": "date"}},
        {"_id": {"$in": list(readers)}},
    ]
    sending = {"delivery": Delivery.SENDING, "text_at": {"$ne": rewritten_at}}
    told: Document = {"$or": [{"delivery": Delivery.INBOX, "$or": read}, sending]}
    query = {"_id": {"$in": list(ids)}, **told}
    await db[COLLECTION].update_many(query, {"$set": {"taken_over": True}})


async def told_of(db: Database, ids: Sequence[str]) -> list[Told]:
    """Return what people know by these messages."""
    cursor = db[COLLECTION].find({"_id": {"$in": list(ids)}})
    return msgspec.convert(await cursor.to_list(), list[Told])


async def note_answered(db: Database, tx: Transaction, message_id: str, at: datetime) -> None:
    """Note that what the message asks was answered; the first time counts."""
    query = {"_id": message_id, "answered_at": None}
    await db[COLLECTION].update_one(query, {"$set": {"answered_at": at}}, session=tx)


async def counts(db: Database, broadcast: str) -> dict[Delivery, int]:
    """Count a broadcast's messages by delivery. Covered by index `broadcast`."""
    pipeline: list[Document] = [
        {"$match": {"broadcast": broadcast}},
        {"$group": {"_id": "$delivery", "count": {"$sum": 1}}},
    ]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="broadcast")
    return {Delivery(row["_id"]): row["count"] async for row in cursor}


async def reach(
    db: Database, broadcast: str, place: str, depth: int
) -> dict[str, dict[str, int]]:
    """Return part → figures of PeopleReached. Served by index `broadcast`.

    `depth`: segments of a part's path. Who was told for two places of a part is one there.
    """
    there = {"$and": [{"$gte": ["$$each", place]}, {"$lt": ["$$each", f"{place}/"]}]}
    places = {"$filter": {"input": "$places", "as": "each", "cond": there}}
    parts = {"$map": {"input": places, "as": "each", "in": part("$$each", depth)}}
    shown: Document = {"delivery": 1, "shown_at": 1, "answered_at": 1}
    pipeline: list[Document] = [
        {"$match": {"broadcast": broadcast}},
        {"$project": {**shown, "part": {"$setUnion": parts}}},
        {"$unwind": "$part"},
        {"$match": {"part": {"$type": "string"}}},  # an office above these parts is in none
        {"$group": {"_id": "$part", **REACHED}},
    ]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="broadcast")
    return {row.pop("_id"): row async for row in cursor}


async def reach_all(db: Database, broadcast: str) -> dict[str, int]:
    """Return the figures of PeopleReached of a whole broadcast. Served by index `broadcast`."""
    pipeline: list[Document] = [
        {"$match": {"broadcast": broadcast}},
        {"$group": {"_id": None, **REACHED}},
        {"$unset": "_id"},
    ]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="broadcast")
    return next(iter(await cursor.to_list()), {})


async def told(db: Database, person: str, source: str, limit: int) -> dict[str, list[str]]:
    """Return the latest narrow broadcasts of a source that somebody has → their places.

    Served by index `told_narrow`.
    """
    of_source = {"$gte": f"{source}:", "$lt": f"{source};"}
    query = {"person": person, "broadcast": of_source, "narrow": True}
    shown = {"broadcast": 1, "places": 1}
    cursor = db[COLLECTION].find(query, shown, hint="told_narrow").sort("broadcast", -1)
    return {row["broadcast"]: row["places"] for row in await cursor.limit(limit).to_list()}
