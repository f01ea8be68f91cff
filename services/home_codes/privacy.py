"""Personal data of home codes: they lead to nobody without other rows, and expire."""

from typing import Final

from mongo_indexes import home_codes
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=home_codes.COLLECTION,
        fate=Fate.FADES,
        staff=("printed_by",),
        why="社区打印的一次性绑定码,只存指纹,用过或过期九十天后删除",
    ),
)
