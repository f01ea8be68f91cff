"""Store of trade bills."""

from mongo_indexes.trade_bills import COLLECTION
from services.dependencies import Database
from services.kernel.documents import to_document
from services.payments.trade_bills.models import TradeBill
from services.payments.trade_bills.states import TABLE, TradeBillAction, TradeBillState


async def put(db: Database, bill: TradeBill) -> None:
    """Keep how a day compares. Who dies between the two writes is followed by the next try."""
    document = to_document(bill)
    key, first = {"_id": document.pop("_id")}, {"state": document.pop("state")}
    change = {"$set": document, "$setOnInsert": first}
    await db[COLLECTION].update_one(key, change, upsert=True)
    action = TradeBillAction.AGREE if bill.agrees else TradeBillAction.DIFFER
    await TABLE.move(db[COLLECTION], key, action, {})


async def is_known(db: Database, bill_id: str) -> bool:
    """Tell whether a day was read before."""
    return await db[COLLECTION].find_one({"_id": bill_id}, {"_id": 1}) is not None


async def matched(
    db: Database, account: str, mchid: str, *, from_day: str, to_day: str
) -> set[str]:
    """Return the days of a span that are settled. Served by index `account`."""
    query = {
        "account": account,
        "mchid": mchid,
        "day": {"$gte": from_day, "$lte": to_day},
        "state": TradeBillState.MATCHED,
    }
    cursor = db[COLLECTION].find(query, {"day": 1})
    return {document["day"] async for document in cursor}
