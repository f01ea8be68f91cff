"""Bill runs: what is kept, sent and seen of the billing of a compound."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.bills.models import MonthsAfterVoid, Total
from services.bills.runs.states import RunState
from services.fees.models import FeeKind, Months
from services.kernel.days import Day, Month
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import Reason

JOB: Final = "bills.run"  # the name of the job that does what was asked of a run


class SkipReason(Labelled):
    NO_RULE = "no_rule", "没有收费标准"  # no fee rule covers the home on these days
    NO_PAYEE = (
        "no_payee",
        "收款单位不能收这项费用",
    )  # the rule's payee may not charge this fee there on these days
    CONTRACT_OVER = (
        "contract_over",
        "物业企业和小区没有合同",
    )  # the payee's firm has no contract with the compound on these days
    RETIRED = "retired", "房屋已注销"  # the home was retired before these days
    NO_AREA = "no_area", "登记没有面积"  # the register has no area for the home
    NO_RESIDENTS = "no_residents", "登记没有住户"  # a sum per person, and nobody is registered
    NO_ANNIVERSARY = (
        "no_anniversary",
        "不知道交接日期",
    )  # the year counts from the day on which the owners took over, and nobody knows it
    NEXT_MONTH = "next_month", "按约定次月起收费"  # what began within a month is charged later
    EXEMPT = "exempt", "已全额减免"  # the home was let off all of the fee for these days
    ZERO_AMOUNT = (
        "zero_amount",
        "金额为零",
    )  # rounds to nothing, and WeChat Pay refuses orders of 0 fen


class Skipped(Struct, frozen=True, kw_only=True):
    """Home that could not be billed.

    `home`: Path of the home.
    `kind`: Fee that could not be billed.
    `reason`: Why it could not be billed.
    `from_day`: First day that is not billed; null in runs of earlier versions.
    `to_day`: Last day that is not billed; null in runs of earlier versions.
    """

    home: str
    kind: FeeKind
    reason: SkipReason
    from_day: Day | None = None
    to_day: Day | None = None


class SkipSort(Labelled):
    HOME = "home", "按房屋"
    REASON = "reason", "按原因"


class SkippedQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which gaps of a run to list.

    `reason`: Why a home could not be billed; all of them without it.
    `kind`: Fee that could not be billed; all of them without it.
    `under`: Building, unit or home that is meant; the whole compound without it.
    `sort`: Order of the list.
    """

    reason: SkipReason | None = None
    kind: FeeKind | None = None
    under: PlacePath | None = None
    sort: SkipSort = SkipSort.HOME


class SkippedView(Struct, kw_only=True):
    """Home that could not be billed.

    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `kind`: Fee that could not be billed.
    `reason`: Why it could not be billed.
    `from_day`: First day that is not billed.
    `to_day`: Last day that is not billed.
    """

    home: str
    address: str
    kind: FeeKind
    reason: SkipReason
    from_day: Day | None
    to_day: Day | None


class BillRun(Struct, kw_only=True):
    """One billing of a compound for some months; started again, it fills gaps.

    `id` is a digest of compound, period, months and kinds. `round` counts what people asked of
    it, `version` every change: who read an older one changes nothing any more. `after` is the
    last home drafted for or, while publishing, the last person told.
    """

    id: str = field(name="_id")
    place: str
    period: Month
    months: int
    kinds: list[FeeKind]
    state: RunState | None = None  # None: not written yet
    round: int = 0
    version: int = 0
    after: str = ""
    homes: int = 0
    homes_done: int = 0
    issued: int = 0
    withdrawn: int = 0
    skips: int = 0
    skipped: list[Skipped] = []
    skip_reasons: dict[SkipReason, int] = {}
    basis: str = ""  # digest of the rules and payees it was drafted by; older drafts have none
    totals: list[Total] = []  # when its work was last finished
    published_totals: list[Total] | None = None  # None before, and in runs of earlier versions
    asked_by: str
    asked_at: datetime  # of the last start: younger rules wait for the next one
    published_by: str = ""
    published_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None
    withdrawn_because: str = ""
    withdrawn_months: MonthsAfterVoid | None = None
    withdrawn_unpaid_only: bool = True  # as it was before this was kept
    withdrawal_stopped: bool = False


Kinds = Annotated[list[FeeKind], Meta(min_length=1, max_length=len(FeeKind))]


class StartBillRun(Struct, forbid_unknown_fields=True, kw_only=True):
    """Billing of a compound for some months.

    `period`: First month to bill.
    `months`: Number of months to bill.
    `kinds`: Fees to bill; all of them without it.
    """

    period: Month
    months: Months = 1
    kinds: Kinds = field(default_factory=lambda: list(FeeKind))


class WithdrawBillRun(Struct, forbid_unknown_fields=True, kw_only=True):
    """Taking back of a published run.

    `reason`: Why, for the residents to read.
    `months`: What becomes of the months of the bills.
    `unpaid_only`: Take back the unpaid bills although others were paid; refused without it.
    """

    reason: Reason
    months: MonthsAfterVoid
    unpaid_only: bool = False


class BillRunSort(Labelled):
    LATEST = "latest", "最近月份在前"
    EARLIEST = "earliest", "最早月份在前"


class BillRunsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which bill runs to list.

    `state`: How far they are; all without it.
    `kind`: Fee that they bill, among others; any without it.
    `period_from`: Earliest first month.
    `period_to`: Latest first month.
    `sort`: Order of the list.
    """

    state: RunState | None = None
    kind: FeeKind | None = None
    period_from: Month | None = None
    period_to: Month | None = None
    sort: BillRunSort = BillRunSort.LATEST


class BillRunView(Struct, kw_only=True):
    """Bill run of a compound: all its bills of a period.

    `run_id`: Opaque id of the run.
    `place`: Path of the compound.
    `period`: First month that is billed.
    `months`: Number of months that are billed.
    `kinds`: Fees that are billed.
    `state`: How far the run is.
    `homes`: Number of homes to look at.
    `homes_done`: Number of homes that were looked at.
    `issued`: Number of bills that were made.
    `withdrawn`: Number of bills that were taken back with the run.
    `skips`: Number of gaps: homes and fees for which days are not billed.
    `skipped`: The first gaps; the list of all is a page of its own.
    `skip_reasons`: Number of gaps by reason.
    `totals`: Counts and sums of the bills as they are now, by fee, payee and state.
    `published_totals`: The same when the run was last published; empty before.
    `asked_at`: When the run was started.
    `published_at`: When the bills became debts; null before.
    `withdrawn_at`: When the run was taken back; null when it was not.
    `withdrawn_because`: Why it was taken back; empty when it was not.
    `withdrawal_stopped`: Whether the last try stopped because somebody had paid meanwhile.
    """

    run_id: str
    place: str
    period: Month
    months: int
    kinds: list[FeeKind]
    state: RunState
    homes: int
    homes_done: int
    issued: int
    withdrawn: int
    skips: int
    skipped: list[Skipped]
    skip_reasons: dict[SkipReason, int]
    totals: list[Total]
    published_totals: list[Total]
    asked_at: datetime
    published_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_because: str
    withdrawal_stopped: bool
