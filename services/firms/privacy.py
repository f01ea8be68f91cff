"""Personal data of firms and contracts: ids of staff who entered them."""

from typing import Final

from mongo_indexes import contracts, firms
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=firms.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("added_by",),
        why="物业企业名录,营业执照上公开的内容",
    ),
    Holding(
        collection=contracts.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("signed_by", "ended_by"),
        why="物业服务合同的小区和期限",
    ),
)
