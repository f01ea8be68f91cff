"""Personal data of the figures of repairs: none."""

from typing import Final

from mongo_indexes import repair_figures, repair_rollups
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=repair_figures.COLLECTION,
        fate=Fate.NOBODYS,
        why="只记每个地方每月报修的数量和时长",
    ),
    Holding(
        collection=repair_rollups.COLLECTION,
        fate=Fate.NOBODYS,
        why="只记每个小区每月报修的数量和时长",
    ),
)
