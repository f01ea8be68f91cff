"""Refunds at the counter: how money is given back that came without WeChat."""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from services.counter_payments.models import Voucher
from services.kernel import vouchers
from services.kernel.labels import Labelled
from services.kernel.types import LINE, Id
from services.payments.models import PaymentWay
from services.payments.refund_requests.models import MOST_PHOTOS

Signature = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=40,
        pattern=LINE,
        description="Name of who got the money, as it is signed.",
        examples=["李娜"],
    ),
]


class PayoutWay(Labelled):
    """Way in which money is given back: a card machine's goes back by one of these, too."""

    CASH = PaymentWay.CASH.value, PaymentWay.CASH.label
    TRANSFER = PaymentWay.TRANSFER.value, PaymentWay.TRANSFER.label


class PayOut(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Money that was given back at the counter, for an approved request.

    `way`: Way in which it was given back; cash comes out of the actor's own drawer.
    `voucher`: Number of the transfer; of a transfer only.
    `signed_by`: Who got the cash, as they signed; of cash only.
    `photo_ids`: Photos of the signed slip, or of that of the transfer (purpose `charge`); cash
    has one at least.
    """

    way: PayoutWay
    voucher: Voucher | None = None
    signed_by: Signature | None = None
    photo_ids: Annotated[list[Id], Meta(max_length=MOST_PHOTOS, examples=[["7m2q…"]])] = []

    def __post_init__(self) -> None:
        if self.voucher is not None:
            force_setattr(self, "voucher", vouchers.plain(self.voucher))
