"""List of outages, as staff export it."""

from typing import Final

from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.repairs.outages import actions
from services.repairs.outages.models import OutagesQuery, OutageView

OUTAGES: Final = List(
    name="outages",
    needs=Permission.DISPATCH_REPAIRS,
    title="停水停电等通告",
    query=OutagesQuery,
    read=actions.listing,
    columns=columns(
        OutageView,
        address="范围",
        kind="类别",
        planned="计划内",
        state="状态",
        begins_at="开始时间",
        ends_at="预计恢复时间",
        overdue="已过预计时间",
        ended_at="恢复时间",
        reports="相关报修",
        text="说明",
        cancelled_because="取消原因",
        announced_at="通告时间",
    ),
)
