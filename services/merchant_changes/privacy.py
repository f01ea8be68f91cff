"""Personal data of changes of merchant accounts: ids of who decided; new keys, sealed."""

from typing import Final

from mongo_indexes import merchant_changes
from services.kernel.personal_data import Fate, Holding
from services.merchant_changes.models import KEYS

HOLDINGS: Final = (
    Holding(
        collection=merchant_changes.COLLECTION,
        fate=Fate.NOBODYS,
        sealed={"keys": KEYS},
        staff=("proposed_by", "decided_by"),
        why="收款账户的更改和批准",
    ),
)
