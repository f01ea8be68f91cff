"""Store of rounds of demands, and of the households that they left out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes import demand_rounds, demand_skips
from services.demands.rounds.models import DemandRoundsQuery, DemandSkipsQuery, Round, Skip
from services.demands.rounds.states import TABLE, RoundAction
from services.dependencies import Database, Transaction
from services.kernel.bulk import insert_all, insert_missing
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under

NEWEST: Final = Keyset(Key("started_at", ascending=False, kind=datetime), Key(ascending=False))
BY_HOME: Final = Keyset(Key("home"), Key())


async def insert(db: Database, tx: Transaction, started: Round) -> bool:
    """Insert a round; False when it is there."""
    rows = [to_document(started)]
    return bool(await insert_missing(tx, db[demand_rounds.COLLECTION], rows))


async def find(db: Database, round_id: str) -> Round | None:
    document = await db[demand_rounds.COLLECTION].find_one({"_id": round_id})
    return msgspec.convert(document, Round | None)


async def page(db: Database, place: str, query: DemandRoundsQuery) -> Page[Round]:
    """Rounds under a place, the latest first. Served by index `started`."""
    where: Document = {"place": under(place), **chosen(query, "way", "state")}
    collection = db[demand_rounds.COLLECTION]
    return await NEWEST.page(collection, Round, where, query, hint="started")


async def advance(
    db: Database, tx: Transaction, found: Round, after: str, added: Document
) -> bool:
    """Note how far a round is, unless another worker went on."""
    key = {"_id": found.id, "version": found.version}
    update = {"$set": {"after": after}, "$inc": {**added, "version": 1}}
    result = await db[demand_rounds.COLLECTION].update_one(key, update, session=tx)
    return result.matched_count == 1


async def finish(db: Database, tx: Transaction, found: Round, at: datetime) -> bool:
    """End a round, unless another worker did."""
    key = {"_id": found.id, "version": found.version}
    changes: Document = {"done_at": at, "version": found.version + 1}
    collection = db[demand_rounds.COLLECTION]
    return await TABLE.move(collection, key, RoundAction.FINISH, changes, tx=tx)


async def insert_skips(db: Database, tx: Transaction, skips: Sequence[Skip]) -> None:
    await insert_all(tx, db[demand_skips.COLLECTION], [to_document(skip) for skip in skips])


async def skips(db: Database, round_id: str, query: DemandSkipsQuery) -> Page[Skip]:
    """Households that a round left out, by home. Served by index `round`."""
    where: Document = {"round_id": round_id, **chosen(query, "because")}
    return await BY_HOME.page(db[demand_skips.COLLECTION], Skip, where, query, hint="round")
