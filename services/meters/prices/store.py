"""Store of prices of what meters count."""

from typing import Final

import msgspec

from mongo_indexes.meter_prices import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import to_document
from services.kernel.pages import Count, Key, Keyset, Page, chosen
from services.meters.models import MeterKind
from services.meters.prices.models import MeterPrice, MeterPricesQuery

LATEST: Final = Keyset(
    Key("from_day", ascending=False),
    Key("version", ascending=False, kind=Count),
    Key(ascending=False),
)


async def insert(db: Database, tx: Transaction, price: MeterPrice) -> None:
    """Raise DuplicateKeyError when somebody wrote the same version meanwhile."""
    await db[COLLECTION].insert_one(to_document(price), session=tx)


async def of_kind(
    db: Database, place: str, kind: MeterKind, *, tx: Transaction | None = None
) -> list[MeterPrice]:
    """Return all prices of a kind, the latest day and version first. By index `version`."""
    query, order = {"place": place, "kind": kind}, [("from_day", -1), ("version", -1)]
    cursor = db[COLLECTION].find(query, session=tx).sort(order).hint("version")
    return msgspec.convert(await cursor.to_list(), list[MeterPrice])


async def page(db: Database, place: str, query: MeterPricesQuery) -> Page[MeterPrice]:
    """Prices of a compound, the latest day and version first. Served by index `latest`."""
    where = {"place": place, **chosen(query, "kind")}
    return await LATEST.page(db[COLLECTION], MeterPrice, where, query, hint="latest")
