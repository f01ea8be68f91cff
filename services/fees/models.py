"""Fee rules, bills and bill runs as they are kept."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.fees.states import BillState, RunState
from services.kernel.days import Day, Month
from services.kernel.documents import ONE_LINE
from services.places.models import Usage

# A slip of the decimal point costs a whole compound's trust: 100 yuan per m² and month, and
# 10,000 yuan per home and month, are far above any real tariff.
RulePrice = Annotated[int, Meta(ge=1, le=10**6)]
MonthlyFen = Annotated[int, Meta(ge=1, le=10**6)]
Months = Annotated[int, Meta(ge=1, le=12)]
DueDay = Annotated[int, Meta(ge=1, le=31)]
DueDays = Annotated[int, Meta(ge=1, le=180)]
PayeeName = Annotated[str, Meta(min_length=1, max_length=60, pattern=ONE_LINE)]
AccountKey = Annotated[str, Meta(min_length=1, max_length=32)]


class FeeKind(StrEnum):
    PROPERTY_FEE = auto()
    WASTE_FEE = auto()


# As bills and payments say it; the sanitation's fee is 生活垃圾处理费 in full.
KIND_NAMES: Final = {FeeKind.PROPERTY_FEE: "物业费", FeeKind.WASTE_FEE: "垃圾处理费"}


class FeeRule(Struct, kw_only=True):
    """What homes under a place pay for one kind of fee, from a day on. Only its end may change.

    Exactly one of `price` (0.0001 yuan per m² and month) and `monthly_fen` (a home and month).
    Exactly one of `due_day` (of a month) and `due_days` (after issue).
    `slots`: "kind|start_day|usage" for each usage, unique per place, so that of two rules of
    one place one always starts later and no choice between them is ever a coin toss.
    """

    id: str = field(name="_id")
    place: str
    kind: FeeKind
    price: int | None = None
    monthly_fen: int | None = None
    usages: list[Usage]
    start_day: Day
    end_day: Day | None = None  # inclusive; before start_day: withdrawn
    due_day: int | None = None
    due_days: int | None = None
    account: str  # merchant account key of the payee
    payee_name: str
    slots: list[str]
    created_by: str
    created_at: datetime
    ended_by: str = ""
    ended_at: datetime | None = None


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


class SkipReason(StrEnum):
    NO_AREA = auto()  # the register has no area for the home
    ZERO_AMOUNT = auto()  # rounds to nothing, and WeChat Pay refuses orders of 0 fen


class Skipped(Struct, frozen=True, kw_only=True):
    home: str
    kind: FeeKind
    reason: SkipReason


class Total(Struct, frozen=True, kw_only=True):
    """Count and sum of a run's bills of one kind, payee and state."""

    kind: FeeKind
    account: str
    state: BillState
    count: int
    amount_fen: int


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
    skips: int = 0
    skipped: list[Skipped] = []
    totals: list[Total] = []
    asked_by: str
    asked_at: datetime  # of the last start: younger rules wait for the next one
    published_by: str = ""
    published_at: datetime | None = None


class HomeNews(Struct, frozen=True, kw_only=True):
    """What one publishing of a run means for a home."""

    kinds: list[FeeKind]
    amount_fen: int
    due_on: Day
