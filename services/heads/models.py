"""What residents are told of their heads, and what one head hands over to the next."""

from datetime import datetime
from enum import StrEnum, auto

from msgspec import Struct, field

from services.kernel.days import Day
from services.kernel.permissions import Role
from services.statistics.models import Owed


class HeadView(Struct, kw_only=True):
    """Somebody who acts today. `name` and `phone`: as much as they allow whoever asks."""

    role: Role
    title: str
    name: str
    phone: str | None
    is_substitute: bool
    until_day: Day | None


class HeadsView(Struct, kw_only=True):
    """The heads of a home, the nearest first, and the community that appointed them."""

    home: str
    address: str
    community: str
    heads: list[HeadView]


class HandOverState(StrEnum):
    OFFERED = auto()
    REPLACED = auto()  # a newer list was made
    RECEIVED = auto()


class HandOver(Struct, kw_only=True):
    """What there was to do at a place when a head handed it over: ids and counts, no names."""

    id: str = field(name="_id")
    appointment: str
    role: Role
    place: str
    giver: str | None
    made_by: str
    made_at: datetime
    state: HandOverState = HandOverState.OFFERED
    parts: list[str]  # the buildings or units looked after
    homes: int
    owing: Owed
    open_requests: list[str]
    substitutes: list[str]
    received_by: str = ""
    received_at: datetime | None = None


class PartView(Struct, kw_only=True):
    path: str
    address: str


class HandOverView(Struct, kw_only=True):
    """`open_requests`: ids of those who wait to be bound to a home, the oldest first."""

    hand_over_id: str
    appointment_id: str
    role: Role
    place: str
    address: str
    state: HandOverState
    made_at: datetime
    parts: list[PartView]
    homes: int
    owing: Owed
    open_requests: list[str]
    substitutes: list[str]
    received_at: datetime | None
