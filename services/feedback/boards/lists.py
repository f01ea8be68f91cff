"""Board of feedback as a list: shown by pages and exported whole.

No column says who said it: a file goes from hand to hand.
"""

from typing import Final

from services.feedback.boards import actions
from services.feedback.boards.models import FeedbackQuery
from services.feedback.models import FeedbackView
from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns

FEEDBACK: Final = List(
    name="feedback",
    needs=Permission.HANDLE_FEEDBACK,
    title="民情",
    query=FeedbackQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.HANDLE_FEEDBACK),
    columns=columns(
        FeedbackView,
        number="编号",
        address="地点",
        kind="类别",
        state="状态",
        progress="进展",
        text="内容",
        way="来源",
        due_at="期限",
        overdue="已超时",
        returned="反馈未解决次数",
        reopened="再次反映次数",
        created_at="反映时间",
    ),
)
