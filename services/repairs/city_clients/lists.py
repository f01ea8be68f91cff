"""List of city clients, as administrators export it."""

from typing import Final

from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.repairs.city_clients import actions
from services.repairs.city_clients.models import CityClientsQuery, CityClientView

CITY_CLIENTS: Final = List(
    name="city_clients",
    needs=Permission.OPERATE,
    title="城市平台接入",
    query=CityClientsQuery,
    read=actions.listing,
    columns=columns(
        CityClientView,
        name="系统",
        address="范围",
        filed="报修次数",
        added_at="接入时间",
        ended_at="停用时间",
    ),
)
