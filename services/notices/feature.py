"""Registration of notices."""

from typing import Final

from services.kernel.features import Feature
from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.notices import actions, jobs, notify, privacy
from services.notices.models import NoticesQuery, NoticeSummary
from services.notices.questions import groups
from services.notices.questions import jobs as questions_jobs
from services.notices.questions import notify as questions_notify
from services.notices.questions.models import QuestionRow, QuestionsQuery
from services.notices.readings import answers
from services.notices.readings.models import AnswersQuery, AnswerView
from services.notices.unreached import actions as unreached
from services.notices.unreached.models import (
    UnreachedHome,
    UnreachedHomesQuery,
    UnreachedQuery,
)
from services.notices.unreached.today import TODAY
from services.notices.visits import actions as visits
from services.notices.visits import work
from services.notices.visits.models import VisitsQuery, VisitView

# What both lists of doors say of a home.
HOME_COLUMNS: Final = {
    "address": "房屋",
    "because": "未告知原因",
    "people": "站内收到人数",
    "visits": "上门次数",
    "last_visit_at": "最近上门时间",
    "last_visit_result": "最近上门结果",
}
NOTICES: Final = List(
    name="notices",
    title="通知",
    needs=Permission.SEND_NOTICES,
    query=NoticesQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.SEND_NOTICES),
    columns=columns(
        NoticeSummary,
        address="范围",
        title="标题",
        kind="类型",
        state="状态",
        signed_by="落款",
        pinned="置顶",
        version="版本",
        created_at="起草时间",
        published_at="发布时间",
        shown_until="显示到",
        withdrawn_at="撤回时间",
    ),
)
ANSWERS: Final = List(
    name="notice_answers",
    title="通知回复",
    needs=Permission.SEND_NOTICES,
    query=AnswersQuery,
    read=answers.listing,
    subject="notice_id",
    place_of=answers.place_of,
    columns=columns(
        AnswerView,
        address="房屋",
        answer_label="回复",
        entered="代填",
        answered_at="回复时间",
    ),
)
UNREACHED: Final = List(
    name="notice_unreached",
    title="通知未告知到户",
    needs=Permission.SEND_NOTICES,
    query=UnreachedQuery,
    read=unreached.of_notice,
    subject="notice_id",
    place_of=unreached.place_of,
    columns=columns(UnreachedHome, **HOME_COLUMNS),
)
UNREACHED_HOMES: Final = List(
    name="unreached_homes",
    title="待上门告知",
    needs=Permission.VIEW_RESIDENTS,
    query=UnreachedHomesQuery,
    read=unreached.at_place,
    columns=columns(UnreachedHome, title="通知", **HOME_COLUMNS),
)
VISITS: Final = List(
    name="notice_visits",
    title="上门告知记录",
    needs=Permission.SEND_NOTICES,
    query=VisitsQuery,
    read=visits.listing,
    subject="notice_id",
    place_of=unreached.place_of,
    columns=columns(
        VisitView,
        address="房屋",
        number="第几次",
        result="结果",
        told_whom="告知了谁",
        by="登记人职务",
        remark="备注",
        at="登记时间",
    ),
)
QUESTIONS: Final = List(
    name="notice_questions",
    title="通知下的提问",
    needs=Permission.SEND_NOTICES,
    query=QuestionsQuery,
    read=groups.listing,
    subject="notice_id",
    place_of=groups.place_of,
    columns=columns(
        QuestionRow,
        question="提问",
        asked="提问次数",
        state="状态",
        asked_at="提问时间",
        published="公开的提问",
        answer="答复",
        answered_at="答复时间",
    ),
)
FEATURE: Final = Feature(
    work=(work.WORK,),
    jobs=jobs.JOBS,
    templates=(*notify.TEMPLATES, *questions_notify.TEMPLATES),
    broadcasts={**jobs.BROADCASTS, **questions_jobs.BROADCASTS},
    checked=questions_jobs.CHECKED,
    checked_about=questions_jobs.CHECKED_ABOUT,
    holdings=privacy.HOLDINGS,
    forget=privacy.forget,
    forgets="读过和回复的通知、在通知下的提问",
    lists=(NOTICES, ANSWERS, QUESTIONS, UNREACHED, UNREACHED_HOMES, VISITS),
    today=TODAY,
)
