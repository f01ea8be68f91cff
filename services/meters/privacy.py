"""Personal data of meters: ids of staff who wrote them down; who read one, says the audit."""

from typing import Final

from mongo_indexes import meter_prices, meter_rounds, meters
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=meters.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("added_by",),
        why="房屋的水表等计量表和读数",
    ),
    Holding(
        collection=meter_prices.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("written_by",),
        why="计量收费的单价",
    ),
    Holding(
        collection=meter_rounds.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("asked_by",),
        why="按表计费的批次",
    ),
)
