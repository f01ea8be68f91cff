"""Personal data of terms of repairs: ids of staff who wrote them."""

from typing import Final

from mongo_indexes import repair_terms
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=repair_terms.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("set_by",),
        why="报修时限",
    ),
)
