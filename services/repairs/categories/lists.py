"""List of categories of repairs, as staff of the city export it."""

from typing import Final

from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.repairs.categories import actions
from services.repairs.categories.models import CategoriesQuery, CategoryView

REPAIR_CATEGORIES: Final = List(
    name="repair_categories",
    needs=Permission.MANAGE_REPAIR_RULES,
    title="报修类别",
    query=CategoriesQuery,
    read=actions.listing,
    columns=columns(
        CategoryView,
        code="代码",
        parent="上级",
        label="名称",
        hint="提示",
        scope="部位",
        danger="紧急程度",
        skill="工种",
        emergency_fund="应急维修",
        position="次序",
        from_day="开始日期",
        to_day="停用日期",
    ),
)
