"""Counter payments: money that somebody took at the counter or at a door, or found in the bank.

It is booked with what it says: whoever pays sees it in their bills at once, and is told.
"""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.fees.models import AccountKey, BillKind, FeeKind
from services.kernel import vouchers
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.money import Fen, PaidFen
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import LINE, Id
from services.payments.advances.models import MonthsAhead
from services.payments.models import Line, PaymentWay, ReceiptLine

MAX_BILLS: Final = 50
# A number is used once for each payee and way: a second slip with it is the same slip.
Voucher = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=40,
        pattern=LINE,
        description="Number of the slip, the transfer or the card machine's voucher.",
        examples=["A-000123"],
    ),
]


TakerId = Annotated[Id, Meta(examples=["01kt9a7c4m8q2v5x1z3b6d0e9j"])]


class CounterWay(Labelled):
    """Way in which money came that WeChat knows nothing of."""

    CASH = PaymentWay.CASH.value, PaymentWay.CASH.label
    TRANSFER = PaymentWay.TRANSFER.value, PaymentWay.TRANSFER.label
    POS = PaymentWay.POS.value, PaymentWay.POS.label


class CounterPayment(Struct, kw_only=True):
    """Money that was taken, booked in the transaction that writes this; never changed.

    `id`: a digest of account, way and voucher, so that a voucher is booked once; `voucher_key`:
    what it is compared by.
    """

    id: str = field(name="_id")
    compound: str
    place: str  # the smallest that holds all homes
    way: CounterWay
    voucher: str
    payee: str
    account: str
    payee_name: str
    lines: list[Line]
    bill_ids: list[str]  # or the prepayment
    amount_fen: Fen
    paid_at: datetime
    taken_by: str
    taken_at: datetime
    voucher_key: str = ""

    def __post_init__(self) -> None:
        self.voucher_key = vouchers.key(self.voucher)


class Taken(Struct, forbid_unknown_fields=True, kw_only=True):
    """Money that somebody pays without WeChat.

    `way`: Way in which the money came.
    `voucher`: Number of the slip, of the transfer, or of the card machine's voucher.
    `amount_fen`: What was paid, in fen, the oldest bill first; all that is owed without it.
    `paid_on`: Day of the transfer, in the last month; today without it.
    """

    way: CounterWay
    voucher: Voucher
    amount_fen: PaidFen | None = None
    paid_on: Day | None = None

    def __post_init__(self) -> None:
        self.voucher = vouchers.plain(self.voucher)


class TakePayment(Taken, forbid_unknown_fields=True, kw_only=True):
    """Money that somebody pays without WeChat.

    `bill_ids`: Ids of the bills, all of one payee and one fee.
    """

    bill_ids: Annotated[list[Id], Meta(min_length=1, max_length=MAX_BILLS)]


class TakeAhead(Taken, forbid_unknown_fields=True, kw_only=True):
    """Money that somebody pays for bills of a home to come, without WeChat.

    `home`: Path of the home.
    `kind`: Fee that it pays.
    `months`: Number of months, at today's price; this or `amount_fen`.
    """

    home: PlacePath
    kind: FeeKind
    months: MonthsAhead | None = None


class CounterPaymentSort(Labelled):
    NEWEST = "newest", "最新登记的在前"
    OLDEST = "oldest", "最早登记的在前"


class CounterPaymentsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which counter payments to list.

    `way`: Way in which the money came; all of them without it.
    `account`: Key of the payee's merchant account; all without it.
    `taken_by`: Id of who took the money; anybody without it.
    `taken_from`: First day on which it was booked.
    `taken_to`: Last day on which it was booked.
    `sort`: Order of the list.
    """

    way: CounterWay | None = None
    account: AccountKey | None = None
    taken_by: TakerId | None = None
    taken_from: Day | None = None
    taken_to: Day | None = None
    sort: CounterPaymentSort = CounterPaymentSort.NEWEST


class CounterPaymentView(Struct, kw_only=True):
    """Counter payment in a list.

    `payment_id`: Opaque id of the counter payment.
    `place`: Path of the home that was paid for, or of what holds them all.
    `address`: Address of that place, as people say it.
    `way`: Way in which the money came.
    `voucher`: Number of the slip, of the transfer, or of the card machine's voucher.
    `account`: Key of the payee's merchant account.
    `payee_name`: Who received the money.
    `amount_fen`: What was paid, in fen.
    `bills`: Number of the bills that it paid, in all or in part; 0 for money in advance.
    `paid_at`: When the money was paid.
    `taken_by`: Id of who booked it.
    `taken_at`: When it was booked.
    """

    payment_id: str
    place: str
    address: str
    way: CounterWay
    voucher: Voucher
    account: str
    payee_name: str
    amount_fen: int
    bills: int
    paid_at: datetime
    taken_by: TakerId
    taken_at: datetime


class CounterPaymentDetails(CounterPaymentView, kw_only=True):
    """Counter payment whole, with its receipt.

    `receipt_number`: Number of its receipt: day of payment, then ten letters and digits.
    `lines`: What was paid of which bill.
    """

    receipt_number: Annotated[str, Meta(examples=["20261123-4T9K2MXA7Q"])]
    lines: list[ReceiptLine]


class PayableBill(Struct, kw_only=True):
    """Bill that money can be taken for.

    `bill_id`: Opaque id of the bill.
    `title`: Title in Chinese with month and fee, e.g. 2026年11月物业费.
    `kind`: Fee that is billed.
    `account`: Key of the payee's merchant account; bills of one payee and fee go together.
    `payee_name`: Who receives the money.
    `owed_fen`: What is left to pay, in fen.
    `due_on`: Last day to pay in time.
    `overdue`: Whether that day has passed.
    """

    bill_id: str
    title: str
    kind: BillKind
    account: str
    payee_name: str
    owed_fen: int
    due_on: Day | None
    overdue: bool


class PayableBills(Struct, kw_only=True):
    """Bills of a home that money can be taken for.

    `items`: The bills, the oldest first.
    `owed_fen`: Sum of what is left to pay, in fen.
    """

    items: list[PayableBill]
    owed_fen: int
