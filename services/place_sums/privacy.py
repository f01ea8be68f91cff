"""Personal data of the kept sums of places: none; a change of a home is amounts and months."""

from typing import Final

from mongo_indexes.place_sums import COLLECTION
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=COLLECTION,
        fate=Fate.NOBODYS,
        why="只记每个地方每月的户数和金额",
    ),
)
