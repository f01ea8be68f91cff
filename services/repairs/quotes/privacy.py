"""Personal data of quotes: who of the household answered, and who offered them in office."""

from typing import Final

from mongo_indexes import repair_quotes
from services.kernel.personal_data import ACCOUNTING, Fate, Holding
from services.repairs.quotes.states import QuoteState

HOLDINGS: Final = (
    Holding(
        collection=repair_quotes.COLLECTION,
        fate=Fate.KEPT,
        title="维修报价",
        person="answered_by",
        shows={
            "number": "报修编号",
            "place": "房屋",
            "total_fen": "金额(元)",
            "payee_name": "收款单位",
            "state": "状态",
            "answered_at": "回复时间",
        },
        words={"state": QuoteState},
        law=ACCOUNTING,
        staff=("offered_by", "ended_by"),
    ),
)
