"""Personal data of demands: what somebody was asked for, kept as proof of it."""

from typing import Final

from mongo_indexes import (
    demand_letters,
    demand_pauses,
    demand_rounds,
    demand_rules,
    demand_skips,
    demands,
)
from services.demands.letters.states import DemandLetterState
from services.demands.models import DemandWay, LetterHandedTo
from services.demands.pauses.models import REASON
from services.demands.states import DemandState
from services.kernel.personal_data import Fate, Holding

CLAIMS: Final = "《民法典》第188、195条:催缴是请求付款的证据,诉讼时效期间内须能证明"

HOLDINGS: Final = (
    Holding(
        collection=demands.COLLECTION,
        fate=Fate.KEPT,
        title="缴费提醒",
        person="people",
        shows={
            "home": "房屋",
            "way": "方式",
            "amount_fen": "金额(元)",
            "since": "最早的缴费期限",
            "text": "内容",
            "at": "时间",
            "state": "送达情况",
            "handed_to": "交给谁",
            "promised_for": "约定缴费日",
        },
        words={"way": DemandWay, "state": DemandState, "handed_to": LetterHandedTo},
        law=CLAIMS,
        staff=("by",),
    ),
    Holding(
        collection=demand_letters.COLLECTION,
        fate=Fate.KEPT,
        title="催缴通知书",
        person="people",
        shows={
            "home": "房屋",
            "amount_fen": "金额(元)",
            "since": "最早的缴费期限",
            "made_at": "时间",
            "state": "送达情况",
            "handed_to": "交给谁",
        },
        words={"state": DemandLetterState, "handed_to": LetterHandedTo},
        law=CLAIMS,
        staff=("done_by",),
    ),
    Holding(
        collection=demand_rounds.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("by",),
        why="一个地方的一次催缴,只有户数和金额",
    ),
    Holding(
        collection=demand_skips.COLLECTION,
        fate=Fate.NOBODYS,
        why="催缴时没有提醒的房屋和原因",
    ),
    Holding(
        collection=demand_pauses.COLLECTION,
        fate=Fate.NOBODYS,
        sealed={"reason_sealed": REASON},
        staff=("by", "lifted_by"),
        why="哪里暂停催缴和原因",
    ),
    Holding(
        collection=demand_rules.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("by",),
        why="小区定期催缴的日子",
    ),
)
