"""Bills: what is kept, sent and seen of them."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Annotated

from msgspec import Meta, Struct, field

from services.bills.states import BillState
from services.fees.models import FeeKind
from services.kernel.days import Day, Month


class Bill(Struct, kw_only=True):
    """What one home owes for one kind of fee over some months.

    `id` is a digest of home, kind, first month and edition; `slots` are "kind|month" for each
    month covered, unique per home: no month is billed twice, whatever the runs did. `edition`
    counts voided bills before it whose months were opened again.
    """

    id: str = field(name="_id")
    run_id: str
    rule_id: str
    kind: FeeKind
    home: str
    period: Month  # the first month
    months: int
    edition: int = 0
    slots: list[str]
    amount_fen: int
    explanation: str
    account: str
    payee_name: str
    due_day: int | None = None
    due_days: int | None = None
    due_on: Day | None = None  # set when issued
    state: BillState = BillState.DRAFT
    created_at: datetime
    issued_at: datetime | None = None  # the moment staff published
    issued_in: int = 0  # the run's round
    paid_at: datetime | None = None
    journal_id: str | None = None  # of the payment
    holds: int = 0  # how often it was put into a payment order
    voided_at: datetime | None = None
    voided_by: str = ""
    void_reason: str = ""


class Total(Struct, frozen=True, kw_only=True):
    """Count and sum of a run's bills of one kind, payee and state."""

    kind: FeeKind
    account: str
    state: BillState
    count: int
    amount_fen: int


class HomeNews(Struct, frozen=True, kw_only=True):
    """What one publishing of a run means for a home."""

    kinds: list[FeeKind]
    amount_fen: int
    due_on: Day


class Known(Struct, frozen=True):
    """What was billed to the homes of a chunk before.

    `taken`: (home, slot). `editions`: (home, kind, first month) → voided bills that were to be
    made again.
    """

    taken: frozenset[tuple[str, str]] = frozenset()
    editions: dict[tuple[str, FeeKind, str], int] = {}


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
