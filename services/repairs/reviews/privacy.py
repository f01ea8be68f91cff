"""Personal data of reviews of bad ratings."""

from typing import Final

from mongo_indexes import repair_reviews
from services.kernel.personal_data import Fate, Holding
from services.repairs.reviews.states import ReviewState

HOLDINGS: Final = (
    Holding(
        collection=repair_reviews.COLLECTION,
        fate=Fate.BLANKED,
        title="差评处理",
        person="person",
        shows={"number": "报修编号", "place": "地点", "state": "状态", "created_at": "时间"},
        words={"state": ReviewState},
        law="《物业管理条例》第35、36条:服务质量记录;保留处理经过,去掉是谁的评价",
        staff=("filed_by", "worker", "holder"),
    ),
)
