"""Personal data of city clients: ids of staff who added and ended them."""

from typing import Final

from mongo_indexes import city_clients
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=city_clients.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("added_by", "ended_by"),
        why="城市平台的接入,只有系统名称和密钥指纹",
    ),
)
