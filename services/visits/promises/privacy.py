"""Personal data of promises to pay."""

from typing import Final

from mongo_indexes import payment_promises
from services.kernel.personal_data import Fate, Holding
from services.visits.promises.states import PromiseState

HOLDINGS: Final = (
    Holding(
        collection=payment_promises.COLLECTION,
        fate=Fate.REMOVED,
        title="承诺缴费",
        person="people",
        shows={"home": "房屋", "day": "约定日期", "state": "状态", "noted_at": "登记时间"},
        words={"state": PromiseState},
        staff=("noted_by", "keeper"),
    ),
)
