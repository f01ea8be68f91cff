"""Personal data of the ledger: none."""

from typing import Final

from mongo_indexes import journal
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=journal.COLLECTION,
        fate=Fate.NOBODYS,
        why="总账,只有账单号、订单号和金额",
    ),
)
