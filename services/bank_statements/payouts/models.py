"""Payouts by transfer: what is read, and shown, of money that left a payee's bank account."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from services.kernel.days import Day
from services.kernel.errors import Forbidden
from services.kernel.labels import Labelled
from services.kernel.types import Id


class PayoutKind(Labelled):
    """What money was given back."""

    REFUND = "refund", "退款"
    PREPAYMENT = "prepayment", "退还预存款"
    DEPOSIT = "deposit", "退还押金"


class Payout(Struct, frozen=True, kw_only=True):
    """Money that was given back by transfer, as its journal and its document have it.

    `id`: of the journal. `told_fen`: what the document says; None where it says nothing of a
    transfer with this voucher.
    """

    id: str
    kind: PayoutKind
    account: str
    voucher: str
    amount_fen: int
    told_fen: int | None
    at: datetime
    place: str
    homes: list[str]
    paid_out_by: str


class OwnPayout(Forbidden):
    """The money was handed out by who says which row of the bank's it is, or why none is."""

    code = "own_payout"


class PayoutCandidateView(Struct, kw_only=True):
    """Payout that a row of money that left may be.

    `payout_id`: Opaque id of the payout.
    `kind`: What was given back.
    `voucher`: Number of the transfer as it was entered.
    `day`: Day on which it was entered.
    `amount_fen`: How much, in fen.
    `address`: Whose it was, as people say the address.
    """

    payout_id: Annotated[str, Meta(examples=["counter-refund:01kt9a7c4m8q2v5x1z3b6d0e9k"])]
    kind: PayoutKind
    voucher: Annotated[str, Meta(examples=["T-20260302-01"])]
    day: Day
    amount_fen: int
    address: Annotated[str, Meta(examples=["新城花园3栋2单元501室"])]


class ConfirmPayout(Struct, forbid_unknown_fields=True, kw_only=True):
    """Payout that a row of money that left is.

    `payout_id`: Id of the payout, as the row's candidates show it.
    """

    payout_id: Id
