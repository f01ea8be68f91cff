"""Requests to belong to a home: what is kept, sent and seen."""

from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.home_requests.states import RequestState
from services.homes.models import IdNumber, Reason
from services.kernel.days import Day
from services.kernel.documents import ONE_LINE
from services.kernel.paths import PlacePath
from services.people.models import PersonName
from services.residencies.models import Relation

MOST_PHOTOS: Final = 6
# How long a head has before the community decides without them.
ADVICE_TIME: Final = timedelta(days=3)

PhotoId = Annotated[str, Meta(min_length=1, max_length=64)]
Note = Annotated[str, Meta(min_length=1, max_length=500, pattern=ONE_LINE)]


class Claim(StrEnum):
    """What one may ask to be. Who only pays is invited by an owner."""

    OWNER = auto()
    CO_OWNER = auto()
    FAMILY = auto()
    TENANT = auto()


class Known(StrEnum):
    """What a head knows of somebody."""

    YES = auto()
    NO = auto()
    UNSURE = auto()


class Settlement(StrEnum):
    """How a dispute about an owned home ends."""

    KEEP = auto()  # it stays as it is
    SHARE = auto()  # the claimant is a co-owner
    REPLACE = auto()  # the claimant is the owner, as after a sale


class HomeRequest(Struct, kw_only=True):
    """Somebody wants to belong to a home. Whatever was typed is sealed.

    `person`: who wants it; none when staff file it for somebody without a phone (`filed_by`).
    `open_key`: one open request per person and home. `disputed`: others own the home.
    """

    id: str = field(name="_id")
    home: str
    relation: Relation
    person: str | None
    filed_by: str
    open_key: str | None
    state: RequestState
    disputed: bool = False
    name_sealed: str
    id_number_sealed: str | None = None
    note_sealed: str | None = None
    photo_ids: list[str] = []
    from_day: Day | None = None
    to_day: Day | None = None
    created_at: datetime
    advised_by: str = ""
    advised_at: datetime | None = None
    advice: Known | None = None
    advice_sealed: str | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    settlement: Settlement | None = None
    decision_sealed: str | None = None
    residency: str | None = None  # what came of it


# What clients send and see


class FileRequest(Struct, forbid_unknown_fields=True, kw_only=True):
    """`name`: as on the deed or the contract. A tenancy has a last day.

    `on_behalf_of`: instead of `name`, by staff: of somebody without a phone.
    """

    home: PlacePath
    relation: Claim
    name: PersonName | None = None
    on_behalf_of: PersonName | None = None
    id_number: IdNumber | None = None
    photo_ids: Annotated[list[PhotoId], Meta(max_length=MOST_PHOTOS)] = []
    from_day: Day | None = None
    to_day: Day | None = None
    note: Note | None = None


class GiveAdvice(Struct, forbid_unknown_fields=True, kw_only=True):
    known: Known
    reason: Reason


class Decide(Struct, forbid_unknown_fields=True, kw_only=True):
    accept: bool
    reason: Reason


class MyRequest(Struct, kw_only=True):
    """What whoever filed a request sees of it.

    Not whether it is disputed: that would tell a stranger whose name the register has.
    """

    request_id: str
    home: str
    address: str
    relation: Relation
    name: str
    state: RequestState
    photo_ids: list[str]
    created_at: datetime
    decided_at: datetime | None
    reason: str | None  # why it was decided so


class AdviceView(Struct, kw_only=True):
    known: Known
    reason: str
    at: datetime


class RequestView(Struct, kw_only=True):
    """What heads and the community see. `note`, `photo_ids`: for who decides, else null."""

    request_id: str
    home: str
    address: str
    relation: Relation
    name_masked: str
    has_id_number: bool
    matches_register: bool
    on_behalf: bool
    note: str | None
    photo_ids: list[str] | None
    from_day: Day | None
    to_day: Day | None
    state: RequestState
    disputed: bool
    advice: AdviceView | None
    settlement: Settlement | None
    reason: str | None
    created_at: datetime
    decided_at: datetime | None
