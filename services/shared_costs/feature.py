"""Registration of shared costs."""

from typing import Final

from services.kernel.features import Feature, Lane
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.shared_costs import actions, jobs, privacy
from services.shared_costs.models import (
    SharedCostsQuery,
    SharedCostView,
    SharesQuery,
    ShareView,
)

SHARED_COSTS: Final = List(
    name="shared_costs",
    needs=Permission.RUN_BILLS,
    title="公摊费用",
    query=SharedCostsQuery,
    read=actions.listing,
    columns=columns(
        SharedCostView,
        address="地点",
        title="项目",
        total_fen="总金额(元)",
        split="分摊方式",
        from_day="开始日期",
        to_day="结束日期",
        document_number="凭证",
        homes="参加分摊的户数",
        left_out="不参加的户数",
        left_out_because="不参加的原因",
        payee_name="收款单位",
        state="状态",
        proposed_at="登记时间",
        decided_at="决定时间",
        decided_because="决定的原因",
    ),
)

SHARES: Final = List(
    name="shared_cost_shares",
    needs=Permission.RUN_BILLS,
    title="各户分摊金额",
    query=SharesQuery,
    read=actions.shares_of,
    subject="shared_cost_id",
    place_of=actions.place_of,
    columns=columns(
        ShareView,
        address="房屋",
        amount_fen="分摊金额(元)",
        explanation="计算方法",
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    lanes=dict.fromkeys(jobs.JOBS, Lane.LONG),
    holdings=privacy.HOLDINGS,
    lists=(SHARED_COSTS, SHARES),
)
