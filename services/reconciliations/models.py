"""Reconciliations: what is kept and seen of a merchant account's day."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ShortListQuery
from services.kernel.types import Id, Reason
from services.merchants.models import AccountId, Mchid
from services.reconciliations.entries import MovementKind
from services.reconciliations.states import DayState

PersonId = Annotated[str, Meta(examples=["01j9zd5n8v6m3q2w4x7y0abcde"])]
# What a closed difference says of two sides.
Gap = tuple[MovementKind, int, int]
Because = Annotated[str, Meta(examples=["微信客服确认为重复出账,工单 8841"])]


class DaySums(Struct, kw_only=True, frozen=True):
    """What one side says of a day.

    `payments`: Number of payments.
    `paid_fen`: Sum of the payments, in fen.
    `refunds`: Number of refunds.
    `refunded_fen`: Sum of the refunds, in fen.
    """

    payments: int = 0
    paid_fen: int = 0
    refunds: int = 0
    refunded_fen: int = 0


class Flow(Struct, kw_only=True):
    """What moved in the merchant account, by the fund flow bill.

    `rows`: Number of movements.
    `opening_fen`: Balance before the first of them, in fen.
    `income_fen`: Sum of what came in, in fen.
    `expense_fen`: Sum of what went out, in fen.
    `closing_fen`: Balance after the last of them, in fen.
    `fees_fen`: WeChat's service fees among it, in fen; less what was given back of them.
    `withdrawn_fen`: Withdrawals to the bank among it, in fen.
    `other_fen`: Other movements among it, in fen; negative when more went out.
    """

    rows: int = 0
    opening_fen: int = 0
    income_fen: int = 0
    expense_fen: int = 0
    closing_fen: int = 0
    fees_fen: int = 0
    withdrawn_fen: int = 0
    other_fen: int = 0


class DaySource(Labelled):
    """What a day of an account is held against."""

    WECHAT = "wechat", "微信"
    BANK = "bank", "银行"
    CASH = "cash", "现金"
    CARDS = "cards", "刷卡机"


class Reconciliation(Struct, kw_only=True):
    """One Beijing day of one merchant account, of its bank account, or of its cash.

    `billed`, `told`, `booked`: the trade bill, our records, the journals. `others`: rows of
    other mini-programs in the same account. `flow`: None in partner mode, where the account is
    another's. `pending`: rows that are not over yet, or about which WeChat was not heard.
    `agrees`: the trade bill says what the books say. `waits_for`: WeChat's answer while it has
    no bill. `closed_by`: empty when it was closed by itself. `late_entries`, `late_fen`: what
    was entered for it after it was closed, and is not in its totals.
    """

    id: str = field(name="_id")  # account:mchid:day, or account:source:day
    account: str
    source: DaySource = DaySource.WECHAT
    mchid: Mchid = ""  # of WeChat's days alone
    day: Day
    state: DayState = DayState.WAITING
    billed: DaySums = DaySums()
    told: DaySums = DaySums()
    booked: DaySums = DaySums()
    others: DaySums = DaySums()
    flow: Flow | None = None
    pending: int = 0
    agrees: bool = False
    waits_for: str = ""
    checked_at: datetime
    closed_by: str = ""
    closed_because: str = ""
    closed_at: datetime | None = None
    late_entries: int = 0
    late_fen: int = 0

    @property
    def is_read(self) -> bool:
        """Tell whether WeChat's bills of the day were read."""
        return self.state is not DayState.WAITING


class DaySort(Labelled):
    NEWEST = "newest", "最近在前"
    OLDEST = "oldest", "最早在前"


class DaysQuery(ShortListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which days to list.

    `state`: How far they are; all without it.
    `source`: What they are held against; all without it.
    `account`: Key of the payee's merchant account; all of one's own without it.
    `late`: Whether something was entered for it after it was closed; anyhow without it.
    `day_from`: First day.
    `day_to`: Last day.
    `sort`: Order of the list.
    """

    state: DayState | None = None
    source: DaySource | None = None
    account: Id | None = None
    late: bool | None = None
    day_from: Day | None = None
    day_to: Day | None = None
    sort: DaySort = DaySort.NEWEST


class CloseDay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Close a day whose differences are all settled.

    `reason`: What was found out, in a sentence.
    """

    reason: Reason


class DayRow(Struct, kw_only=True):
    """Day of a merchant account.

    `reconciliation_id`: Opaque id of the day.
    `account`: Key of the payee's merchant account.
    `source`: What it is held against.
    `day`: The day, in Beijing.
    `state`: How far it is.
    `billed_paid_fen`: Payments of WeChat's or the bank's bill, or handed over, in fen.
    `billed_refunded_fen`: Refunds of WeChat's trade bill, or what left the bank, in fen.
    `booked_paid_fen`: Payments in our books, in fen.
    `booked_refunded_fen`: Refunds in our books, in fen.
    `pending`: Rows that are not over yet, or about which WeChat was not heard.
    `checked_at`: When it was last compared.
    `closed_at`: When it was closed; null before.
    `late_entries`: Movements that were entered for it after it was closed, so that it no longer
    agrees. Its totals lack them; they are compared on the days on which they were entered.
    `late_fen`: Their sum, in fen.
    """

    reconciliation_id: str
    account: AccountId
    source: DaySource
    day: Day
    state: DayState
    billed_paid_fen: int
    billed_refunded_fen: int
    booked_paid_fen: int
    booked_refunded_fen: int
    pending: int
    checked_at: datetime
    closed_at: datetime | None
    late_entries: int
    late_fen: int


class DayView(DayRow, kw_only=True):
    """Day of a merchant account with its totals.

    `mchid`: WeChat's number of the merchant; empty for other days.
    `billed`: What WeChat's trade bill or the bank's file says, or what was handed over.
    `told`: What notices and answers left in our records.
    `booked`: What our journals say.
    `others`: Trades of other mini-programs in the same account.
    `flow`: What WeChat's fund flow bill says, or what came for the slips of a card machine;
    null where there is none to be had.
    `open_differences`: Number of differences that are open.
    `settled_differences`: Number of differences that are settled.
    `waits_for`: What WeChat answers while it has no bill, `bank_file`, or `card_settlement`;
    empty otherwise.
    `closed_by`: Id of the person who closed it; empty before, and when it closed by itself.
    `closed_because`: What was found out; empty before, and when it closed by itself.
    """

    mchid: Mchid
    billed: DaySums
    told: DaySums
    booked: DaySums
    others: DaySums
    flow: Flow | None
    open_differences: int
    settled_differences: int
    waits_for: Annotated[str, Meta(examples=["STATEMENT_CREATING"])]
    closed_by: PersonId
    closed_because: Because


def day_id(account: str, mchid: str, day: str) -> str:
    """Name a day of a merchant account; a merchant replaced under its key has other days.

    `mchid`: the source, of a day that is not WeChat's.
    """
    return f"{account}:{mchid}:{day}"


def unexplained(one: DaySums, other: DaySums, explained: Iterable[Gap]) -> tuple[int, int]:
    """Return how far payments and refunds differ beyond `explained`, in fen."""
    paid, back = one.paid_fen - other.paid_fen, one.refunded_fen - other.refunded_fen
    for kind, mine, theirs in explained:
        paid -= mine - theirs if kind is MovementKind.PAYMENT else 0
        back -= mine - theirs if kind is MovementKind.REFUND else 0
    return paid, back
