"""Differences of a day: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.documents import digest_id
from services.kernel.labels import Labelled
from services.kernel.pages import ShortListQuery
from services.kernel.permissions import Role
from services.kernel.types import Id, Opaque, Reason
from services.merchants.models import AccountId
from services.reconciliations.differences.states import DifferenceState
from services.reconciliations.entries import DifferenceKind, MovementKind
from services.reconciliations.models import Because, PersonId

Number = Annotated[str, Meta(examples=["4200002026202603021234567890"])]
OrderNumber = Annotated[str, Meta(examples=["01j9zd5n8v6m3q2w4x7y0abcde"])]


class Difference(Struct, kw_only=True):
    """What the sides say of one movement, where they do not agree. None: a side has nothing.

    `office`: whose work it is while nobody took it: the payee's cashier, where the payee is a
    firm, or whoever runs the city's system. `returned`: how often it was open again.
    """

    id: str = field(name="_id")  # a digest of the day, the entry and the reference
    reconciliation: str
    account: str
    day: Day
    kind: DifferenceKind
    entry: MovementKind
    reference: str
    order: str
    billed_fen: int | None = None
    told_fen: int | None = None
    booked_fen: int | None = None
    flowed_fen: int | None = None
    state: DifferenceState = DifferenceState.OPEN
    office: Role
    held_by: str = ""
    held_at: datetime | None = None
    returned: int = 0
    found_at: datetime
    settled_at: datetime | None = None
    closed_by: str = ""
    closed_because: str = ""

    @property
    def finding(self) -> tuple[object, ...]:
        """What was found: the same again is nothing new."""
        sides = (self.billed_fen, self.told_fen, self.booked_fen, self.flowed_fen)
        return (self.kind, self.order, *sides)


class DayDifferenceSort(Labelled):
    OLDEST = "oldest", "最早在前"
    NEWEST = "newest", "最近在前"


class DayDifferencesQuery(ShortListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which differences to list.

    `state`: How far they are; the open ones without it.
    `kind`: How the sides differ; anyhow without it.
    `account`: Key of the payee's merchant account; all of one's own without it.
    `reconciliation_id`: Opaque id of a day; all days without it.
    `day_from`: First day that they are of.
    `day_to`: Last day that they are of.
    `sort`: Order of the list.
    """

    state: DifferenceState | None = None
    kind: DifferenceKind | None = None
    account: Id | None = None
    reconciliation_id: Opaque | None = None
    day_from: Day | None = None
    day_to: Day | None = None
    sort: DayDifferenceSort = DayDifferenceSort.OLDEST


class CloseDifference(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Close a difference that was looked into.

    `reason`: What was found out, in a sentence.
    """

    reason: Reason


class DayDifferenceView(Struct, kw_only=True):
    """Difference of a day.

    `difference_id`: Opaque id of the difference.
    `reconciliation_id`: Opaque id of the day.
    `account`: Key of the payee's merchant account.
    `day`: Day that it is of, in Beijing.
    `entry`: What moved.
    `kind`: How the sides differ.
    `reference`: WeChat's or the bank's number of the payment or refund; of cash, who took it or
    the delivery.
    `order`: Number of the order, refund or counter payment, id of the payout, or id of who took
    cash; empty when no side tells it.
    `billed_fen`: What WeChat's trade bill says, in fen; null for nothing.
    `told_fen`: What notices and answers left in our records, in fen; null for nothing.
    `booked_fen`: What our journals say, in fen; null for nothing.
    `flowed_fen`: What WeChat's fund flow bill says, in fen; null for nothing.
    `state`: How far it is.
    `office`: Whose work it is while nobody has taken it.
    `held_by`: Id of the person who deals with it; empty for nobody yet.
    `found_at`: When it was found.
    `settled_at`: When it was settled; null before.
    `closed_by`: Id of the person who closed it; empty when nobody did.
    `closed_because`: What was found out; empty when nobody closed it.
    """

    difference_id: str
    reconciliation_id: str
    account: AccountId
    day: Day
    entry: MovementKind
    kind: DifferenceKind
    reference: Number
    order: OrderNumber
    billed_fen: int | None
    told_fen: int | None
    booked_fen: int | None
    flowed_fen: int | None
    state: DifferenceState
    office: Role
    held_by: PersonId
    found_at: datetime
    settled_at: datetime | None
    closed_by: PersonId
    closed_because: Because


def difference_id(reconciliation: str, entry: MovementKind, reference: str) -> str:
    """Name what differs about a movement: one row, however often its day is compared."""
    return digest_id("difference", reconciliation, entry, reference)
