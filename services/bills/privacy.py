"""Personal data of bills and bill runs: ids of staff who acted."""

from typing import Final

from mongo_indexes import bill_runs, bills
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=bills.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("voided_by",),
        why="账单属于房屋,不属于人;付过的在“支付订单”里",
    ),
    Holding(
        collection=bill_runs.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("asked_by", "published_by"),
        why="小区的出账批次",
    ),
)
