"""Personal data of late charges: ids of staff who acted; lines name homes, and nobody."""

from typing import Final

from mongo_indexes import late_charge_rules, late_charges, loan_rates
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=late_charges.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("proposed_by", "decided_by"),
        why="收取的违约金和计算方法",
    ),
    Holding(
        collection=late_charge_rules.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("proposed_by", "decided_by", "ended_by"),
        why="小区的违约金标准",
    ),
    Holding(
        collection=loan_rates.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("set_by",),
        why="贷款市场报价利率",
    ),
)
