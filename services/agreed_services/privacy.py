"""Personal data of agreed services: who answered for a home; nobody's name."""

from typing import Final

from mongo_indexes import agreed_service_answers, agreed_services
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=agreed_services.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("proposed_by", "decided_by", "ended_by"),
        why="楼栋约定的服务和各户金额",
    ),
    Holding(
        collection=agreed_service_answers.COLLECTION,
        fate=Fate.KEPT,
        title="对楼栋服务的答复",
        person="person",
        shows={"home": "房屋", "agree": "是否同意", "at": "答复时间"},
        law="《民法典》第188条:答复是收费的依据,诉讼时效内保留",
        staff=("entered_by",),
    ),
)
