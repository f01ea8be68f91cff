"""Personal data of place codes: ids of staff who made, renewed and ended them."""

from typing import Final

from mongo_indexes import place_codes
from services.kernel.personal_data import Fate, Holding
from services.place_codes.models import TOKEN

HOLDINGS: Final = (
    Holding(
        collection=place_codes.COLLECTION,
        fate=Fate.NOBODYS,
        sealed={"token_sealed": TOKEN},
        staff=("added_by", "renewed_by", "ended_by"),
        why="贴在单元门、电梯和设备上的报修码,只说明地点",
    ),
)
