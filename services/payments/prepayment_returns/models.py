"""Returns of prepaid money: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.fees.models import AccountKey, FeeKind
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.money import Fen, PaidFen
from services.kernel.pages import ListQuery
from services.kernel.types import Id
from services.kernel.vault import Sealed
from services.payments.models import PaymentWay
from services.payments.prepayment_returns.states import ReturnState
from services.payments.refund_requests.models import MOST_PHOTOS, RefundNumber, RefundReason

SIGNED_BY: Final = Sealed("prepayment_returns", "signed_by")
ReturnId = Annotated[str, Meta(examples=["01kt9a7c4m8q2v5x1z3b6d0e9m"])]
StaffId = Annotated[str, Meta(examples=["01kt9a7c4m8q2v5x1z3b6d0e9j"])]


class PrepaymentReturn(Struct, kw_only=True):
    """Request that prepaid money is given back, from its asking on.

    Nothing is reserved while it is asked for: bills are paid first. Once it is approved the
    money stands on the account `payable`, until it is handed out or the request refused.
    `back`, `voucher`, `signed_by_sealed`, `paid_out_by`: how it was handed out, and who signed
    for it. `photos`: what speaks for it; `proofs`: what was signed, or the transfer's slip.
    """

    id: str = field(name="_id")
    number: str
    prepayment: str
    home: str
    compound: str
    kind: FeeKind
    account: str
    payee_name: str
    amount_fen: Fen
    reason: str
    photos: list[str] = []
    state: ReturnState = ReturnState.ASKED
    asked_by: str
    asked_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_because: str = ""
    back: PaymentWay | None = None
    voucher: str = ""
    voucher_key: str = ""  # what it is compared by
    signed_by_sealed: str = ""
    proofs: list[str] = []
    paid_out_by: str = ""
    finished_at: datetime | None = None


class AskReturn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Request that prepaid money is given back, once somebody else approves.

    `reason`: Why.
    `amount_fen`: How much, in fen; all that lies there without it.
    `photo_ids`: Photos of what speaks for it (purpose `charge`).
    """

    reason: RefundReason
    amount_fen: PaidFen | None = None
    photo_ids: Annotated[list[Id], Meta(max_length=MOST_PHOTOS, examples=[[]])] = []


class ReturnSort(Labelled):
    NEWEST = "newest", "最新申请的在前"
    OLDEST = "oldest", "最早申请的在前"


class ReturnsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which returns of prepaid money to list.

    `state`: How far they are; all without it.
    `account`: Key of the payee's merchant account; all without it.
    `asked_from`: First day on which they were asked for.
    `asked_to`: Last day on which they were asked for.
    `sort`: Order of the list.
    """

    state: ReturnState | None = None
    account: AccountKey | None = None
    asked_from: Day | None = None
    asked_to: Day | None = None
    sort: ReturnSort = ReturnSort.NEWEST


class ReturnView(Struct, kw_only=True):
    """Request that prepaid money is given back.

    `return_id`: Opaque id of the return.
    `number`: Number of the return, which people have and which never changes.
    `prepayment_id`: Opaque id of the prepayment.
    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `kind`: Fee that the money was for.
    `account`: Key of the payee's merchant account.
    `payee_name`: Who gives the money back.
    `amount_fen`: How much is given back, in fen.
    `reason`: Why.
    `photo_ids`: Photos of what speaks for it.
    `state`: How far it is.
    `asked_by`: Id of who asked for it.
    `asked_at`: When it was asked for.
    `decided_by`: Id of who decided; empty before.
    `decided_at`: When it was decided; null before.
    `decided_because`: Why it was decided so; empty before.
    `back`: Way in which it was given back; null before.
    `voucher`: Number of the transfer by which it was given back; empty for cash.
    `signed_by`: Who signed for it, masked; empty where nobody did.
    `proof_ids`: Photos of what was signed, or of the slip of the transfer.
    `paid_out_by`: Id of who handed it out; empty before.
    `finished_at`: When it was handed out; null before.
    """

    return_id: ReturnId
    number: RefundNumber
    prepayment_id: Annotated[str, Meta(examples=["1v5n8q2t4w6y9b3d7f0h2k5m8p"])]
    home: str
    address: str
    kind: FeeKind
    account: str
    payee_name: str
    amount_fen: Annotated[int, Meta(examples=[15_354])]
    reason: RefundReason
    photo_ids: list[str]
    state: ReturnState
    asked_by: StaffId
    asked_at: datetime
    decided_by: Annotated[str, Meta(examples=[""])]
    decided_at: datetime | None
    decided_because: Annotated[str, Meta(examples=[""])]
    back: PaymentWay | None
    voucher: Annotated[str, Meta(examples=[""])]
    signed_by: Annotated[str, Meta(examples=["李*"])]
    proof_ids: list[str]
    paid_out_by: Annotated[str, Meta(examples=[""])]
    finished_at: datetime | None
