"""Instalment agreements (分期约定): what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.instalments.states import InstalmentsState
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.money import PaidFen
from services.kernel.pages import ListQuery
from services.kernel.types import Id, Reason
from services.photos.models import PhotoUrl

FEWEST_PARTS: Final = 2
MOST_PARTS: Final = 24
MOST_BILLS: Final = 60
MOST_PHOTOS: Final = 6
GraceDays = Annotated[int, Meta(ge=0, le=60, examples=[7])]


class InstalmentPart(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Part of what is owed, and until when it is paid.

    `due_on`: Last day to pay it.
    `amount_fen`: How much, in fen.
    """

    due_on: Day
    amount_fen: PaidFen


class Instalments(Struct, kw_only=True):
    """Agreement about what one household owes one payee. Nothing of it but its state changes.

    Money is paid for the bills, as any: what of the parts is paid is computed from what they
    owe, so that there is no second book. `bills`: the oldest first. `amount_fen`: what they
    owed. `liable_on`: of the first of them: whose owners owe it. `agreed_as`: row of the
    register of who agreed in the app; "" on paper. `broken_by`: due day of the part that was
    not paid.
    """

    id: str = field(name="_id")
    home: str
    liable_on: Day
    account: str
    payee_name: str
    bills: list[str]
    amount_fen: int
    parts: list[InstalmentPart]
    grace_days: int
    stops_late_charges: bool
    photos: list[str] = []
    state: InstalmentsState = InstalmentsState.OFFERED
    offered_by: str
    offered_at: datetime
    agreed_as: str = ""
    agreed_at: datetime | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_because: str = ""
    ended_at: datetime | None = None
    broken_by: Day | None = None


class OfferInstalments(Struct, forbid_unknown_fields=True, kw_only=True):
    """Parts in which a household may pay what it owes.

    `bill_ids`: Bills of the home that are owed to one payee by one household.
    `parts`: Parts that come to what is owed of them, the earliest first.
    `grace_days`: How many days after its last day a part may still be paid.
    `stops_late_charges`: Whether no late charge is counted while it is kept.
    `photo_ids`: Photos of the signed paper (purpose `charge`); without any the debtor agrees in
        the mini-program.
    """

    bill_ids: Annotated[list[Id], Meta(min_length=1, max_length=MOST_BILLS)]
    parts: Annotated[list[InstalmentPart], Meta(min_length=FEWEST_PARTS, max_length=MOST_PARTS)]
    grace_days: GraceDays
    stops_late_charges: bool
    photo_ids: Annotated[list[Id], Meta(max_length=MOST_PHOTOS)] = []


class AnswerInstalments(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answer of who owes it.

    `agree`: Whether they agree.
    """

    agree: bool


class DecideInstalments(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Decision about an agreement.

    `approve`: Whether it holds; otherwise it is refused, or taken back by who offered it.
    `reason`: Why.
    """

    approve: bool
    reason: Reason


class InstalmentsSort(Labelled):
    NEWEST = "newest", "最新提出的在前"
    HOME = "home", "按房屋"


class InstalmentsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which agreements to list.

    `state`: How far they are; all without it.
    `sort`: Order of the list.
    """

    state: InstalmentsState | None = None
    sort: InstalmentsSort = InstalmentsSort.NEWEST


class InstalmentPartView(Struct, kw_only=True):
    """Part of an agreement.

    `due_on`: Last day to pay it.
    `amount_fen`: How much, in fen.
    `owed_fen`: What of it is left to pay, in fen.
    `overdue`: Whether its last day is over and something of it is left.
    """

    due_on: Day
    amount_fen: int
    owed_fen: int
    overdue: bool


class InstalmentsView(Struct, kw_only=True):
    """Agreement about what a household owes, in parts.

    `instalments_id`: Opaque id of the agreement.
    `place`: Path of the home.
    `address`: Address of the home, as people say it.
    `payee_name`: Who receives the money.
    `bill_ids`: Bills that it is about, the oldest first; paying them pays its parts.
    `amount_fen`: What was owed, in fen.
    `paid_fen`: What of it is paid by now, in fen.
    `parts`: Its parts, the earliest first.
    `next_due_on`: Last day of the next part that is not paid; null for none.
    `grace_days`: How many days after its last day a part may still be paid.
    `stops_late_charges`: Whether no late charge is counted while it is kept.
    `on_paper`: Whether it was agreed on paper.
    `photos`: Addresses of the photos of the paper.
    `state`: How far it is.
    `offered_at`: When it was offered.
    `agreed_at`: When it was agreed; null before.
    `decided_at`: When it was decided; null before.
    `decided_because`: Why it was decided so; empty before.
    `ended_at`: When it was paid off, broken, or lapsed; null before.
    """

    instalments_id: str
    place: str
    address: str
    payee_name: str
    bill_ids: list[str]
    amount_fen: int
    paid_fen: int
    parts: list[InstalmentPartView]
    next_due_on: Annotated[Day | None, Meta(examples=["2026-12-31"])]
    grace_days: GraceDays
    stops_late_charges: bool
    on_paper: bool
    photos: list[PhotoUrl]
    state: InstalmentsState
    offered_at: datetime
    agreed_at: datetime | None
    decided_at: datetime | None
    decided_because: Annotated[str, Meta(examples=[""])]
    ended_at: datetime | None


class MyInstalments(Struct, kw_only=True):
    """Agreements about what my household owes.

    `items`: All of them, the latest first.
    """

    items: list[InstalmentsView]
