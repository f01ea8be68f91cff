"""Personal data of categories of repairs: ids of staff who changed them."""

from typing import Final

from mongo_indexes import repair_categories
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=repair_categories.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("changed_by",),
        why="报修类别",
    ),
)
