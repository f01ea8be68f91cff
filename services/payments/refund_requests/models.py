"""Requests of refunds: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.fees.models import AccountKey, BillKind
from services.kernel.days import Day, Month
from services.kernel.labels import Labelled
from services.kernel.money import Fen, PaidFen
from services.kernel.pages import ListQuery
from services.kernel.types import LINE, Id, Reason
from services.kernel.vault import Sealed
from services.payments.models import MAX_BILLS, Line, PaymentWay
from services.payments.refund_requests.states import RefundRequestState

MOST_PHOTOS: Final = 3
SIGNED_BY: Final = Sealed("refund_requests", "signed_by")
RefundNumber = Annotated[str, Meta(examples=["20261123-4T9K2MXA7Q"])]
RequestId = Annotated[str, Meta(examples=["01kt9a7c4m8q2v5x1z3b6d0e9k"])]
# As WeChat shows it to the payer: 80 characters at most.
RefundReason = Annotated[
    str, Meta(min_length=1, max_length=80, pattern=LINE, examples=["多缴一个月"])
]


class Refundable(Struct, frozen=True, kw_only=True):
    """Payment of which money may go back, in whatever way it came.

    `journal`: by which it is booked. `lines`: what it paid of bills, as its receipt says, and
    not what it paid in advance. `person`: who paid, where they are known to the product; else
    "".
    """

    payment: str
    way: PaymentWay
    journal: str
    account: str
    payee_name: str
    person: str
    place: str
    lines: list[Line]
    paid_at: datetime


class RefundRequest(Struct, kw_only=True):
    """Request that money of a payment goes back, from its asking on.

    `lines`: what goes back of each bill; reserved since it was asked for. `journal`: that of
    the payment. `refund`: id of the refund at WeChat; `back`, `voucher`, `signed_by_sealed`,
    `paid_out_by`: how the money was given back at the counter, and who signed for it.
    `photos`: what speaks for it; `proofs`: what was signed, or the slip of the transfer.
    """

    id: str = field(name="_id")
    number: str
    payment: str
    way: PaymentWay
    journal: str
    compound: str
    place: str
    account: str
    payee_name: str
    person: str
    lines: list[Line]
    amount_fen: Fen
    reason: str
    photos: list[str] = []
    state: RefundRequestState = RefundRequestState.ASKED
    asked_by: str
    asked_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_because: str = ""
    refund: str = ""
    back: PaymentWay | None = None
    voucher: str = ""
    voucher_key: str = ""  # what it is compared by
    signed_by_sealed: str = ""
    proofs: list[str] = []
    paid_out_by: str = ""
    finished_at: datetime | None = None


class Reserve(Struct, kw_only=True):
    """What of the bills of a payment is asked back, is on its way, or went back by request.

    `fen`: bill id → fen. `sent`: refunds that WeChat was asked for; `sent_at`: the latest one.
    `version`: 0 before it is kept.
    """

    id: str = field(name="_id")
    fen: dict[str, int] = {}
    sent: int = 0
    sent_at: datetime | None = None
    version: int = 0


class BillRefund(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes back of one bill.

    `bill_id`: Opaque id of the bill.
    `amount_fen`: How much, in fen; all that is left of the payment without it.
    """

    bill_id: Annotated[Id, Meta(examples=["4t9k2mxa7q4t9k2mxa7q4t9k2m"])]
    amount_fen: PaidFen | None = None


class AskRefund(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Request that money of a payment goes back, once somebody else approves.

    `reason`: Why, for the payer to read.
    `bills`: What goes back of which bills; without it all that is left of the payment.
    `photo_ids`: Photos of what speaks for it (purpose `charge`).
    """

    reason: RefundReason
    bills: (
        Annotated[
            list[BillRefund],
            Meta(min_length=1, max_length=MAX_BILLS, examples=[[{"bill_id": "4t9k…"}]]),
        ]
        | None
    ) = None
    photo_ids: Annotated[list[Id], Meta(max_length=MOST_PHOTOS, examples=[[]])] = []


class RefundDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Decision about a request that money goes back.

    `approve`: Whether it goes back.
    `reason`: Why.
    """

    approve: bool
    reason: Reason


class RefundRequestSort(Labelled):
    NEWEST = "newest", "最新申请的在前"
    OLDEST = "oldest", "最早申请的在前"


class RefundRequestsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which requests of refunds to list.

    `state`: How far they are; all without it.
    `way`: Way in which the money had come; all without it.
    `account`: Key of the payee's merchant account; all without it.
    `asked_from`: First day on which they were asked for.
    `asked_to`: Last day on which they were asked for.
    `sort`: Order of the list.
    """

    state: RefundRequestState | None = None
    way: PaymentWay | None = None
    account: AccountKey | None = None
    asked_from: Day | None = None
    asked_to: Day | None = None
    sort: RefundRequestSort = RefundRequestSort.NEWEST


class RefundLine(Struct, frozen=True, kw_only=True):
    """What goes back of one bill.

    `bill_id`: Opaque id of the bill.
    `home`: Path of the home.
    `kind`: What had been paid: a fee, or a repair.
    `period`: First month that had been paid.
    `amount_fen`: What goes back, in fen; the bill owes it again once it is back.
    """

    bill_id: Annotated[str, Meta(examples=["4t9k2mxa7q4t9k2mxa7q4t9k2m"])]
    home: str
    kind: BillKind
    period: Month
    amount_fen: Fen


class RefundRequestView(Struct, kw_only=True):
    """Request that money of a payment goes back.

    `request_id`: Opaque id of the request.
    `number`: Number of the refund, which people have and which never changes.
    `payment_id`: Opaque id of the payment.
    `way`: Way in which the money had come.
    `place`: Home of its bills, or the smallest place that holds all their homes.
    `address`: The same, as people say it.
    `account`: Key of the payee's merchant account.
    `payee_name`: Who gives the money back.
    `lines`: What goes back of which bills.
    `amount_fen`: Sum that goes back, in fen.
    `reason`: Why, as the payer reads it.
    `photo_ids`: Photos of what speaks for it.
    `state`: How far it is.
    `asked_by`: Id of who asked for it.
    `asked_at`: When it was asked for.
    `decided_by`: Id of who decided; empty before.
    `decided_at`: When it was decided; null before.
    `decided_because`: Why it was decided so; empty before.
    `refund_number`: Number of the refund at WeChat; empty before, and for other money.
    `back`: Way in which it was given back; null before.
    `voucher`: Number of the transfer by which it was given back; empty for other ways.
    `signed_by`: Who signed for it, masked; empty where nobody did.
    `proof_ids`: Photos of what was signed, or of the slip of the transfer.
    `paid_out_by`: Id of who gave it back at the counter; empty for none.
    `finished_at`: When it was back; null before.
    """

    request_id: RequestId
    number: RefundNumber
    payment_id: str
    way: PaymentWay
    place: str
    address: str
    account: str
    payee_name: str
    lines: list[RefundLine]
    amount_fen: int
    reason: RefundReason
    photo_ids: list[str]
    state: RefundRequestState
    asked_by: Annotated[str, Meta(examples=["01kt9a7c4m8q2v5x1z3b6d0e9j"])]
    asked_at: datetime
    decided_by: Annotated[str, Meta(examples=[""])]
    decided_at: datetime | None
    decided_because: Annotated[str, Meta(examples=[""])]
    refund_number: Annotated[str, Meta(examples=[""])]
    back: PaymentWay | None
    voucher: Annotated[str, Meta(examples=[""])]
    signed_by: Annotated[str, Meta(examples=["李*"])]
    proof_ids: list[str]
    paid_out_by: Annotated[str, Meta(examples=[""])]
    finished_at: datetime | None
