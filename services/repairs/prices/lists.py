"""List of prices of repairs, as a firm and the community export it."""

from typing import Final

from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.repairs.prices import actions
from services.repairs.prices.models import PricesQuery, PriceView

REPAIR_PRICES: Final = List(
    name="repair_prices",
    needs=Permission.OVERSEE_REPAIR_PRICES,
    title="入户维修价目",
    query=PricesQuery,
    read=actions.listing,
    columns=columns(
        PriceView,
        address="小区",
        code="代码",
        label="项目",
        unit="单位",
        kind="类别",
        low_fen="最低价(元)",
        high_fen="最高价(元)",
        version="版本",
        from_day="开始日期",
        to_day="结束日期",
        set_at="设定时间",
    ),
)
