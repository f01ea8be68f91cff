"""List of call-backs, as the community and heads export it."""

from typing import Final

from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.repairs.call_backs import actions
from services.repairs.call_backs.models import CallBacksQuery, CallBackView

REPAIR_CALL_BACKS: Final = List(
    name="repair_call_backs",
    needs=Permission.CALL_BACK_REPAIRS,
    title="报修回访",
    query=CallBacksQuery,
    read=actions.listing,
    columns=columns(
        CallBackView,
        number="报修编号",
        address="地点",
        category_label="报修类别",
        month="完成月份",
        result="回访结果",
        note="备注",
        tries="回访次数",
        called_at="回访时间",
    ),
)
