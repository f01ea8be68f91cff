"""Registration of instalment agreements."""

from typing import Final

from services.instalments import actions, jobs, notify, privacy
from services.instalments.models import InstalmentsQuery, InstalmentsView
from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns

INSTALMENTS: Final = List(
    name="instalments",
    needs=Permission.VIEW_DEBTORS,
    title="分期约定",
    query=InstalmentsQuery,
    read=actions.listing,
    columns=columns(
        InstalmentsView,
        address="房屋",
        payee_name="收款单位",
        amount_fen="约定金额(元)",
        paid_fen="已缴(元)",
        next_due_on="下一期日期",
        grace_days="宽限天数",
        stops_late_charges="期间不计违约金",
        on_paper="纸质约定",
        state="状态",
        offered_at="提出时间",
        agreed_at="同意时间",
        decided_at="决定时间",
        decided_because="决定的原因",
        ended_at="结束时间",
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    lanes=jobs.LANES,
    schedules=jobs.SCHEDULES,
    templates=notify.TEMPLATES,
    holdings=privacy.HOLDINGS,
    lists=(INSTALMENTS,),
)
