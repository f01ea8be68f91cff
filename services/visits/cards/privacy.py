"""Personal data of household cards."""

from typing import Final

from mongo_indexes import household_cards
from services.kernel.personal_data import Fate, Holding
from services.visits.cards.models import SAID, CardKind, ConsentWay
from services.visits.cards.states import CardState

HOLDINGS: Final = (
    Holding(
        collection=household_cards.COLLECTION,
        fate=Fate.REMOVED,
        title="户卡",
        person="people",
        shows={
            "home": "房屋",
            "kind": "内容类别",
            "text_sealed": "内容",
            "consent": "同意方式",
            "consent_at": "同意时间",
            "state": "状态",
        },
        words={"kind": CardKind, "consent": ConsentWay, "state": CardState},
        sealed={"text_sealed": SAID},
        revealed=True,
        staff=("noted_by", "keeper"),
    ),
)
