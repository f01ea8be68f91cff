"""Payment links: what is kept, sent and seen."""

from datetime import datetime, timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.money import PaidFen
from services.kernel.types import Id, Secret
from services.kernel.vault import Sealed, Vault
from services.payments.links.states import LinkState
from services.payments.models import MAX_BILLS

LINK_LIFE: Final = timedelta(days=7)
KEPT_AFTERWARDS: Final = timedelta(days=30)
TOKEN_BYTES: Final = 16  # 128 random bits: 22 characters of base64url, which a code can hold
TOKEN: Final = Sealed("payment_links", "token")


class PaymentLink(Struct, kw_only=True):
    """Bills that somebody asks another person to pay.

    The token is found by a keyed fingerprint and kept sealed, so that its code can be drawn
    again, but by nobody who has the database alone.
    """

    id: str = field(name="_id")
    person: str
    token_index: str
    token_sealed: str
    place: str  # the home, or the smallest place that holds all the homes
    bill_ids: list[str]
    payee_name: str
    state: LinkState = LinkState.OPEN
    created_at: datetime
    expires_at: datetime
    forget_at: datetime


def token_index(vault: Vault, token: str) -> str:
    """Keyed fingerprint of a token, by which it is found."""
    return vault.blind(token, purpose="payment-link")


# What clients send and see


class AskToPay(Struct, forbid_unknown_fields=True, kw_only=True):
    """Bills that somebody else is asked to pay.

    `bill_ids`: Ids of the bills, all of one payee and one fee.
    """

    bill_ids: Annotated[list[Id], Meta(min_length=1, max_length=MAX_BILLS)]


class NewPaymentLink(Struct, kw_only=True):
    """Link that was made. Whoever has the token sees what is owed, and may pay it.

    `link_id`: Opaque id of the link.
    `token`: Secret that opens the link; shown this once.
    `page`: Page of the mini-program with the token, to send to somebody in WeChat.
    `expires_at`: When the link opens nothing any more.
    """

    link_id: str
    token: Annotated[str, Meta(examples=["Qm9vdHN0cmFwTGluazEyMw"])]
    page: Annotated[str, Meta(examples=["pages/pay/pay?token=Qm9vdHN0cmFwTGluazEyMw"])]
    expires_at: datetime


class PaymentLinkView(Struct, kw_only=True):
    """Link of mine.

    `link_id`: Opaque id of the link.
    `bill_ids`: Ids of the bills.
    `payee_name`: Who receives the money.
    `state`: Whether the link was withdrawn.
    `created_at`: When the link was made.
    `expires_at`: When the link opens nothing any more.
    """

    link_id: str
    bill_ids: list[str]
    payee_name: str
    state: LinkState
    created_at: datetime
    expires_at: datetime


class OpenLink(Struct, forbid_unknown_fields=True, kw_only=True):
    """Link to look at.

    `token`: Secret of the link.
    """

    token: Secret


class PayLink(Struct, forbid_unknown_fields=True, kw_only=True):
    """What to pay by a link.

    `token`: Secret of the link.
    `amount_fen`: What to pay, in fen, the oldest bill first; all that is owed without it.
    """

    token: Secret
    amount_fen: PaidFen | None = None


class LinkedBill(Struct, kw_only=True):
    """Bill as who was asked to pay it sees it: neither home nor people.

    `title`: Title in Chinese with month and fee, e.g. 2026年11月物业费.
    `owed_fen`: What is owed of it, in fen.
    """

    title: str
    owed_fen: int


class LinkedBills(Struct, kw_only=True):
    """What is owed of the bills of a link.

    `payee_name`: Who receives the money.
    `bills`: The bills that are owed, the oldest first.
    `owed_fen`: Their sum, in fen; 0 once all are paid.
    `expires_at`: When the link opens nothing any more.
    """

    payee_name: str
    bills: list[LinkedBill]
    owed_fen: int
    expires_at: datetime
