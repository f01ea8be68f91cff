"""Personal data of bills and bill runs: ids of staff who acted."""

from typing import Final

from mongo_indexes import bill_run_skips, bill_runs, bills
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
        staff=("asked_by", "published_by", "withdrawn_by"),
        why="小区的出账批次",
    ),
    Holding(
        collection=bill_run_skips.COLLECTION,
        fate=Fate.NOBODYS,
        why="没有出账的房屋和原因",
    ),
)
