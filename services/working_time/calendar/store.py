"""Store of the days that the city entered."""

import msgspec

from mongo_indexes.calendar_days import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.days import Day
from services.kernel.documents import to_document
from services.working_time.calendar.models import CalendarDay


async def of_years(db: Database, first: int, last: int) -> list[CalendarDay]:
    """Return the days of some years, in their order: about forty a year. By `_id`."""
    days = {"$gte": f"{first}-01-01", "$lte": f"{last}-12-31"}
    found = await db[COLLECTION].find({"_id": days}).sort("_id", 1).to_list()
    return msgspec.convert(found, list[CalendarDay])


async def find(db: Database, tx: Transaction, day: Day) -> CalendarDay | None:
    document = await db[COLLECTION].find_one({"_id": day}, session=tx)
    return msgspec.convert(document, CalendarDay | None)


async def put(db: Database, tx: Transaction, day: CalendarDay) -> None:
    document = to_document(day)
    await db[COLLECTION].replace_one({"_id": day.id}, document, upsert=True, session=tx)


async def remove(db: Database, tx: Transaction, day: Day) -> None:
    await db[COLLECTION].delete_one({"_id": day}, session=tx)
