"""Boards of repairs as lists: shown by pages and exported whole."""

from typing import Final

from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.repairs.boards import actions
from services.repairs.boards.models import RepairsQuery, TodayQuery
from services.repairs.models import RepairView

# Whom to call and how to get in stands on the repair itself, for whoever does it.
COLUMNS: Final = columns(
    RepairView,
    number="编号",
    address="地点",
    part="部位",
    category_label="类别",
    danger="紧急程度",
    state="状态",
    text="内容",
    joiners="加入的邻居",
    due_at="期限",
    overdue="已超时",
    paused_until="暂停到",
    pause_reason="暂停原因",
    urged="催办次数",
    reopened="重新打开次数",
    created_at="报修时间",
)
DONE: Final = columns(
    RepairView,
    accepted_at="受理时间",
    done_at="完工时间",
    done__summary="维修内容",
)
REPAIRS: Final = List(
    name="repairs",
    needs=Permission.FOLLOW_REPAIRS,
    title="报修",
    query=RepairsQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.FOLLOW_REPAIRS),
    columns=(*COLUMNS, *DONE),
)
TODAY: Final = List(
    name="repairs_today",
    needs=Permission.WORK_ON_REPAIRS,
    title="我的维修任务",
    query=TodayQuery,
    read=actions.today,
    subject="",
    place_of=around(Permission.WORK_ON_REPAIRS),
    columns=COLUMNS,
)
