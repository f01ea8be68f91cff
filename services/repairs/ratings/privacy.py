"""Personal data of ratings of repairs."""

from typing import Final

from mongo_indexes import repair_ratings
from services.kernel.personal_data import Fate, Holding
from services.repairs.ratings.models import ANSWER, WORDS

HOLDINGS: Final = (
    Holding(
        collection=repair_ratings.COLLECTION,
        fate=Fate.BLANKED,
        title="报修评价",
        person="person",
        shows={
            "place": "地点",
            "speed": "速度",
            "quality": "质量",
            "manner": "态度",
            "words_sealed": "填写的评价",
            "answer_sealed": "物业的回复",
            "rated_at": "时间",
        },
        sealed={"words_sealed": WORDS, "answer_sealed": ANSWER},
        law="《物业管理条例》第35、36条:服务质量记录;保留分数,去掉本人填写的内容",
        staff=("answered_by",),
    ),
)
