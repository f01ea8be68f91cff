"""Registration of place codes."""

from typing import Final

from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.place_codes import actions, privacy
from services.place_codes.models import PlaceCodesQuery, PlaceCodeView

CODES: Final = List(
    name="place_codes",
    needs=Permission.MANAGE_CODES,
    title="报修码",
    query=PlaceCodesQuery,
    read=actions.listing,
    columns=columns(
        PlaceCodeView,
        address="地点",
        label="名称",
        kind="类别",
        suggests="报修类别",
        state="状态",
        added_at="添加时间",
        renewed_at="换码时间",
        ended_at="停用时间",
    ),
)

FEATURE: Final = Feature(holdings=privacy.HOLDINGS, lists=(CODES,))
