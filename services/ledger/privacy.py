"""Personal data of the ledger: none."""

from typing import Final

from mongo_indexes import journal, journal_seals
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=journal.COLLECTION,
        fate=Fate.NOBODYS,
        why="总账,只有账单号、订单号和金额",
    ),
    Holding(
        collection=journal_seals.COLLECTION,
        fate=Fate.NOBODYS,
        why="总账每天的指纹",
    ),
)
