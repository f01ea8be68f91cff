"""Personal data of instalment agreements: rows of the register, and ids of staff who acted."""

from typing import Final

from mongo_indexes import instalments
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    # As bills of fees, they name nobody: the register says who owed them.
    Holding(
        collection=instalments.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("offered_by", "decided_by"),
        why="房屋欠费的分期约定",
    ),
)
