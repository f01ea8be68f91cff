"""What clients of the fees send and see."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum, auto
from typing import Annotated, Any, TypeVar

from msgspec import Meta, Struct, field

from services.fees.models import (
    AccountKey,
    Bill,
    BillRun,
    DueDay,
    DueDays,
    FeeKind,
    FeeRule,
    MonthlyFen,
    Months,
    PayeeName,
    RulePrice,
    Skipped,
    Total,
)
from services.fees.states import BillState, RunState
from services.fees.tariff import is_overdue, title
from services.kernel.days import Day, Month
from services.places.models import Usage

V = TypeVar("V", bound=Struct)
Usages = Annotated[list[Usage], Meta(min_length=1, max_length=len(Usage))]
Kinds = Annotated[list[FeeKind], Meta(min_length=1, max_length=len(FeeKind))]


class NewFeeRule(Struct, forbid_unknown_fields=True, kw_only=True):
    """Give exactly one of `price` (0.0001 yuan per m² and month) and `monthly_fen`.

    And exactly one of `due_day` (of a month) and `due_days` (after issue).
    """

    kind: FeeKind
    price: RulePrice | None = None
    monthly_fen: MonthlyFen | None = None
    usages: Usages = field(default_factory=lambda: list(Usage))
    start_day: Day
    end_day: Day | None = None
    due_day: DueDay | None = None
    due_days: DueDays | None = None
    account: AccountKey
    payee_name: PayeeName


class EndFeeRule(Struct, forbid_unknown_fields=True):
    """The rule's last day. A day before its start withdraws the rule."""

    end_day: Day


class FeeRuleView(Struct, kw_only=True):
    rule_id: str
    place: str
    kind: FeeKind
    price: int | None
    monthly_fen: int | None
    usages: list[Usage]
    start_day: Day
    end_day: Day | None
    due_day: int | None
    due_days: int | None
    account: str
    payee_name: str


class StartBillRun(Struct, forbid_unknown_fields=True, kw_only=True):
    """Bill a compound for `months` months from `period` on."""

    period: Month
    months: Months = 1
    kinds: Kinds = field(default_factory=lambda: list(FeeKind))


class BillRunView(Struct, kw_only=True):
    """`skips` counts what could not be billed; `skipped` lists the first of them."""

    run_id: str
    place: str
    period: Month
    months: int
    kinds: list[FeeKind]
    state: RunState
    homes: int
    homes_done: int
    issued: int
    skips: int
    skipped: list[Skipped]
    totals: list[Total]
    asked_at: datetime
    published_at: datetime | None


class MonthsAfterVoid(StrEnum):
    """What becomes of the months a void bill covered."""

    FORGIVEN = auto()  # no run bills them again
    OPEN = auto()  # the next run bills them anew, e.g. with the right area


class VoidBill(Struct, forbid_unknown_fields=True, kw_only=True):
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    months: MonthsAfterVoid


class BillView(Struct, kw_only=True):
    """`explanation` is the whole sum on one line; bills of one `account` are paid together."""

    bill_id: str
    title: str
    kind: FeeKind
    home: str
    address: str
    period: Month
    months: int
    amount_fen: int
    explanation: str
    account: str
    payee_name: str
    state: BillState
    due_on: Day | None
    overdue: bool
    issued_at: datetime | None
    paid_at: datetime | None


class Owed(Struct, frozen=True, kw_only=True):
    """Everything my homes owe, whatever page is shown."""

    count: int
    amount_fen: int


def rule_view(rule: FeeRule) -> FeeRuleView:
    return _show(rule, FeeRuleView, rule_id=rule.id)


def run_view(run: BillRun) -> BillRunView:
    return _show(run, BillRunView, run_id=run.id)


def _show(kept: Struct, view: type[V], **named: Any) -> V:
    """Show what is kept: under the same names, and what is named here."""
    shared = set(view.__struct_fields__) & set(kept.__struct_fields__) - set(named)
    return view(**{name: getattr(kept, name) for name in shared}, **named)


def bill_view(bill: Bill, address: str, today: str) -> BillView:
    """`today`: a Beijing day. An unpaid bill is overdue only once its due day is over."""
    return _show(
        bill,
        BillView,
        bill_id=bill.id,
        title=title(bill.kind, bill.period, bill.months),
        address=address,
        overdue=bill.state is BillState.OWING and is_overdue(bill.due_on, today),
    )


def bill_views(bills: Sequence[Bill], addresses: dict[str, str], today: str) -> list[BillView]:
    return [bill_view(bill, addresses.get(bill.home, bill.home), today) for bill in bills]
