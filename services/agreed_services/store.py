"""Store of agreed services and of what homes answered."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from mongo_indexes.agreed_service_answers import COLLECTION as ANSWERS
from mongo_indexes.agreed_services import COLLECTION
from services.agreed_services.models import AgreedService, AgreedServicesQuery, Answer
from services.agreed_services.states import TABLE, ServiceAction, ServiceState
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, digest_id, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import ancestors, under
from services.places import actions as places

LATEST: Final = Keyset(Key("from_day", ascending=False), Key(ascending=False))
WITHOUT_SHARES: Final = {"shares": 0}  # as long as the place has homes
ASKED: Final = [state for state in ServiceState if state is not ServiceState.PROPOSED]


async def insert(db: Database, tx: Transaction, service: AgreedService) -> None:
    """Raise DuplicateKeyError when the place has a service of this name."""
    await db[COLLECTION].insert_one(to_document(service), session=tx)


async def find(
    db: Database, service_id: str, *, tx: Transaction | None = None, shares: bool = False
) -> AgreedService | None:
    """Return a service; with its shares only when asked for."""
    left_out = None if shares else WITHOUT_SHARES
    document = await db[COLLECTION].find_one({"_id": service_id}, left_out, session=tx)
    return msgspec.convert(document, AgreedService | None)


async def move(
    db: Database, tx: Transaction, key: Document, action: ServiceAction, **changes: Any
) -> bool:
    """Compare and set the state of a service; False when somebody was first."""
    return await TABLE.move(db[COLLECTION], key, action, changes, tx=tx)


async def count(db: Database, tx: Transaction, service_id: str, counts: Document) -> bool:
    """Add to the counts of a service while homes may answer; False when that is over.

    Every answer writes here, so that none comes in beside the count at the end.
    """
    key = {"_id": service_id, "state": ServiceState.OPEN}
    done = await db[COLLECTION].update_one(key, {"$inc": counts}, session=tx)
    return done.matched_count == 1


async def advance(
    db: Database, tx: Transaction, found: AgreedService, changes: Document
) -> bool:
    """Note how far the bills of a month are; False for who is late."""
    key = {"_id": found.id, "state": found.state, "month": found.month, "done": found.done}
    moved = await db[COLLECTION].update_one(key, {"$set": changes}, session=tx)
    return moved.matched_count == 1


async def page(
    db: Database, place: str, query: AgreedServicesQuery, *, accounts: Sequence[str] | None
) -> Page[AgreedService]:
    """Services of a place and of what lies under it. Served by index `compound_day`.

    `accounts`: only those that are paid into these.
    """
    compound = places.compound_of(place)
    where: Document = {"compound": compound, **chosen(query, "state", "part")}
    if accounts is not None:
        where["account"] = {"$in": list(accounts)}
    if place != compound:
        where["place"] = under(place)
    return await LATEST.page(
        db[COLLECTION], AgreedService, where, query, hint="compound_day", without=WITHOUT_SHARES
    )


async def of_home(db: Database, home: str, limit: int) -> list[AgreedService]:
    """Services that a home is or was asked about, with its share alone.

    Served by index `compound_day`.
    """
    where = {
        "compound": places.compound_of(home),
        "place": {"$in": list(ancestors(home))},
        "state": {"$in": ASKED},
        "shares.home": home,
    }
    only = {"shares": {"$elemMatch": {"home": home}}}
    fields = {each: 1 for each in AgreedService.__struct_encode_fields__ if each != "shares"}
    cursor = db[COLLECTION].find(where, {**fields, **only}).hint("compound_day")
    rows = await cursor.sort([("from_day", -1), ("_id", -1)]).limit(limit).to_list()
    return msgspec.convert(rows, list[AgreedService])


# ── answers ─────────────────────────────────────────────────────────────────────────────


def answer_id(service_id: str, home: str) -> str:
    return digest_id("agreed_service_answer", service_id, home)


async def find_answer(
    db: Database, service_id: str, home: str, *, tx: Transaction | None = None
) -> Answer | None:
    key = {"_id": answer_id(service_id, home)}
    return msgspec.convert(await db[ANSWERS].find_one(key, session=tx), Answer | None)


async def put_answer(db: Database, tx: Transaction, answer: Answer) -> None:
    """Write the answer of a home, in the place of an earlier one."""
    await db[ANSWERS].delete_one({"_id": answer.id}, session=tx)
    await db[ANSWERS].insert_one(to_document(answer), session=tx)


async def answers_of(
    db: Database,
    service_ids: Sequence[str],
    homes: Sequence[str],
    *,
    tx: Transaction | None = None,
) -> dict[tuple[str, str], Answer]:
    """Return (service, home) → answer, of those that answered."""
    ids = [answer_id(service, home) for service in service_ids for home in homes]
    rows = await db[ANSWERS].find({"_id": {"$in": ids}}, session=tx).to_list()
    return {(row.service, row.home): row for row in msgspec.convert(rows, list[Answer])}
