"""Registration of reconciliations."""

from typing import Final

from services.kernel.features import Feature
from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.reconciliations import actions, jobs, privacy
from services.reconciliations.differences import actions as differences
from services.reconciliations.differences.models import DayDifferencesQuery, DayDifferenceView
from services.reconciliations.models import DayRow, DaysQuery

DAYS: Final = List(
    name="reconciliations",
    needs=Permission.RECONCILE,
    title="每日对账",
    query=DaysQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.RECONCILE),
    columns=columns(
        DayRow,
        account="收款账户",
        source="核对对象",
        day="日期",
        state="状态",
        billed_paid_fen="对方收款(元)",
        billed_refunded_fen="对方退款(元)",
        booked_paid_fen="入账收款(元)",
        booked_refunded_fen="入账退款(元)",
        pending="等待中的笔数",
        checked_at="核对时间",
        closed_at="对平时间",
        late_entries="对平后补记的笔数",
        late_fen="对平后补记的金额(元)",
    ),
)
DIFFERENCES: Final = List(
    name="reconciliation_differences",
    needs=Permission.RECONCILE,
    title="每日对账差异",
    query=DayDifferencesQuery,
    read=differences.listing,
    subject="",
    place_of=around(Permission.RECONCILE),
    columns=columns(
        DayDifferenceView,
        account="收款账户",
        day="日期",
        entry="款项",
        kind="哪里不符",
        reference="对方单号",
        order="商户订单号",
        billed_fen="账单金额(元)",
        told_fen="订单记录(元)",
        booked_fen="入账金额(元)",
        flowed_fen="资金账单(元)",
        state="状态",
        office="由谁处理",
        found_at="发现时间",
        settled_at="办结时间",
        closed_because="处理说明",
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    lanes=jobs.LANES,
    schedules=jobs.SCHEDULES,
    holdings=privacy.HOLDINGS,
    lists=(DAYS, DIFFERENCES),
)
