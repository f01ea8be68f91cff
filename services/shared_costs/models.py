"""Shared costs (公摊): what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.fees.models import PayeeId, Usages
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery, ShortListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import LINE, Id, Reason
from services.photos.models import PhotoUrl
from services.places.models import Usage
from services.shared_costs.states import SharedCostState

MOST_HOMES: Final = 3000  # their shares stand in one document
MOST_PHOTOS: Final = 6
BILL: Final = "shared_costs.bill"  # the job that bills the shares

CostFen = Annotated[int, Meta(ge=1, le=10**10)]
CostTitle = Annotated[
    str, Meta(min_length=1, max_length=40, pattern=LINE, examples=["10月电梯电费"])
]
DocumentNumber = Annotated[
    str, Meta(min_length=1, max_length=60, pattern=LINE, examples=["电费发票 25220000001"])
]
Persons = Annotated[int, Meta(ge=0, le=50)]


class Split(Labelled):
    """Measure by which a cost is split."""

    AREA = "area", "按面积"
    HOME = "home", "按户"
    PERSONS = "persons", "按人数"


class Share(Struct, frozen=True):
    """Share of one home. `weight`: its area in 0.01 m², its persons, or 1."""

    home: str
    weight: int
    amount_fen: int


class SharedCost(Struct, kw_only=True):
    """One cost of a place, split over its homes when it was proposed: as it was looked at.

    `slot`: "document number|place" until it is refused, unique per compound: one invoice is
    split once. `done`: how many of the shares the worker has billed.
    """

    id: str = field(name="_id")
    compound: str
    place: str
    slot: str
    title: str
    total_fen: int
    split: Split
    from_day: Day
    to_day: Day
    document_number: str
    photos: list[str] = []
    left_out: int = 0  # homes that were left out
    left_out_because: str = ""
    payee: str
    account: str
    payee_name: str
    shares: list[Share] = []  # by path of the homes; empty where they are not read
    homes: int
    weight: int  # of all homes
    state: SharedCostState = SharedCostState.PROPOSED
    done: int = 0
    proposed_by: str
    proposed_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_because: str = ""


class HomePersons(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Number of persons of a home.

    `home`: Path of the home.
    `persons`: Persons who live there; 0 for a home where nobody lives.
    """

    home: PlacePath
    persons: Persons


class NewSharedCost(Struct, forbid_unknown_fields=True, kw_only=True):
    """Cost to split over the homes of a place, billed once another person approves.

    `title`: What it is, e.g. 10月电梯电费.
    `total_fen`: The whole sum, in fen.
    `split`: Measure by which it is split.
    `from_day`: First day that it is for.
    `to_day`: Last day that it is for; the homes and areas of that day count.
    `document_number`: Number of the invoice or other document.
    `photo_ids`: Photos of the document (purpose `charge`).
    `usages`: Kinds of homes that take part; all of them without it.
    `left_out`: Homes of the place that take no part, e.g. ground floors of a lift.
    `left_out_because`: Why, by which decision; needed when homes are left out.
    `persons`: Persons of each home that takes part, when it is split by persons.
    `payee_id`: Payee of the place that is paid.
    """

    title: CostTitle
    total_fen: CostFen
    split: Split
    from_day: Day
    to_day: Day
    document_number: DocumentNumber
    photo_ids: Annotated[list[Id], Meta(max_length=MOST_PHOTOS)] = []
    usages: Usages = field(default_factory=lambda: list(Usage))
    left_out: Annotated[list[PlacePath], Meta(max_length=MOST_HOMES)] = []
    left_out_because: Reason | None = None
    persons: Annotated[list[HomePersons], Meta(max_length=MOST_HOMES)] = []
    payee_id: PayeeId


class DecideSharedCost(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Decision about a shared cost.

    `approve`: Whether its shares are billed; otherwise it is refused, or taken back by who
    proposed it.
    `reason`: Why.
    """

    approve: bool
    reason: Reason


class SharedCostsQuery(ShortListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which shared costs to list, the latest days first.

    `state`: How far they are; all without it.
    `split`: Measure by which they are split; all without it.
    """

    state: SharedCostState | None = None
    split: Split | None = None


class SharesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which shares of a cost to list, by home.

    `under`: Building, unit or home; the whole place without it.
    """

    under: PlacePath | None = None


class SharedCostView(Struct, kw_only=True):
    """Cost that is split over the homes of a place.

    `shared_cost_id`: Opaque id of the cost.
    `place`: Path of the place.
    `address`: Address of the place, as people say it.
    `title`: What it is.
    `total_fen`: The whole sum, in fen.
    `split`: Measure by which it is split.
    `from_day`: First day that it is for.
    `to_day`: Last day that it is for.
    `document_number`: Number of the invoice or other document.
    `photos`: Addresses of the photos of the document.
    `homes`: Number of homes that take part.
    `weight`: What is split by, of all homes: 0.01 m², persons, or homes.
    `left_out`: Number of homes that were left out.
    `left_out_because`: Why; empty when none is.
    `account`: Key of the payee's merchant account.
    `payee_name`: Who receives the money.
    `state`: How far it is.
    `proposed_at`: When it was proposed.
    `decided_at`: When it was decided; null before.
    `decided_because`: Why it was decided so; empty before.
    """

    shared_cost_id: str
    place: str
    address: str
    title: CostTitle
    total_fen: int
    split: Split
    from_day: Day
    to_day: Annotated[Day, Meta(examples=["2026-10-31"])]
    document_number: DocumentNumber
    photos: list[PhotoUrl]
    homes: int
    weight: int
    left_out: int
    left_out_because: Annotated[str, Meta(examples=[""])]
    account: str
    payee_name: str
    state: SharedCostState
    proposed_at: datetime
    decided_at: datetime | None
    decided_because: Annotated[str, Meta(examples=[""])]


class ShareView(Struct, kw_only=True):
    """Share of one home of a cost.

    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `weight`: What its share is by: its area in 0.01 m², its persons, or 1.
    `amount_fen`: Its share, in fen; a home with 0 has no bill.
    `explanation`: The whole computation on one line, in Chinese.
    """

    home: str
    address: str
    weight: int
    amount_fen: int
    explanation: str
