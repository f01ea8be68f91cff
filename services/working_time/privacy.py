"""Personal data of working time: ids of staff who entered days and hours."""

from typing import Final

from mongo_indexes import calendar_days, working_hours
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=calendar_days.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("entered_by",),
        why="放假和上班的日子,以及依据的文件",
    ),
    Holding(
        collection=working_hours.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("set_by",),
        why="一个地方的工作时间",
    ),
)
