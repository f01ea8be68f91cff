"""Deposits (押金): money kept for a home and given back; what is kept, sent and seen of it."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field
from msgspec.structs import force_setattr

from services.counter_payments.models import CounterWay, Voucher
from services.counter_payments.refunds.models import PayoutWay
from services.deposits.states import DepositState
from services.fees.models import PayeeId
from services.kernel import vouchers
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.money import Fen, PaidFen
from services.kernel.pages import ListQuery
from services.kernel.types import LINE, Id, Reason, Remark
from services.kernel.vault import Sealed
from services.photos.models import PhotoUrl

MOST_PHOTOS: Final = 6
PAYER: Final = Sealed("deposits", "payer")
SIGNED_BY: Final = Sealed("deposits", "signed_by")

PayerName = Annotated[str, Meta(min_length=1, max_length=40, pattern=LINE, examples=["李娜"])]
Photos = Annotated[list[Id], Meta(max_length=MOST_PHOTOS)]


class DepositKind(Labelled):
    """What a deposit is kept for."""

    RENOVATION = "renovation", "装修押金"
    KEYS = "keys", "钥匙和门禁卡押金"
    RENT = "rent", "公共场地使用押金"
    OTHER = "other", "其他押金"


class Deposit(Struct, kw_only=True):
    """Money that is kept for a home from a named person until it is given back.

    `id`: a digest of account, way and voucher, so that a voucher is booked once.
    `deduct_fen`, `deducted_because`: what is not given back, and why; `photos`: the documents
    of that. `back`, `back_voucher`, `signed_by_sealed`, `proofs`: how the rest was given back.
    `objections`: what the payer says against deductions, once of each; `objected_at`: when they
    said it of the one that was asked for last; `objecting`: nobody has answered that yet.
    `reviewed_by`, `reviewed_at`, `reviewed_because`: who took the last approval back, or
    answered an objection to it. `reversals`: how often a deduction of all of it was taken back.
    """

    id: str = field(name="_id")
    compound: str
    home: str
    kind: DepositKind
    why: str
    payer_sealed: str
    payee: str
    account: str
    payee_name: str
    way: CounterWay
    voucher: str
    amount_fen: Fen
    paid_at: datetime
    taken_by: str
    taken_at: datetime
    state: DepositState = DepositState.KEPT
    deduct_fen: int = 0
    deducted_because: str = ""
    photos: list[str] = []
    asked_by: str = ""
    asked_at: datetime | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_because: str = ""
    objections: list[str] = []
    objected_at: datetime | None = None
    objecting: bool = False
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    reviewed_because: str = ""
    reversals: int = 0
    back: PayoutWay | None = None
    back_voucher: str = ""
    back_voucher_key: str = ""
    signed_by_sealed: str = ""
    proofs: list[str] = []
    paid_out_by: str = ""
    returned_at: datetime | None = None
    voucher_key: str = ""  # what the number of the slip is compared by

    def __post_init__(self) -> None:
        self.voucher_key = vouchers.key(self.voucher)

    @property
    def back_fen(self) -> int:
        """What is given back, in fen."""
        return self.amount_fen - self.deduct_fen

    @property
    def ended_at(self) -> datetime | None:
        """When it was given back, or all of it was deducted; None while it is kept."""
        is_deducted = self.state is DepositState.DEDUCTED
        return self.decided_at if is_deducted else self.returned_at


class TakeDeposit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Deposit that somebody pays at the counter.

    `kind`: What it is kept for.
    `why`: What it is for in this case, and when it is given back.
    `payer_name`: Name of who pays it, and gets it back.
    `payee_id`: Payee of the home that keeps it.
    `amount_fen`: What is paid, in fen.
    `way`: Way in which the money came.
    `voucher`: Number of the slip, of the transfer, or of the card machine's voucher.
    `paid_on`: Day of the transfer, in the last month; today without it.
    """

    kind: DepositKind
    why: Reason
    payer_name: PayerName
    payee_id: PayeeId
    amount_fen: PaidFen
    way: CounterWay
    voucher: Voucher
    paid_on: Day | None = None

    def __post_init__(self) -> None:
        force_setattr(self, "voucher", vouchers.plain(self.voucher))


class AskDepositReturn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Return of a deposit to ask for: in full, or less a deduction with its document.

    `deduct_fen`: What is not given back, in fen; at most all of it.
    `deducted_because`: Why; needed for a deduction.
    `photo_ids`: Photos of the documents (purpose `charge`); one at least for a deduction.
    """

    deduct_fen: Fen = 0
    deducted_because: Reason | None = None
    photo_ids: Photos = []


class DecideDepositReturn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Decision about the return of a deposit.

    `approve`: Whether it is given back, or deducted, as was asked; otherwise it stays.
    `reason`: Why.
    """

    approve: bool
    reason: Reason


class ObjectToDeduction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Objection of who paid a deposit to what is deducted.

    `note`: What they say, in their own words.
    """

    note: Remark


class ReviewDepositReturn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Review of a decision that was made about the return of a deposit.

    `take_back`: Whether the approval is taken back, so that the return is asked for anew;
    otherwise the payer's objection is answered, and the decision stays.
    `reason`: Why, for the payer to read.
    """

    take_back: bool
    reason: Reason


class DepositSort(Labelled):
    LONGEST = "longest", "押得最久的在前"
    NEWEST = "newest", "最新收取的在前"


class DepositsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which deposits to list.

    `state`: How far they are; all without it.
    `kind`: What they are kept for; all without it.
    `objecting`: Those whose payer waits for an answer to an objection; all without it.
    `sort`: Order of the list.
    """

    state: DepositState | None = None
    kind: DepositKind | None = None
    objecting: bool | None = None
    sort: DepositSort = DepositSort.LONGEST


class MyDeposits(Struct, kw_only=True):
    """Deposits of my homes.

    `items`: The latest first.
    """

    items: list["DepositView"]


class DepositView(Struct, kw_only=True):
    """Deposit that is or was kept.

    `deposit_id`: Opaque id of the deposit.
    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `kind`: What it is kept for.
    `why`: What it is for in this case.
    `payer_masked`: Who paid it, masked.
    `account`: Key of the payee's merchant account.
    `payee_name`: Who keeps it.
    `way`: Way in which the money came.
    `voucher`: Number of the slip, of the transfer, or of the card machine's voucher.
    `amount_fen`: What was paid, in fen.
    `amount_capital`: The same in capitals, for the paper that the payer gets: 押金, no income.
    `paid_at`: When the money was paid.
    `days_kept`: Days since then, until it was given back or all of it was deducted.
    `state`: How far it is.
    `deduct_fen`: What is not given back, in fen.
    `deducted_because`: Why; empty for no deduction.
    `photos`: Addresses of the photos of its documents.
    `decided_because`: Why its return was decided so; empty before.
    `objection`: What the payer says against deductions; empty for nothing.
    `objecting`: Whether somebody has to answer that.
    `reviewed_because`: Why the approval was taken back, or stays in spite of an objection;
    empty for neither.
    `back_fen`: What is or was given back, in fen; null before it is asked for.
    `returned_at`: When it was given back; null before.
    `signed_by`: Who signed for cash that was given back, masked; empty where nobody did.
    """

    deposit_id: str
    home: str
    address: str
    kind: DepositKind
    why: Annotated[str, Meta(examples=["502装修,验收后退还"])]
    payer_masked: Annotated[str, Meta(examples=["李*"])]
    account: str
    payee_name: str
    way: CounterWay
    voucher: Voucher
    amount_fen: int
    amount_capital: Annotated[str, Meta(examples=["贰仟元整"])]
    paid_at: datetime
    days_kept: int
    state: DepositState
    deduct_fen: int
    deducted_because: Annotated[str, Meta(examples=[""])]
    photos: list[PhotoUrl]
    decided_because: Annotated[str, Meta(examples=[""])]
    objection: Annotated[str, Meta(examples=[""])]
    objecting: bool
    reviewed_because: Annotated[str, Meta(examples=[""])]
    back_fen: int | None
    returned_at: datetime | None
    signed_by: Annotated[str, Meta(examples=["李*"])]
