"""Personal data of notes that correct bills: ids of staff who proposed and decided."""

from typing import Final

from mongo_indexes import bill_notes
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    # As bills of fees, they name nobody: the register says who owned a home.
    Holding(
        collection=bill_notes.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("proposed_by", "decided_by"),
        why="账单的更正和核销",
    ),
)
