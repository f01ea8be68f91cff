"""Personal data of notices, and its erasure."""

from typing import Final

from mongo_indexes import notice_readings, notice_rules, notice_visits, notices
from services.dependencies import Dependencies, Transaction
from services.kernel.personal_data import Fate, Holding
from services.notices.readings import store as readings
from services.notices.readings.models import ANSWER
from services.notices.visits.models import REMARK

NOTICES: Final = Holding(
    collection=notices.COLLECTION,
    fate=Fate.NOBODYS,
    why="社区、物业和三长发出的通知,是公务,不含个人信息",
    staff=(
        "author",
        "changed_by",
        "reviewed_by",
        "scheduled_by",
        "published_by",
        "withdrawn_by",
    ),
)
RULES: Final = Holding(
    collection=notice_rules.COLLECTION,
    fate=Fate.NOBODYS,
    why="一个地方发通知的规则",
    staff=("set_by",),
)
READINGS: Final = Holding(
    collection=notice_readings.COLLECTION,
    fate=Fate.BLANKED,
    title="读过和回复的通知",
    person="person",
    shows={
        "notice": "通知编号",
        "first_at": "首次阅读时间",
        "read_at": "最近阅读时间",
        "home": "代表哪套房屋回复",
        "choice": "选的答案",
        "answer_sealed": "写的答案",
        "answered_at": "回复时间",
    },
    sealed={"answer_sealed": ANSWER},
    staff=("entered_by",),
)
VISITS: Final = Holding(
    collection=notice_visits.COLLECTION,
    fate=Fate.NOBODYS,
    why="上门告知的结果,只记房屋和关系,不记姓名",
    sealed={"remark_sealed": REMARK},
    staff=("by",),
)
HOLDINGS: Final = (NOTICES, RULES, READINGS, VISITS)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Erase what a person read and answered; that a home answered stays, without who did."""
    return await readings.forget(deps.db, tx, person_id)
