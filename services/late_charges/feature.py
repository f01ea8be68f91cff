"""Registration of late charges."""

from typing import Final

from services.kernel.features import Feature, Lane
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.late_charges import actions, jobs, privacy
from services.late_charges.models import (
    LateFeesQuery,
    LateFeesView,
    LateLinesQuery,
    LateLineView,
)
from services.late_charges.rules import actions as rules
from services.late_charges.rules.models import LateRulesQuery, LateRuleView

RULES: Final = List(
    name="late_charge_rules",
    needs=Permission.MANAGE_FEES,
    title="违约金标准",
    query=LateRulesQuery,
    read=rules.listing,
    columns=columns(
        LateRuleView,
        address="小区",
        payee_name="收款单位",
        kinds="费用",
        daily_rate="每天(百万分之)",
        after_days="到期后第几天起",
        cap="上限",
        stops="不计的期间",
        source="合同条款",
        page="页码",
        version="版本",
        start_day="账单开始日期",
        end_day="账单结束日期",
        warning="提示",
        state="状态",
        proposed_at="提出时间",
        proposed_warning="提出时已知晓的提示",
        decided_at="决定时间",
        decided_because="决定的原因",
        decided_warning="批准时已知晓的提示",
    ),
)

LATE_CHARGES: Final = List(
    name="late_charges",
    needs=Permission.RUN_BILLS,
    title="违约金",
    query=LateFeesQuery,
    read=actions.listing,
    columns=columns(
        LateFeesView,
        address="地点",
        payee_name="收款单位",
        to_day="算到哪天",
        bills="账单数",
        amount_fen="金额(元)",
        left_out="不收的户数",
        left_out_because="不收的原因",
        dropped="未收的账单数",
        state="状态",
        proposed_at="提出时间",
        decided_at="决定时间",
        decided_because="决定的原因",
    ),
)

LINES: Final = List(
    name="late_charge_lines",
    needs=Permission.RUN_BILLS,
    title="各账单的违约金",
    query=LateLinesQuery,
    read=actions.lines_of,
    subject="late_fees_id",
    place_of=actions.place_of,
    columns=columns(
        LateLineView,
        address="房屋",
        title="逾期的账单",
        payee_name="收款单位",
        first="开始日期",
        last="结束日期",
        days="天数",
        amount_fen="金额(元)",
        explanation="计算方法",
        clause="合同条款",
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    lanes=dict.fromkeys(jobs.JOBS, Lane.LONG),
    holdings=privacy.HOLDINGS,
    lists=(RULES, LATE_CHARGES, LINES),
)
