"""Heads as residents see them, and hand-overs from one head to the next."""

from datetime import datetime

from msgspec import Struct, field

from services.heads.states import HandOverState
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ShortListQuery
from services.kernel.paths import PlacePath, ancestors
from services.kernel.permissions import Role


class HeadView(Struct, kw_only=True):
    """Person who acts as a head today.

    `role`: Role of the head.
    `title`: Office as people say it, in Chinese, e.g. 代理单元长.
    `name`: Name as much as the head allows whoever asks, e.g. 王单元长.
    `phone`: Phone number, when the head allows whoever asks to see it; else null.
    `is_substitute`: Whether the person stands in for the head who was appointed.
    `until_day`: Last day of the term; null for none.
    """

    role: Role
    title: str
    name: str
    phone: str | None
    is_substitute: bool
    until_day: Day | None


class HeadsView(Struct, kw_only=True):
    """The heads of a home, the nearest first, and the community that appointed them.

    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `community`: Name of the community.
    `heads`: Heads who act today: of the unit, the building, the grid.
    """

    home: str
    address: str
    community: str
    heads: list[HeadView]


class OwedHomes(Struct, frozen=True, kw_only=True):
    """Homes that owe something, and how much in all.

    `homes`: Number of homes that owe something.
    `amount_fen`: Sum of what they owe, in fen.
    """

    homes: int = 0
    amount_fen: int = 0


class HandOver(Struct, kw_only=True):
    """Work left at a place when a head handed it over: ids and counts, no names.

    `under`: the place and all above it.
    """

    id: str = field(name="_id")
    appointment: str
    role: Role
    place: str
    under: list[str] = []
    giver: str | None
    made_by: str
    made_at: datetime
    state: HandOverState = HandOverState.OFFERED
    parts: list[str]  # the buildings or units looked after
    homes: int
    owing: OwedHomes | None
    open_requests: list[str]
    substitutes: list[str]
    received_by: str = ""
    received_at: datetime | None = None

    def __post_init__(self) -> None:
        self.under = ancestors(self.place)


class HandOverSort(Labelled):
    NEWEST = "newest", "最新在前"
    OLDEST = "oldest", "最早在前"


class HandOversQuery(ShortListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which hand-over lists to list.

    `state`: Whether the list waits, was replaced or was received.
    `role`: Role of who hands over.
    `place`: Path of a place: there and below.
    `made_from`: First day on which they were made.
    `made_to`: Last day on which they were made.
    `sort`: Order of the list.
    """

    state: HandOverState | None = None
    role: Role | None = None
    place: PlacePath | None = None
    made_from: Day | None = None
    made_to: Day | None = None
    sort: HandOverSort = HandOverSort.NEWEST


class PartView(Struct, kw_only=True):
    """Place that a role reaches.

    `path`: Path of the place.
    `address`: Address of the place, as people say it.
    """

    path: str
    address: str


class HandOverView(Struct, kw_only=True):
    """List of what is open at a head's place, for the next head.

    `hand_over_id`: Opaque id of the list.
    `appointment_id`: Id of the appointment of who hands over.
    `role`: Role of who hands over.
    `place`: Path of the place of the role.
    `address`: Address of the place, as people say it.
    `state`: Whether the list waits, was replaced or was received.
    `made_at`: When the list was made.
    `parts`: Buildings or the place itself, as far as the role reaches.
    `homes`: Number of homes under the place.
    `owing`: Homes that owe something, and how much; null where the community hides it.
    `open_requests`: Ids of requests that wait to be bound to a home, the oldest first.
    `substitutes`: Ids of the appointments of substitutes.
    `received_at`: When the next head received it; null before.
    """

    hand_over_id: str
    appointment_id: str
    role: Role
    place: str
    address: str
    state: HandOverState
    made_at: datetime
    parts: list[PartView]
    homes: int
    owing: OwedHomes | None
    open_requests: list[str]
    substitutes: list[str]
    received_at: datetime | None
