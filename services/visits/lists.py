"""Lists of visits, as whoever keeps them exports them: without minutes."""

from typing import Final

from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.visits import actions
from services.visits.models import HeadVisitsQuery, HeadVisitView

VISITS: Final = List(
    name="visits",
    needs=Permission.PLAN_VISITS,
    title="走访",
    query=HeadVisitsQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.PLAN_VISITS),
    columns=columns(
        HeadVisitView,
        address="房屋",
        purpose="目的",
        goes="谁去",
        day="日期",
        every_days="每隔几天",
        state="状态",
        outcome="结果",
    ),
)
