"""List of reviews of bad ratings, as the community exports it."""

from typing import Final

from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.repairs.reviews import actions
from services.repairs.reviews.models import ReviewsQuery, ReviewView

REPAIR_REVIEWS: Final = List(
    name="repair_reviews",
    needs=Permission.DECIDE_REPAIR_APPEALS,
    title="差评处理",
    query=ReviewsQuery,
    read=actions.listing,
    columns=columns(
        ReviewView,
        number="报修编号",
        address="地点",
        state="状态",
        due_at="期限",
        overdue="已超时",
        created_at="评价时间",
    ),
)
