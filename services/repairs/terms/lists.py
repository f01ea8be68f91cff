"""List of terms of repairs, as staff export it."""

from typing import Final

from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.repairs.terms import actions
from services.repairs.terms.models import TermsQuery, TermsView

REPAIR_TERMS: Final = List(
    name="repair_terms",
    needs=Permission.MANAGE_REPAIR_RULES,
    title="报修时限",
    query=TermsQuery,
    read=actions.listing,
    columns=columns(
        TermsView,
        address="地点",
        category_label="报修类别",
        danger="紧急程度",
        response__minutes="响应时限(分钟)",
        response__pace="响应计时",
        completion__minutes="完成时限(分钟)",
        completion__pace="完成计时",
        version="版本",
        from_day="开始日期",
        set_at="设定时间",
    ),
)
