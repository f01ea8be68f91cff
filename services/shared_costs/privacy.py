"""Personal data of shared costs: ids of staff who acted; shares name homes, and nobody."""

from typing import Final

from mongo_indexes import shared_costs
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=shared_costs.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("proposed_by", "decided_by"),
        why="公摊费用和各户分摊的金额",
    ),
)
