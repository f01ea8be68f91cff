"""Deliveries of cash: what somebody took at doors and counters, and handed over."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.counter_payments.deliveries.states import DeliveryState
from services.counter_payments.models import TakerId
from services.fees.models import AccountKey
from services.kernel.labels import Labelled
from services.kernel.money import Fen
from services.kernel.pages import ShortListQuery
from services.kernel.types import Reason


class Delivery(Struct, kw_only=True):
    """Cash of one payee that one person hands to another, counted by both.

    `booked_fen`: what was booked as taken by them and not handed over when they counted.
    """

    id: str = field(name="_id")
    compound: str
    account: str
    payee_name: str
    given_by: str
    given_at: datetime
    booked_fen: Fen
    counted_fen: Fen
    note: str = ""
    state: DeliveryState = DeliveryState.OFFERED
    open: bool = True
    taken_by: str = ""
    taken_at: datetime | None = None


class OfferCash(Struct, forbid_unknown_fields=True, kw_only=True):
    """Cash to hand over.

    `account`: Key of the payee's merchant account, whose money it is.
    `counted_fen`: What was counted, in fen.
    `note`: Why it is less or more than was booked, where it is.
    """

    account: AccountKey
    counted_fen: Fen
    note: Reason | None = None


class TakeCash(Struct, forbid_unknown_fields=True, kw_only=True):
    """Cash that was taken over.

    `counted_fen`: What was counted by who takes it, in fen.
    """

    counted_fen: Fen


class DeliverySort(Labelled):
    NEWEST = "newest", "最新交接的在前"
    OLDEST = "oldest", "最早交接的在前"


class DeliveriesQuery(ShortListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which deliveries of cash to list.

    `state`: How far they are; all of them without it.
    `account`: Key of the payee's merchant account; all without it.
    `sort`: Order of the list.
    """

    state: DeliveryState | None = None
    account: AccountKey | None = None
    sort: DeliverySort = DeliverySort.NEWEST


Note = Annotated[Reason, Meta(examples=["少 10 元,已找零"])]


class DeliveryView(Struct, kw_only=True):
    """Delivery of cash.

    `delivery_id`: Opaque id of the delivery.
    `account`: Key of the payee's merchant account.
    `payee_name`: Whose money it is.
    `given_by`: Id of who hands it over.
    `given_at`: When they counted it.
    `booked_fen`: What was booked as taken by them until then, in fen.
    `counted_fen`: What they counted, in fen.
    `difference_fen`: Counted less booked, in fen: below 0 for a shortage.
    `note`: What they say about a difference; null for nothing.
    `state`: How far it is.
    `taken_by`: Id of who took it over; null before.
    `taken_at`: When it was taken over; null before.
    """

    delivery_id: str
    account: str
    payee_name: str
    given_by: TakerId
    given_at: datetime
    booked_fen: int
    counted_fen: int
    difference_fen: int
    note: Note | None
    state: DeliveryState
    taken_by: TakerId | None
    taken_at: datetime | None


class CashInHand(Struct, kw_only=True):
    """Cash of a payee that I took and have not handed over.

    `account`: Key of the payee's merchant account.
    `payee_name`: Whose money it is.
    `amount_fen`: What was booked as taken by me, in fen.
    """

    account: str
    payee_name: str
    amount_fen: int


class MyCash(Struct, kw_only=True):
    """Cash that I took and have not handed over, by payee.

    `items`: One for each payee whose money I hold.
    """

    items: list[CashInHand]
