"""Personal data of notices, and its erasure."""

from typing import Final

from mongo_indexes import (
    notice_question_groups,
    notice_questions,
    notice_readings,
    notice_rules,
    notice_visits,
    notices,
)
from services.dependencies import Dependencies, Transaction
from services.kernel.personal_data import Fate, Holding
from services.notices.questions import store as questions
from services.notices.questions.models import ANSWER as QUESTION_ANSWER
from services.notices.questions.models import PUBLISHED, QUESTION
from services.notices.questions.states import QuestionState
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
        "writers",
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
QUESTIONS: Final = Holding(
    collection=notice_questions.COLLECTION,
    fate=Fate.REMOVED,
    title="在通知下的提问",
    person="author",
    shows={
        "notice": "通知编号",
        "text_sealed": "提的问题",
        "state": "状态",
        "asked_at": "提问时间",
    },
    words={"state": QuestionState},
    sealed={"text_sealed": QUESTION},
)
# Which question its words are is kept, not the words: they go with who asked.
QUESTION_GROUPS: Final = Holding(
    collection=notice_question_groups.COLLECTION,
    fate=Fate.NOBODYS,
    why="工作人员对提问的答复,以及由工作人员改写后公开的提问",
    sealed={"question_sealed": PUBLISHED, "answer_sealed": QUESTION_ANSWER},
    staff=("answered_by",),
)
HOLDINGS: Final = (NOTICES, RULES, READINGS, VISITS, QUESTIONS, QUESTION_GROUPS)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Erase what a person read, answered and asked.

    That a home answered stays, without who did; and so does what staff published.
    """
    more = await readings.forget(deps.db, tx, person_id)
    return await questions.forget(deps.db, tx, person_id) or more
