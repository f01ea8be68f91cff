"""Registration of content checks."""

from typing import Final

from services.content_checks import actions, jobs, privacy
from services.content_checks.models import ChecksQuery, CheckView
from services.kernel.features import Feature
from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns

# Without the text: a file lies about for longer than the check, and what is pending is for the
# screen of who decides.
CHECKS: Final = List(
    name="content_checks",
    title="内容审核",
    needs=Permission.MODERATE,
    query=ChecksQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.MODERATE),
    columns=columns(
        CheckView,
        about="内容",
        address="地点",
        state="状态",
        text_finding="微信检查结果",
        reason="审核说明",
        created_at="提交时间",
        ended_at="结束时间",
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    holdings=privacy.HOLDINGS,
    forget=privacy.forget,
    forgets="提交审核的内容",
    lists=(CHECKS,),
)
