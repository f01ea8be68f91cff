"""Store of loan prime rates."""

from typing import Final

import msgspec

from mongo_indexes.loan_rates import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.days import Day
from services.kernel.documents import to_document
from services.late_charges.loans.models import LoanRate

LAST_DAY: Final = "2099-12-31"  # that a day can be


async def put(db: Database, tx: Transaction, rate: LoanRate) -> None:
    """Write the rate of a day in the stead of what was written of it."""
    document = to_document(rate)
    await db[COLLECTION].replace_one({"_id": rate.id}, document, upsert=True, session=tx)


async def latest(db: Database, *, until: Day | None = None, limit: int) -> list[LoanRate]:
    """Return the last rates, of those announced by a day; the latest first. By `_id`."""
    query = {"_id": {"$lte": until or LAST_DAY}}
    cursor = db[COLLECTION].find(query).sort("_id", -1).limit(limit).hint("_id_")
    return msgspec.convert(await cursor.to_list(), list[LoanRate])
