"""Bills: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from services.bills.states import BillState
from services.fees.models import AccountKey, BillKind, FeeKind, HomeFee
from services.kernel.days import Day, Month, plus_months
from services.kernel.documents import Document
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import Reason
from services.ledger.models import DRAWN

# The bills that runs make by the month, as a query: of these are the rates.
OF_FEES: Final[Document] = {"kind": {"$in": list(FeeKind)}}
# All that owners of homes owe, charges beside the runs too; no repairs, which persons order.
OF_HOMES: Final[Document] = {"kind": {"$in": list(HomeFee)}}


# Of a note, as an answer shows it.
NoteNumber = Annotated[str, Meta(examples=["20261123-4T9K2MXA7Q"])]
NoteReason = Annotated[str, Meta(examples=["面积更正"])]
Correction = Annotated[str, Meta(examples=["原账单 51.18元 − 贷项 3.00元(面积更正) = 48.18元"])]


def of_kind(kind: HomeFee | None) -> Document:
    """Return the condition for one kind of what homes owe, or for all; repairs are none."""
    return {"kind": kind} if kind else OF_HOMES


# Bills that were paid by prepaid money only, in all or in part: nobody handed over anything.
DRAWN_ONLY: Final[Document] = {
    "paid.0": {"$exists": True},
    "paid": {"$not": {"$elemMatch": {"journal": {"$not": {"$regex": f"^{DRAWN}:"}}}}},
}


def owed_today(today: Day) -> Document:
    """Return the condition for what those owe who own a home, not who sold it."""
    return {"state": BillState.OWING, "owners_until": {"$not": {"$lt": today}}}


class Portion(Struct, frozen=True, kw_only=True):
    """Part of a bill that one payment paid, less what of it went back.

    `journal`: of the payment. `fen`: above 0. `at`: when the money was paid.
    """

    journal: str
    fen: int
    at: datetime


class NoteKind(Labelled):
    """Kind of a note that corrects a published bill."""

    CREDIT = "credit", "贷项"  # less is owed
    DEBIT = "debit", "借项"  # more is owed
    WRITE_OFF = "write_off", "核销"  # what is owed is given up; what was billed was right


class Noted(Struct, frozen=True, kw_only=True):
    """Note of a bill: an entry that makes more or less of it due, and says why.

    `note`: its id in the collection of notes, and of its journal. `fen`: below 0 where less is
    due since. `reason`: for who owes the bill.
    """

    note: str
    number: str
    kind: NoteKind
    fen: int
    reason: str
    at: datetime


UNSAID: Final = -1


class Bill(Struct, kw_only=True):
    """Bill of one home for one kind of fee over some months.

    `run_id`: of what it was made with: a run, or a batch of charges (charges.py).
    `id` is a digest of home, kind, first month (or day) and edition; `slots` are "kind|month"
    for each month covered, or "kind|day" for each day of a month that is billed in part, unique
    per home: nothing is billed twice, whatever the runs did. `edition` counts voided bills
    before it whose months were opened again.

    `amount_fen` is what was published, for ever. `due_fen` is that with its `notes`; `paid` is
    what payments paid of it, and `owed_fen` the rest: bills/balances.

    A repair of a home is billed once, to whom ordered it (`debtor`): its slot names the quote,
    and it stays theirs when they move out. A fee, and a charge of the home beside the runs, is
    owed by who owned the home on `liable_on`: a sale moves no debt (民法典 art. 944).
    """

    id: str = field(name="_id")
    run_id: str
    rule_id: str
    kind: BillKind
    home: str
    period: Month  # the first month
    months: int
    from_day: Day | None = None  # of days of a month, or of some in a row; None: whole months
    to_day: Day | None = None
    edition: int = 0
    slots: list[str]
    amount_fen: int
    due_fen: int = UNSAID
    owed_fen: int = UNSAID
    paid: list[Portion] = []
    notes: list[Noted] = []
    explanation: str
    terms: str = ""  # the rules it was made by, as they were; bills from before have none
    payee: str = ""  # bills from before there were payees have none
    account: str
    payee_name: str
    due_day: int | None = None
    due_days: int | None = None
    due_on: Day | None = None  # set when issued
    state: BillState = BillState.DRAFT
    created_at: datetime
    issued_at: datetime | None = None  # the moment staff published
    issued_in: int = 0  # the run's round
    paid_at: datetime | None = None  # when nothing was owed any more
    holds: int = 0  # how often it was put into a payment order
    voided_at: datetime | None = None
    voided_by: str = ""
    void_reason: str = ""
    debtor: str = ""  # who owes a repair; fees have none
    liable_on: str = ""  # the day whose owners owe a fee: bills/visibility.py
    owners_until: Day | None = None  # their last day as owners of the home; None: it is theirs
    voided_in: int = 0  # the round in which the run was withdrawn

    def __post_init__(self) -> None:
        """Unless it is said otherwise the owners of the first day owe all of it."""
        if self.due_fen == UNSAID:
            self.due_fen = self.amount_fen
        if self.owed_fen == UNSAID:
            is_over = self.state in {BillState.PAID, BillState.VOID}
            self.owed_fen = 0 if is_over else self.due_fen - self.paid_fen
        if not self.liable_on:
            self.liable_on = self.from_day or f"{self.period}-01"

    @property
    def paid_fen(self) -> int:
        """What payments paid of it, in fen."""
        return sum(portion.fen for portion in self.paid)

    @property
    def last_month(self) -> Month:
        """The month of the last day; a year from a day on has days of thirteen months."""
        return self.to_day[:7] if self.to_day else plus_months(self.period, self.months - 1)


class Total(Struct, frozen=True, kw_only=True):
    """Count and sum of a run's bills of one kind, payee and state.

    `kind`: Fee of the bills.
    `account`: Key of the payee's merchant account.
    `state`: State of the bills.
    `count`: Number of the bills.
    `amount_fen`: Sum of the bills, in fen.
    """

    kind: FeeKind
    account: str
    state: BillState
    count: int
    amount_fen: int


class HomeNews(Struct, frozen=True, kw_only=True):
    """News of one publishing of bills for those who owe what is liable on one day of a home."""

    home: str
    liable_on: Day
    kinds: list[HomeFee]
    amount_fen: int
    due_on: Day


class Known(Struct, frozen=True):
    """Earlier bills of the homes of a chunk.

    `taken`: (home, slot) of months and days. `editions`: (home, kind, first month) → voided
    bills that were to be made again.
    """

    taken: frozenset[tuple[str, str]] = frozenset()
    editions: dict[tuple[str, FeeKind, str], int] = {}


class MonthsAfterVoid(Labelled):
    """Later billing of the months that a void bill covered."""

    FORGIVEN = "forgiven", "不再收取"  # no run bills them again
    OPEN = "open", "可重新出账"  # the next run bills them anew, e.g. with the right area


class VoidBill(Struct, forbid_unknown_fields=True, kw_only=True):
    """Taking back of an unpaid bill.

    `reason`: Why, for the resident to read.
    `months`: What becomes of the months of the bill.
    """

    reason: Reason
    months: MonthsAfterVoid


class MyBillsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which of my bills to list.

    `state`: Owed bills, or paid ones.
    """

    state: Literal["owing", "paid"] = "owing"


class BillSort(Labelled):
    HOME = "home", "按房屋"
    LARGEST = "largest", "金额大的在前"


class RunBillsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which bills of a run to list.

    `state`: State of the bills; drafts unless said otherwise.
    `kind`: Fee that is billed; all of them without it.
    `account`: Key of the payee's merchant account; all without it.
    `under`: Building, unit or home that the bills are of; the whole compound without it.
    `sort`: Order of the list.
    """

    state: BillState = BillState.DRAFT
    kind: FeeKind | None = None
    account: AccountKey | None = None
    under: PlacePath | None = None
    sort: BillSort = BillSort.HOME


class NoteLine(Struct, frozen=True, kw_only=True):
    """Correction of a bill.

    `number`: Number of the note.
    `kind`: What it is.
    `amount_fen`: By how much more is due since, in fen; below 0 for less.
    `reason`: Why.
    `at`: When it was made.
    """

    number: NoteNumber
    kind: NoteKind
    amount_fen: int
    reason: NoteReason
    at: datetime


class BillView(Struct, kw_only=True):
    """Bill of a home for one fee and one or more months.

    `bill_id`: Opaque id of the bill.
    `title`: Title in Chinese with month and fee, e.g. 2026年11月物业费.
    `kind`: Fee that is billed.
    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `period`: First month that is billed.
    `months`: Number of months that are billed.
    `from_day`: First day that is billed, of days that are no whole months; null otherwise.
    `to_day`: Last day that is billed, of days that are no whole months; null otherwise.
    `amount_fen`: What was billed, in fen; a published bill is never edited.
    `due_fen`: The same with the corrections that were made since, in fen.
    `paid_fen`: What of it is paid, in fen.
    `owed_fen`: What is left to pay, in fen; 0 for one that is paid or void.
    `explanation`: The whole computation on one line, in Chinese.
    `terms`: The rule that was applied: its version, what it rests on, and how part of a month
        is charged; in Chinese, empty for repairs and for bills from before.
    `notes`: Corrections of the bill, the earliest first.
    `correction`: How they make `due_fen` of `amount_fen`, in Chinese; empty without any.
    `account`: Key of the payee's merchant account; bills of one payee and fee go together.
    `payee_name`: Who receives the money.
    `state`: State of the bill.
    `due_on`: Last day to pay in time; null for drafts.
    `overdue`: Whether the due day has passed and the bill is still owed.
    `issued_at`: When the bill became a debt; null for drafts.
    `paid_at`: When the last of the bill was paid; null before.
    """

    bill_id: str
    title: str
    kind: BillKind
    home: str
    address: str
    period: Month
    months: int
    from_day: Day | None
    to_day: Day | None
    amount_fen: int
    due_fen: int
    paid_fen: int
    owed_fen: int
    explanation: str
    notes: list[NoteLine]
    correction: Correction
    terms: str
    account: str
    payee_name: str
    state: BillState
    due_on: Day | None
    overdue: bool
    issued_at: datetime | None
    paid_at: datetime | None


class OwedBills(Struct, frozen=True, kw_only=True):
    """Sum of all my homes owe, whatever page is shown.

    `count`: Number of owed bills.
    `amount_fen`: Sum of owed bills, in fen.
    """

    count: int
    amount_fen: int


class MyBills(Struct, kw_only=True):
    """One page of bills, and what is owed beyond the page.

    `items`: Bills of this page, the latest period first.
    `next_cursor`: Send it as `cursor` for the next page; null on the last page.
    `owed`: Everything my homes owe, whatever the page holds.
    """

    items: list[BillView]
    next_cursor: str | None
    owed: OwedBills
