"""List of ratings of repairs, as a firm and the community export it."""

from typing import Final

from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.repairs.ratings import actions
from services.repairs.ratings.models import RatingsQuery, RatingView

REPAIR_RATINGS: Final = List(
    name="repair_ratings",
    needs=Permission.DISPATCH_REPAIRS,
    title="报修评价",
    query=RatingsQuery,
    read=actions.listing,
    columns=columns(
        RatingView,
        address="地点",
        speed="速度",
        quality="质量",
        manner="态度",
        is_bad="有差评",
        words="评价",
        rated_at="评价时间",
        answer="物业回复",
        answered_at="回复时间",
    ),
)
