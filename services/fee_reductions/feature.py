"""Registration of fee reductions."""

from typing import Final

from services.consents.policies import PolicyKey
from services.fee_reductions import actions, jobs, notify, privacy
from services.fee_reductions.models import ReductionsQuery, ReductionView
from services.fee_reductions.rules import actions as rules
from services.fee_reductions.rules.models import ReductionRulesQuery, ReductionRuleView
from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns

RULES: Final = List(
    name="fee_reduction_rules",
    needs=Permission.MANAGE_FEES,
    title="减免标准",
    query=ReductionRulesQuery,
    read=rules.listing,
    columns=columns(
        ReductionRuleView,
        address="小区",
        cause="减免原因",
        kinds="费用",
        share="减免比例",
        longest_months="一次最多月数",
        decider="由谁决定",
        source="依据",
        version="版本",
        start_day="开始日期",
        end_day="结束日期",
    ),
)
REDUCTIONS: Final = List(
    name="fee_reductions",
    needs=Permission.ENTER_REDUCTIONS,
    title="费用减免",
    query=ReductionsQuery,
    read=actions.listing,
    columns=columns(
        ReductionView,
        address="房屋",
        cause="减免原因",
        kinds="费用",
        share="减免比例",
        decider="由谁决定",
        state="状态",
        by_staff="工作人员代录",
        from_day="开始日期",
        to_day="申请的结束日期",
        last_day="减免到",
        document_masked="证明编号",
        note="备注",
        created_at="申请时间",
        decided_at="决定时间",
        reason="决定说明",
        ended_at="提前结束时间",
        ended_because="提前结束原因",
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    holdings=privacy.HOLDINGS,
    templates=notify.TEMPLATES,
    withdrawn={PolicyKey.HARDSHIP: privacy.withdrawn},
    close=privacy.close,
    forget=privacy.forget,
    forgets="费用减免申请里填写的内容",
    lists=(RULES, REDUCTIONS),
)
