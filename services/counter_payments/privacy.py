"""Personal data of counter payments: of who took the money; who paid is not written down."""

from typing import Final

from mongo_indexes import cash_deliveries, cash_drawers, counter_payments
from services.kernel.personal_data import ACCOUNTING, Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=counter_payments.COLLECTION,
        fate=Fate.KEPT,
        why="线下缴费,经办人按会计凭证保存",
        staff=("taken_by",),
        law=ACCOUNTING,
    ),
    Holding(
        collection=cash_deliveries.COLLECTION,
        fate=Fate.KEPT,
        why="现金交接,交接双方按会计凭证保存",
        staff=("given_by", "taken_by"),
        law=ACCOUNTING,
    ),
    Holding(
        collection=cash_drawers.COLLECTION,
        fate=Fate.NOBODYS,
        why="谁手头有哪个收款单位的现金,金额在账里",
        staff=("person",),
    ),
)
