"""Registration of bills."""

from typing import Final

from services.bills import actions, measures, privacy
from services.bills.charge_news import notify as charge_notify
from services.bills.debts import actions as debts
from services.bills.debts.models import DebtView, FormerDebtsQuery
from services.bills.models import BillView, RunBillsQuery
from services.bills.outdated import actions as outdated
from services.bills.outdated.models import OutdatedBill, OutdatedBillsQuery
from services.bills.proofs import projection
from services.bills.runs import actions as runs
from services.bills.runs import jobs, notify
from services.bills.runs.models import (
    BillRunsQuery,
    BillRunView,
    SkippedQuery,
    SkippedView,
)
from services.bills.states import BillState
from services.bills.sums import changes as sums
from services.bills.unpaid_homes import actions as unpaid_homes
from services.bills.unpaid_homes.models import UnpaidHome, UnpaidHomesQuery
from services.kernel.features import Feature, Lane
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import Column, columns


def _billed_fen(run: BillRunView) -> int:
    """Return the sum of a run's bills that are not void."""
    return sum(total.amount_fen for total in run.totals if total.state is not BillState.VOID)


def _difference_fen(outdated: OutdatedBill) -> int:
    """Return what a bill should be more by; negative where it is too much."""
    return outdated.right_fen - outdated.bill.due_fen


UNPAID_HOMES: Final = List(
    name="unpaid_homes",
    needs=Permission.VIEW_UNPAID,
    title="未缴费的房屋",
    query=UnpaidHomesQuery,
    read=unpaid_homes.listing,
    columns=columns(
        UnpaidHome,
        address="房屋",
        resident="业主",
        kinds="费用",
        months="月份",
        bills="账单数",
        amount_fen="未缴金额(元)",
        overdue_bills="逾期账单数",
        overdue_fen="逾期金额(元)",
        not_yet_due_fen="未到期金额(元)",
        days_overdue="逾期天数",
    ),
)

FORMER_DEBTS: Final = List(
    name="former_debts",
    needs=Permission.VIEW_DEBTORS,
    title="原业主未缴的费用",
    query=FormerDebtsQuery,
    read=debts.former,
    columns=columns(
        DebtView,
        address="房屋",
        debtors="原业主",
        owners_until="原业主最后一天",
        kinds="费用",
        since="首月",
        bills="账单数",
        amount_fen="未缴金额(元)",
        overdue_bills="逾期账单数",
        overdue_fen="逾期金额(元)",
    ),
)

BILL_RUNS: Final = List(
    name="bill_runs",
    needs=Permission.RUN_BILLS,
    title="出账批次",
    query=BillRunsQuery,
    read=runs.listing,
    columns=(
        *columns(BillRunView, period="首月", months="月数", kinds="费用", state="状态"),
        Column("billed_fen", "账单合计(元)", _billed_fen, "yuan"),
        *columns(
            BillRunView,
            homes="房屋数",
            issued="已发布账单数",
            withdrawn="已撤回账单数",
            skips="未出账数",
            asked_at="出账时间",
            published_at="发布时间",
            withdrawn_at="撤回时间",
            withdrawn_because="撤回原因",
        ),
    ),
)

BILL_RUN_SKIPPED: Final = List(
    name="bill_run_skipped",
    needs=Permission.RUN_BILLS,
    title="未出账的房屋",
    query=SkippedQuery,
    read=runs.skipped_of,
    subject="run_id",
    place_of=runs.place_of,
    columns=columns(
        SkippedView,
        address="房屋",
        kind="费用",
        reason="原因",
        from_day="开始日期",
        to_day="结束日期",
    ),
)

BILL_RUN_BILLS: Final = List(
    name="bill_run_bills",
    needs=Permission.RUN_BILLS,
    title="批次账单",
    query=RunBillsQuery,
    read=runs.bills_of,
    subject="run_id",
    place_of=runs.place_of,
    columns=columns(
        BillView,
        address="房屋",
        title="账单",
        kind="费用",
        amount_fen="金额(元)",
        explanation="计算方法",
        payee_name="收款单位",
        state="状态",
        due_on="缴费期限",
        overdue="逾期",
        issued_at="发布时间",
        paid_at="缴费时间",
    ),
)

OUTDATED_BILLS: Final = List(
    name="outdated_bills",
    needs=Permission.RUN_BILLS,
    title="需要更正的账单",
    query=OutdatedBillsQuery,
    read=outdated.listing,
    columns=(
        *columns(
            OutdatedBill,
            bill__address="房屋",
            bill__title="账单",
            bill__state="状态",
            bill__amount_fen="已出金额(元)",
            right_fen="应出金额(元)",
        ),
        Column("difference_fen", "差额(元)", _difference_fen, "yuan"),
        *columns(
            OutdatedBill,
            bill__explanation="原计算方法",
            right_explanation="现计算方法",
            bill__payee_name="收款单位",
        ),
    ),
)

LISTS: Final = (
    UNPAID_HOMES,
    FORMER_DEBTS,
    BILL_RUNS,
    BILL_RUN_SKIPPED,
    BILL_RUN_BILLS,
    OUTDATED_BILLS,
)

FEATURE: Final = Feature(
    projections=(projection.PROJECTION,),
    broadcasts={**notify.SOURCES, **charge_notify.SOURCES},
    jobs=jobs.JOBS,
    lanes=dict.fromkeys(jobs.JOBS, Lane.LONG),
    templates=notify.TEMPLATES,
    holdings=privacy.HOLDINGS,
    lists=LISTS,
    measures=measures.MEASURES,
    sums=(sums.SOURCE,),
    selections={"owing_since": unpaid_homes.owing_since},
    hand_over=actions.follow_owners,
)
