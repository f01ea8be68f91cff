"""Personal data of reconciliations: order numbers, and the ids of who decided."""

from typing import Final

from mongo_indexes import reconciliation_differences, reconciliations
from services.kernel.personal_data import ACCOUNTING, Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=reconciliations.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("closed_by",),
        why="每日对账的笔数和合计;微信账单原文不留存",
    ),
    Holding(
        collection=reconciliation_differences.COLLECTION,
        fate=Fate.KEPT,
        law=ACCOUNTING,
        staff=("held_by", "closed_by"),
        why="每日对账的差异,只有单号、金额和现金经手人编号,订单在“支付订单”里",
    ),
)
