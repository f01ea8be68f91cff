"""Personal data of crews of repairs: ids of staff, with what they can do."""

from typing import Final

from mongo_indexes import repair_crew
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=repair_crew.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("person", "changed_by"),
        why="维修人员的工种和是否在岗",
    ),
)
