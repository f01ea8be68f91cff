"""Registration of notices."""

from typing import Final

from services.kernel.features import Feature
from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.notices import actions, jobs, notify, privacy
from services.notices.models import NoticesQuery, NoticeSummary
from services.notices.readings import answers
from services.notices.readings.models import AnswersQuery, AnswerView

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
    title="通知回执",
    needs=Permission.SEND_NOTICES,
    query=AnswersQuery,
    read=answers.listing,
    subject="notice_id",
    place_of=answers.place_of,
    columns=columns(
        AnswerView,
        address="房屋",
        answer="回复",
        entered="代填",
        answered_at="回复时间",
    ),
)
FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    templates=notify.TEMPLATES,
    broadcasts=jobs.BROADCASTS,
    holdings=privacy.HOLDINGS,
    forget=privacy.forget,
    forgets="读过和回复的通知",
    lists=(NOTICES, ANSWERS),
)
