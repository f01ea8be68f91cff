"""Registration of homes."""

from typing import Final

from services.homes import actions, callees
from services.homes.models import ResidentView
from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.tables import columns
from services.residencies.models import ResidentsQuery

RESIDENTS: Final = List(
    name="residents",
    title="住户",
    query=ResidentsQuery,
    read=actions.listing,
    subject="home",
    columns=columns(
        ResidentView,
        relation="关系",
        name="姓名",
        phone_masked="手机号",
        bound="已绑定",
        bound_by="绑定方式",
        from_day="开始日期",
        to_day="结束日期",
        recorded_by_staff="工作人员登记",
    ),
)

FEATURE: Final = Feature(lists=(RESIDENTS,), callables=callees.CALLABLES)
