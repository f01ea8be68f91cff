from datetime import datetime
from enum import StrEnum, auto
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.documents import ONE_LINE
from services.kernel.paths import PlacePath
from services.kernel.permissions import Role

WeChatCode = Annotated[str, Meta(min_length=1, max_length=256, pattern=ONE_LINE)]
PersonName = Annotated[str, Meta(min_length=1, max_length=40, pattern=ONE_LINE)]


class Relation(StrEnum):
    """What a home is to a person (民法典 art. 271: owners; the rest live there or pay)."""

    OWNER = auto()
    CO_OWNER = auto()
    FAMILY = auto()
    TENANT = auto()
    PAYER = auto()  # a relative elsewhere who pays for the home and sees nothing else of it


# What a relation lets a person do; services/kernel/permissions.py says what that is.
ROLE_OF: Final[dict[Relation, Role]] = {
    Relation.OWNER: Role.OWNER,
    Relation.CO_OWNER: Role.OWNER,
    Relation.FAMILY: Role.RESIDENT,
    Relation.TENANT: Role.TENANT,
    Relation.PAYER: Role.PAYER,
}
OWNERS: Final = (Relation.OWNER, Relation.CO_OWNER)


class Way(StrEnum):
    """How a person came to be bound to a residency."""

    PHONE = auto()  # proved the number the register has: lost again with the number
    REQUEST = auto()
    INVITATION = auto()
    CODE = auto()


class Visibility(StrEnum):
    """Who may see a head's number on the public page."""

    NOBODY = auto()
    RESIDENTS = auto()  # of the home that asks, signed in
    EVERYONE = auto()


class Person(Struct, kw_only=True):
    """Somebody who signed in. The phone is sealed; equality is asked of `phone_index`."""

    id: str = field(name="_id")
    wechat_key: str  # appid:openid
    openid: str
    phone_sealed: str | None = None
    phone_index: str | None = None
    created_at: datetime
    phone_given_at: datetime | None = None
    signed_in_at: datetime | None = None
    sign_ins: int = 0
    closed_at: datetime | None = None  # erased or blocked: nobody signs in as them any more


class ResidencyStep(Struct, kw_only=True):
    """What somebody changed about a residency, and why: `because` is sealed."""

    at: datetime
    by: str
    did: str
    because: str = ""


class Residency(Struct, kw_only=True):
    """Who belongs to a home, and from when to when. `person` is set once they are bound to it.

    Rows are ended, not removed: history stays with those who lived it.
    """

    id: str = field(name="_id")
    home: str
    relation: Relation
    name_sealed: str
    phone_sealed: str | None = None
    phone_index: str | None = None
    id_number_sealed: str | None = None
    id_number_index: str | None = None
    person: str | None = None
    bound_by: Way | None = None
    bound_at: datetime | None = None
    from_day: Day
    to_day: Day | None = None  # the last day, inclusive
    source: str  # what wrote it: an import, request:…, invitation:… or staff:…
    recorded_by: str = ""  # the member of staff who wrote it for somebody
    ended_by: str = ""
    ended_at: datetime | None = None
    ended_because: str = ""
    history: list[ResidencyStep] = []


class Enrolment(Struct, frozen=True, kw_only=True):
    """Somebody a register names for a home. `number`: among the home's people, from 0."""

    home: str
    number: int
    name: str
    phone: str | None  # E.164
    relation: Relation


class Newcomer(Struct, kw_only=True):
    """Somebody to be written into a home.

    `person`: who proved in the way `way` that it is them; without, whoever holds the phone.
    `recorded_by`: the member of staff who writes it for them.
    """

    home: str
    relation: Relation
    name: str
    phone: str | None = None  # E.164
    id_number: str | None = None  # normalised
    person: str | None = None
    way: Way | None = None
    from_day: Day
    to_day: Day | None = None
    source: str
    recorded_by: str = ""
    because: str = ""


class Appointment(Struct, kw_only=True):
    """A role at a place for a term, given by somebody.

    `substitute_for`: the head's appointment this one stands in for. `firm`: whose contract the
    role hangs on. Rows are ended, not removed.
    """

    id: str = field(name="_id")
    role: Role
    place: str
    phone_sealed: str
    phone_index: str
    person: str | None = None
    name_sealed: str | None = None
    phone_visible_to: Visibility = Visibility.NOBODY
    from_day: Day
    to_day: Day | None = None
    substitute_for: str = ""
    firm: str = ""
    appointed_by: str
    appointed_at: datetime
    resigned_at: datetime | None = None
    ended_by: str = ""
    ended_at: datetime | None = None
    ended_because: str = ""


# What clients send and see


class GivePhone(Struct, forbid_unknown_fields=True):
    """The code of the phone-number button (getPhoneNumber), not of wx.login()."""

    code: WeChatCode


class HomeView(Struct, kw_only=True):
    place: str
    address: str
    relation: Relation


class RoleView(Struct, kw_only=True):
    role: Role
    place: str
    until_day: Day | None


class Me(Struct, kw_only=True):
    person_id: str
    phone_masked: str | None
    homes: list[HomeView]
    roles: list[RoleView]


class Appoint(Struct, forbid_unknown_fields=True, kw_only=True):
    """Give somebody a role at a place. They need not have signed in yet.

    `to_day`: heads and committee members are appointed for a term. `name`: what residents are
    told of a head. `firm_id`: of the firm whose people the roles of a firm are given to.
    """

    role: Role
    place: PlacePath
    phone: Annotated[str, Meta(min_length=5, max_length=20)]
    name: PersonName | None = None
    firm_id: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    from_day: Day | None = None
    to_day: Day | None = None


class AppointmentView(Struct, kw_only=True):
    appointment_id: str
    role: Role
    place: str
    phone_masked: str
    name_masked: str | None
    firm_id: str | None
    substitute_for: str | None
    from_day: Day
    to_day: Day | None
