"""Personal data of corrections: none but texts that staff typed, which are sealed."""

from typing import Final

from mongo_indexes import home_corrections
from services.home_corrections.models import DOCUMENT, REASON
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=home_corrections.COLLECTION,
        fate=Fate.NOBODYS,
        sealed={
            "document_sealed": DOCUMENT,
            "reason_sealed": REASON,
        },
        staff=("by",),
        why="房屋面积、用途、房号的更正和依据",
    ),
)
