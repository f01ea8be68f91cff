"""Refusals of what is asked of a bill run."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from services.bills.models import Total
from services.bills.runs.models import BillRun, StartBillRun, WithdrawBillRun
from services.bills.states import BillState
from services.kernel import errors
from services.kernel.days import Day, months_between, plus_months

# A slip in the year bills a compound for what nobody owes. Older arrears come from a register,
# and nobody asks for money two years ahead.
FARTHEST_MONTHS: Final = 24


class NotACompound(errors.InvalidInput):
    """Bills are run for a compound: its totals are what somebody answers for."""

    code = "not_a_compound"


class PeriodTooFar(errors.InvalidInput):
    """A month of the run lies more than 24 months from this one."""

    code = "period_too_far"


class RunMoved(errors.Conflict):
    """Somebody else asked something of the run at this moment."""

    code = "bill_run_changed"


class DraftsOutdated(errors.Conflict):
    """A rule, payee or contract changed since drafting: draft again, then publish."""

    code = "bill_run_outdated"


class NoRule(errors.Conflict):
    """No fee rule covers any home in these months, so there is no bill."""

    code = "no_rule"


class NothingToPublish(errors.Conflict):
    """No home could be billed; the list of skipped homes says why."""

    code = "nothing_to_publish"


class RunPaidDetails(Struct, frozen=True, kw_only=True):
    """What was paid of the run.

    `count`: Number of bills that were paid.
    `amount_fen`: Sum of the bills that were paid, in fen.
    """

    count: int
    amount_fen: int


class RunPaid(errors.Conflict):
    """Somebody has paid: only what is unpaid can be withdrawn, and it has to be asked for."""

    code = "bill_run_paid"
    details_type = RunPaidDetails


class NothingToWithdraw(errors.Conflict):
    """No bill of the run is owed."""

    code = "nothing_to_withdraw"


def require_near(request: StartBillRun, today: Day) -> None:
    """Raise PeriodTooFar for months that are more than 24 months away."""
    last = plus_months(request.period, request.months - 1)
    if any(
        abs(months_between(today[:7], month)) > FARTHEST_MONTHS
        for month in (request.period, last)
    ):
        raise PeriodTooFar("出账月份离现在超过两年,请检查年份")


def require_same_withdrawal(run: BillRun, request: WithdrawBillRun) -> None:
    """Raise RunMoved when a withdrawal is under way that was asked for otherwise."""
    asked = (run.withdrawn_because, run.withdrawn_months, run.withdrawn_unpaid_only)
    if asked != (request.reason, request.months, request.unpaid_only):
        raise RunMoved("这批账单正在按另一种要求撤回,请刷新看看")


def require_withdrawable(
    totals: Sequence[Total], drawn: tuple[int, int], request: WithdrawBillRun
) -> None:
    """Raise RunPaid when only the rest could go, NothingToWithdraw when nothing could.

    `drawn`: number and sum of the bills that prepaid money paid by itself: it is put back.
    """
    paid = [total for total in totals if total.state is BillState.PAID]
    count = sum(total.count for total in paid) - drawn[0]
    if count and not request.unpaid_only:
        amount_fen = sum(total.amount_fen for total in paid) - drawn[1]
        raise RunPaid(
            f"已有{count}张账单缴过费,只能撤回未缴的账单", count=count, amount_fen=amount_fen
        )
    if not drawn[0] and not any(total.state is BillState.OWING for total in totals):
        raise NothingToWithdraw("这批账单没有未缴的账单")
